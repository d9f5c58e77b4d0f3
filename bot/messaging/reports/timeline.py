"""The timeline of one message: what happened to it, and when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from bot.store.tables import delivery_reports, earlier_attempts, outbound_messages

_reports = delivery_reports.c


@dataclass(frozen=True)
class Event:
    """Something that happened to a message: queued, sent, or what the carrier told of it.

    `attempt` counts from 1; `at` is the carrier's own time where it tells that, else ours.
    """

    what: str
    at: datetime
    attempt: int = 1
    error_code: int | None = None
    carrier: str | None = None


def timeline(connection: Connection, outbound_id: int) -> list[Event]:
    """What happened to a message of ours, in order; nothing for one that there is not."""
    message = connection.execute(
        select(outbound_messages).where(outbound_messages.c.id == outbound_id)
    ).one_or_none()
    if message is None:
        return []
    attempts = [*_earlier(connection, outbound_id), message]
    numbers = {row.provider_sid: number for number, row in enumerate(attempts, 1)}
    events = [Event("queued", message.created_at)]
    events += [Event("sent", row.sent_at, n) for n, row in enumerate(attempts, 1) if row.sent_at]
    told = connection.execute(select(delivery_reports).where(_reports.outbound_id == outbound_id))
    events += [_told(row, numbers.get(row.provider_sid, len(attempts))) for row in told]
    return sorted(events, key=lambda event: (event.attempt, event.at))


def _earlier(connection: Connection, outbound_id: int) -> list[Row[Any]]:
    found = select(earlier_attempts).where(earlier_attempts.c.outbound_id == outbound_id)
    return list(connection.execute(found.order_by(earlier_attempts.c.id)))


def _told(row: Row[Any], attempt: int) -> Event:
    at = row.happened_at or row.created_at
    # The carrier's word "sent" comes after ours: it passed the message on.
    what = "passed on" if row.status == "sent" else row.status
    return Event(what, at, attempt, row.error_code or None, row.carrier)
