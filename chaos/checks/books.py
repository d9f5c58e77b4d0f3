"""What our own books say in the end is true."""

from collections import Counter
from collections.abc import Iterator

from chaos.checks.violation import Violation
from chaos.history import Accepted, History, Row

# As docs/architecture.md promises.
MOST_ATTEMPTS = 12
_RANK = ("accepted", "queued", "sent", "undelivered", "delivered")


def untrue_statuses(history: History) -> Iterator[Violation]:
    """What was accepted is called sent, under the carrier's id, as far as reports came in."""
    for one in history.accepted:
        row = history.row_of.get(one.message or 0)
        if row and (untrue := _untrue(row, one)):
            yield Violation("untrue", f"message {row.id} {untrue}", row.number)


def _untrue(row: Row, sent: Accepted) -> str | None:
    if row.status not in {"sent", "parked"}:
        return f"was accepted but is called {row.status}"
    if row.status == "sent" and row.sid != sent.sid:
        return "has another id at the carrier"
    made = {one.status for one in sent.reports} | {sent.status}
    known = {one.status for one in sent.reports if one.exchange.accepted}
    least = max(map(_rank, known), default=0)
    if row.delivery_status is None:
        return f"has no delivery status, the carrier reported {known}" if known else None
    if row.delivery_status not in made or _rank(row.delivery_status) < least:
        return f"is called {row.delivery_status}, the carrier reported {known}"
    return None


def _rank(status: str) -> int:
    return _RANK.index(status)


def unbounded_attempts(history: History) -> Iterator[Violation]:
    """No message is tried more often than is promised, or more often than the books say."""
    for row in history.rows:
        asked = history.asked.get(row.id, 0)
        if row.attempts > MOST_ATTEMPTS or asked > row.attempts:
            words = f"message {row.id} was asked for {asked} times in {row.attempts} attempts"
            yield Violation("unbounded", words, row.number)


def receipts(history: History) -> Iterator[Violation]:
    """Who paid has one receipt, nobody else has any."""
    notices = Counter(row.number for row in history.rows if row.message_class == "notice")
    for number in sorted(history.payers | set(notices)):
        least = 1 if number in history.paid else 0
        most = 1 if number in history.payers else 0
        if not least <= notices[number] <= most:
            kind = "lost" if notices[number] < least else "doubled"
            yield Violation(kind, f"there are {notices[number]} receipts", number)


def standings(history: History) -> Iterator[Violation]:
    """Everybody stands where the same texts lead with a calm Henji, also in the ledger."""
    for number in sorted(history.calm.keys() | history.standings.keys()):
        if number in history.refused:
            continue
        ours, calm = history.standings.get(number), history.calm.get(number)
        if ours is None or calm is None or ours.state != calm.state:
            yield Violation("state", "the conversation stands elsewhere", number)
        elif ours.steps != calm.steps:
            yield Violation("ledger", "the ledger tells of other steps", number)


def whatever_else(history: History) -> Iterator[Violation]:
    """What was seen to be wrong while the run lasted, and after it."""
    yield from (Violation("other", words) for words in history.wrong)
