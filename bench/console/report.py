"""What the benchmark of the console prints."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from statistics import median

from bench.console.live import WAITS_S, Shown
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


def live(shown: Sequence[Shown]) -> Iterator[str]:
    """How soon texts showed in a page that was open."""
    head = f"ms from the answer to the webhook, {len(shown)} texts"
    yield f"\n{head:46} {'median':>7} {'p95':>7} {'max':>7}"
    yield _soon("until the stream tells of it", [one.told for one in shown])
    yield _soon("until it stands in the open list", [one.listed for one in shown])
    yield f"of it by design: {1000 * WAITS_S:.0f} ms of waiting at the most"


def _soon(what: str, seconds: Sequence[float]) -> str:
    found = spread(seconds)
    return f"{what:46} {1000 * median(seconds):7.1f} {found.p95:7.1f} {found.longest:7.1f}"


def _line(one: Times, is_slow: bool) -> str:
    times = one.milliseconds
    verdict = "over" if one.p95 >= P95_BELOW_MS else ""
    verdict += "   FAILED: too slow next to the list" if is_slow else ""
    return (
        f"{one.question:34} {times[0]:7.1f} {median(times):7.1f} {one.p95:7.1f} {one.lines:6}"
        f"   {verdict}".rstrip()
    )
