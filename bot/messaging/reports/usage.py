"""What was received and sent by day and sender, as providers bill it.

Every text that comes in is billed, and of what goes out every segment of every attempt that the
provider took. What it refused, and what the carrier answered by itself, is not ours to pay.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select, union_all

from bot.store.columns import day_in_japan
from bot.store.tables import (
    conversations,
    earlier_attempts,
    inbound_messages,
    outbound_messages,
    senders,
)

_inbound = inbound_messages.c
_outbound = outbound_messages.c
_earlier = earlier_attempts.c


@dataclass(frozen=True)
class Day:
    """One day in Japan of one sender's number: texts received, messages sent, and their segments.

    Texts that came to none of our numbers are counted under the number that they came to.
    """

    day: date
    sender: str
    received: int = 0
    sent: int = 0
    segments: int = 0


def by_day(connection: Connection, since: datetime) -> list[Day]:
    """Every day since a moment on which anything was received or sent, in order."""
    received = {(row.day, row.number): row.texts for row in connection.execute(_received(since))}
    sent = {(row.day, row.number): row for row in connection.execute(_sent(since))}
    days = []
    for day, number in sorted(received.keys() | sent.keys()):
        row = sent.get((day, number))
        counted = (row.messages, row.segments) if row else (0, 0)
        texts = received.get((day, number), 0)
        days.append(Day(date.fromisoformat(day), number, texts, *counted))
    return days


def _received(since: datetime) -> Select[Any]:
    day = day_in_japan(_inbound.created_at)
    return (
        select(day.label("day"), _inbound.recipient.label("number"), func.count().label("texts"))
        .where(_inbound.created_at >= since)
        .group_by(day, _inbound.recipient)
    )


def _sent(since: datetime) -> Select[Any]:
    last = _taken(_outbound.sent_at, since).where(
        _outbound.status == "sent", _outbound.sent_by == "bot"
    )
    earlier = _taken(_earlier.sent_at, since).join(
        earlier_attempts, _earlier.outbound_id == _outbound.id
    )
    taken = union_all(last, earlier).subquery()
    return (
        select(
            taken.c.day,
            senders.c.number,
            func.count().label("messages"),
            func.sum(taken.c.segments).label("segments"),
        )
        .join(conversations, conversations.c.id == taken.c.conversation_id)
        .join(senders, senders.c.id == conversations.c.sender_id)
        .group_by(taken.c.day, senders.c.number)
    )


def _taken(sent_at: ColumnElement[datetime], since: datetime) -> Select[Any]:
    columns = (_outbound.conversation_id, _outbound.segments)
    return select(day_in_japan(sent_at).label("day"), *columns).where(sent_at >= since)
