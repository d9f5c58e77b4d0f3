"""What the benchmark of the console prints."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from statistics import median

from bench.console.live import WAITS_S
from bench.console.measured import P95_BELOW_MS, Times, too_slow
from bench.figures import spread

_HEAD = f"{'ms':34} {'min':>7} {'median':>7} {'p95':>7} {'lines':>6}"


def lines(everything: Sequence[Times]) -> Iterator[str]:
    """A table for each member of staff, and how much does not meet what is asked."""
    slow = {(one.who, one.question) for one in too_slow(everything)}
    for who, theirs in groupby(sorted(everything, key=lambda one: one.who), lambda one: one.who):
        yield f"\nwho sees {who}\n{_HEAD}"
        for one in theirs:
            yield _line(one, (one.who, one.question) in slow)
    above = [one for one in everything if one.p95 >= P95_BELOW_MS]
    yield f"\np95 of {P95_BELOW_MS} ms or more: {len(above)} of {len(everything)}"


def live(shown: Sequence[float]) -> str:
    """After how many seconds texts showed in a page that was open."""
    waits = f"{1000 * WAITS_S:.0f} ms"
    return f"a text shows in an open list: {spread(shown)}, of it {waits} of waiting at the most"


def _line(one: Times, is_slow: bool) -> str:
    times = one.milliseconds
    verdict = "over" if one.p95 >= P95_BELOW_MS else ""
    verdict += "   FAILED: too slow next to the list" if is_slow else ""
    return (
        f"{one.question:34} {times[0]:7.1f} {median(times):7.1f} {one.p95:7.1f} {one.lines:6}"
        f"   {verdict}".rstrip()
    )
