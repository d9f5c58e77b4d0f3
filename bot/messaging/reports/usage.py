"""What was received and sent by day and sender, as providers bill it.

Every text that comes in is billed, and of what goes out every segment of every attempt that the
provider took, be it the bot's or the staff's. What it refused, and what the carrier answered by
itself, is not ours to pay.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from bot.messaging.reports.taken import taken
from bot.store.columns import day_in_japan
from bot.store.tables import inbound_messages, senders

_inbound = inbound_messages.c


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
    these = taken(lambda sent_at: sent_at >= since).c
    day = day_in_japan(these.sent_at)
    counts = (func.count().label("messages"), func.sum(these.segments).label("segments"))
    return (
        select(day.label("day"), senders.c.number, *counts)
        .join(senders, senders.c.id == these.sender_id)
        .group_by(day, senders.c.number)
    )
