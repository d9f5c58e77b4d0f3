"""How many messages of an hour became what, by sender, carrier and error.

An hour is counted anew as a whole, so that it does not matter how often and in what order reports
come, and no callback waits for a row that all callbacks write to. Questions about weeks read the
counts, never the messages.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    Select,
    String,
    bindparam,
    delete,
    func,
    literal,
    select,
)

from bot.messaging.reports.taken import taken
from bot.store.columns import UtcDateTime, utc_now
from bot.store.session import insert, transact
from bot.store.tables import delivery_counts, senders

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Total:
    """How many messages of one sender's number to a carrier ended in a status and an error."""

    sender: str
    carrier: str
    status: str
    error_code: int
    messages: int


_count = delivery_counts.c
_FROM = bindparam("from_hour", type_=UtcDateTime())
_UNTIL = bindparam("until_hour", type_=UtcDateTime())


def _attempts() -> Select[Any]:
    """What was handed to the provider within an hour; each attempt of a message is one."""
    these = taken(lambda sent_at: (sent_at >= _FROM) & (sent_at < _UNTIL)).c
    carrier = func.coalesce(these.carrier, literal("", String))
    status = func.coalesce(these.delivery_status, literal("", String))
    code = func.coalesce(these.error_code, 0)
    keys = (these.sender_id, carrier, status, code)
    return select(_FROM, *keys, func.count()).group_by(*keys)


_ATTEMPTS = _attempts()
_FORGET = delete(delivery_counts).where(_count.hour == _FROM)


def refresh(engine: Engine, since: datetime) -> None:
    """Count every hour anew since the one in which `since` lies, each in its own transaction."""
    now = transact(engine, lambda connection: connection.execute(select(utc_now())).scalar_one())
    for hour in _hours(since, now):
        transact(engine, partial(_count_hour, hour=hour))


def totals(connection: Connection, since: datetime) -> list[Total]:
    """What was counted of the messages sent since a moment, its hour included."""
    keys = (senders.c.number, _count.carrier, _count.status, _count.error_code)
    found = connection.execute(
        select(*keys, func.sum(_count.messages))
        .join(senders, senders.c.id == _count.sender_id)
        .where(_count.hour > since - HOUR)
        .group_by(*keys)
        .order_by(*keys)
    )
    return [Total(row.number, row.carrier, row.status, row.error_code, row[4]) for row in found]


def _hours(since: datetime, until: datetime) -> Iterator[datetime]:
    hour = since.replace(minute=0, second=0, microsecond=0)
    while hour <= until:
        yield hour
        hour += HOUR


def _count_hour(connection: Connection, hour: datetime) -> None:
    asked = {"from_hour": hour, "until_hour": hour + HOUR}
    counted = connection.execute(_ATTEMPTS, asked).all()
    connection.execute(_FORGET, {"from_hour": hour})
    if not counted:
        return
    names = ("hour", "sender_id", "carrier", "status", "error_code", "messages")
    rows = [dict(zip(names, row, strict=True)) | {"hour": hour} for row in counted]
    row = insert(connection, delivery_counts)
    # Another process may be counting the same hour.
    again = row.on_conflict_do_update(
        index_elements=list(names[:-1]), set_={"messages": row.excluded.messages}
    )
    connection.execute(again, rows)
