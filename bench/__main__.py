"""`python -m bench`: run the benchmark, print its table; exit status 1 when it did not pass."""

import argparse
import os
import signal
import sys
from collections.abc import Mapping
from types import FrameType

from bench import micro, paced, texts, versus
from bench.report import Load, Report
from bench.servers import folder, postgresql, valkey
from bench.site import Site, register_customers
from bot.app import build_runtime
from bot.settings import load

WARM_UP_TEXTS = 100
# The comparison takes its own numbers from the end of the range.
COMPARED = range(texts.MOST_NUMBERS // 2, texts.MOST_NUMBERS)
MOST_TEXTS = COMPARED.start - WARM_UP_TEXTS


def main() -> None:
    """Run from the command line."""
    given = _arguments()
    signal.signal(signal.SIGTERM, _end)
    load_average = os.getloadavg()[0]
    with folder() as place, postgresql(place) as database, valkey(place) as redis:
        site = Site.at(place, database.url, redis.url)
        runtime = build_runtime(load(environment=site.environment))
        register_customers(runtime)
        with site.web() as web:
            outcome = _paced(
                site, given, {"web": web, "PostgreSQL": database.pid, "Valkey": redis.pid}
            )
            with site.bare() as bare_port:
                ratio = versus.run(site, bare_port, COMPARED, given.compare)
        steps = micro.run(runtime)
        runtime.engine.dispose()
    servers = {"PostgreSQL": database.version, "Valkey": redis.version}
    load_shape = Load(given.rate, given.latency, given.callbacks)
    report = Report(load_shape, servers, load_average, outcome, ratio, steps)
    print(*report.lines(), sep="\n")
    sys.exit(0 if report.passed else 1)


def _paced(site: Site, given: argparse.Namespace, pids: Mapping[str, int]) -> paced.Outcome:
    """A short run that warms everything up, then the one that counts."""
    with (
        site.carrier(given.latency, given.callbacks) as carrier,
        site.worker() as worker,
        site.clock() as clock,
    ):
        pids = {**pids, "worker": worker, "clock": clock, "carrier": carrier}
        paced.run(site, range(WARM_UP_TEXTS), given.rate, pids)
        indices = range(WARM_UP_TEXTS, WARM_UP_TEXTS + int(given.rate * given.seconds))
        return paced.run(site, indices, given.rate, pids)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rate", type=float, default=200, metavar="TEXTS", help="a second")
    parser.add_argument("--seconds", type=float, default=30, help="of the paced run")
    parser.add_argument("--latency", type=float, default=0.1, help="of a REST call, in seconds")
    parser.add_argument("--compare", type=float, default=2, help="seconds a round of comparison")
    parser.add_argument("--callbacks", action="store_true", help="the carrier reports deliveries")
    parser.add_argument("--quick", action="store_true", help="5 seconds, short comparison")
    given = parser.parse_args()
    if given.quick:
        given.seconds, given.compare = 5, 1
    if not 1 <= given.rate * given.seconds <= MOST_TEXTS:
        parser.error(f"rate x seconds must be 1 to {MOST_TEXTS} texts")
    return given


def _end(signum: int, frame: FrameType | None) -> None:
    sys.exit(128 + signum)


if __name__ == "__main__":
    main()
