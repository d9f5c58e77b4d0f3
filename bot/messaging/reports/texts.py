"""What became of the texts that came in: whether the bot understood them, and how soon it answered.

What it said tells: a question whether to stop clarifies, the keywords or the same question once
more mean that nothing fitted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, case, func, or_, select

from bot.store.tables import inbound_messages, outbound_messages, senders

_inbound, _outbound = inbound_messages.c, outbound_messages.c
_KEY = _outbound.script_key
_CLARIFIES = _KEY.startswith("stop_question.ask", autoescape=True)
_TEACHES = _KEY.startswith("common.not_understood", autoescape=True)
_ASKS_AGAIN = _KEY.endswith(".again")


class Outcome(StrEnum):
    """What the bot made of a text; UNREAD: it waits, failed, or is nothing to be answered."""

    UNDERSTOOD = "understood"
    CLARIFIED = "clarified"
    NOT_UNDERSTOOD = "not_understood"
    UNREAD = "unread"


_OUTCOMES = (Outcome.UNDERSTOOD, Outcome.CLARIFIED, Outcome.NOT_UNDERSTOOD)


@dataclass(frozen=True)
class Heard:
    """A text to one of our senders: what became of it, and after how many seconds the bot's first
    answer was sent; None where it was not."""

    sender_id: int
    outcome: Outcome
    seconds: float | None


def heard_between(connection: Connection, since: datetime, until: datetime) -> Iterator[Heard]:
    """Every text that came to one of our senders between two moments, in no order."""
    said = case((_CLARIFIES, 1), (or_(_TEACHES, _ASKS_AGAIN), 2), else_=0)
    answer = (_outbound.inbound_id == _inbound.id) & (_outbound.sent_by == "bot")
    texts = (
        select(
            senders.c.id.label("sender_id"),
            _inbound.status,
            _inbound.created_at,
            func.max(said).label("said"),
            func.min(_outbound.sent_at).label("sent_at"),
        )
        .join(senders, senders.c.number == _inbound.recipient)
        .join(outbound_messages, answer, isouter=True)
        .where(_inbound.created_at >= since, _inbound.created_at < until)
        .group_by(_inbound.id, senders.c.id)
    )
    for row in connection.execute(texts):
        seconds = (row.sent_at - row.created_at).total_seconds() if row.sent_at else None
        outcome = _OUTCOMES[row.said or 0] if row.status == "answered" else Outcome.UNREAD
        yield Heard(row.sender_id, outcome, seconds)
