"""`python -m chaos`: run the fault suite, print what it showed; exit status 1 if not all held."""

import argparse
import signal
import sys
from pathlib import Path
from types import FrameType

from chaos import plan, report, run

SEEDS = (1, 2, 3)


def main() -> None:
    """Run from the command line."""
    given = _arguments()
    signal.signal(signal.SIGTERM, _end)
    told: list[str] = ["# Fault suite", ""]
    broken = False
    for seed in given.seed or SEEDS:
        made = plan.make(seed, given.messages, given.kills, given.minutes * 60)
        outcome = run.run(made, given.older)
        broken = broken or bool(outcome.violations)
        lines = list(report.lines(outcome))
        print(*lines, sep="\n", flush=True)
        told += lines
        if given.report:
            given.report.write_text("\n".join(told) + "\n", "utf-8")
    sys.exit(1 if broken else 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m chaos", description=__doc__)
    more = f"may be given several times (default: {' '.join(map(str, SEEDS))})"
    parser.add_argument("--seed", type=int, action="append", help=more)
    parser.add_argument("--messages", type=int, default=3000, help="texts of a run (3000)")
    parser.add_argument("--kills", type=int, default=30, help="of a run (30)")
    parser.add_argument("--minutes", type=float, default=3, help="of a run's faults (3)")
    parser.add_argument("--report", type=Path, metavar="FILE", help="write Markdown to a file")
    parser.add_argument(
        "--older", type=Path, metavar="FOLDER", help="let an older version work beside this one"
    )
    return parser.parse_args()


def _end(signum: int, frame: FrameType | None) -> None:
    sys.exit(128 + signum)


if __name__ == "__main__":
    main()
