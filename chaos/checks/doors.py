"""Webhooks: taken, or refused with 503 while the database is away; no answer only while web is."""

from collections.abc import Iterable, Iterator, Sequence

from chaos.checks.violation import Violation
from chaos.history import Exchange, History, Window

# After a fault ended, until a request was well again and so much longer, processes may still start.
RECOVERS_WITHIN_S = 3.0
# A request that came so long before a fault should have been answered by then.
ANSWERED_WITHIN_S = 5.0
UNAVAILABLE, NO_ANSWER, UNHEARD = 503, 0, -1


def refused(history: History) -> Iterator[Violation]:
    """Every text and every report is taken, or comes while what it needs is broken."""
    exchanges = [*_exchanges(history)]
    well = sorted(one.began for _, one in exchanges if one.accepted)
    excuses = {
        UNAVAILABLE: _excuses(history.windows, well, "database"),
        NO_ANSWER: _excuses(history.windows, well, "database", "web", "deploy", "clock behind"),
    }
    for what, one in exchanges:
        if one.answer == UNHEARD:
            continue
        if not one.accepted and not _is_excused(one, excuses.get(one.answer, ())):
            answer = f"answered {one.answer}" if one.answer else "not answered"
            lasted = one.ended - one.began
            yield Violation("refused", f"a {what} was {answer} after {lasted:.1f} s")


def _exchanges(history: History) -> Iterator[tuple[str, Exchange]]:
    for text in history.texts:
        yield from (("text", one) for one in text.exchanges)
    for message in history.accepted:
        yield from (("report", one.exchange) for one in message.reports)


def _excuses(
    windows: Iterable[Window], well: Sequence[float], *broken: str
) -> list[tuple[float, float]]:
    """When something of this may not work: while its fault lasts, and until it is well again."""
    found = []
    for window in windows:
        if any(name in window.fault for name in broken):
            recovered = next((began for began in well if began > window.ended), window.ended)
            found.append((window.began, recovered + RECOVERS_WITHIN_S))
    return found


def _is_excused(one: Exchange, excuses: Iterable[tuple[float, float]]) -> bool:
    return any(since - ANSWERED_WITHIN_S <= one.began <= until for since, until in excuses)
