"""Webhooks: taken, or refused with 503 while the database is away; no answer only while web is."""

import bisect
from collections.abc import Iterator, Mapping, Sequence

from chaos.checks.violation import Violation
from chaos.history import Exchange, History

# After a fault ended, until a request was well again and so much longer, processes may still start.
RECOVERS_WITHIN_S = 3.0
# A request that came so long before a fault should have been answered by then.
ANSWERED_WITHIN_S = 5.0
UNAVAILABLE, NO_ANSWER, UNHEARD = 503, 0, -1
# By answer, what it may come from.
BROKEN: Mapping[int, Sequence[str]] = {
    UNAVAILABLE: ("database",),
    NO_ANSWER: ("database", "web", "deploy", "clock behind"),
}


def refused(history: History) -> Iterator[Violation]:
    """Every text and every report is taken, or comes while what it needs is broken."""
    for what, one in _exchanges(history):
        if not one.accepted and one.answer != UNHEARD and not _is_excused(one, history):
            yield Violation("refused", f"a {what} was {_told(one)}")


def strangers(history: History) -> Iterator[Violation]:
    """What is forged or malformed is refused and leaves nothing; odd senders are not answered."""
    for knock in history.knocks:
        one = knock.exchange
        if one.answer not in knock.answers and not _is_excused(one, history):
            yield Violation("forged", f"a {knock.what} was {_told(one)}")
    known = {text.sid for text in history.texts}
    for kept in history.kept:
        if kept.sid not in known and (kept.sid not in history.odd or kept.status != "ignored"):
            yield Violation("forged", f"text {kept.id}, which no carrier had, is {kept.status}")


def _told(one: Exchange) -> str:
    answer = f"answered {one.answer}" if one.answer else "not answered"
    return f"{answer} after {one.ended - one.began:.1f} s"


def _exchanges(history: History) -> Iterator[tuple[str, Exchange]]:
    for text in history.texts:
        yield from (("text", one) for one in text.exchanges)
    for message in history.accepted:
        yield from (("report", one.exchange) for one in message.reports)


def _is_excused(one: Exchange, history: History) -> bool:
    """Whether something may not work: while its fault lasts, and until it is well again."""
    broken = BROKEN.get(one.answer, ())
    return any(
        window.began - ANSWERED_WITHIN_S <= one.began <= _well(history, window.ended)
        for window in history.windows
        if any(name in window.fault for name in broken)
    )


def _well(history: History, ended: float) -> float:
    well = history.well
    position = bisect.bisect_right(well, ended)
    recovered = well[position] if position < len(well) else ended
    return recovered + RECOVERS_WITHIN_S
