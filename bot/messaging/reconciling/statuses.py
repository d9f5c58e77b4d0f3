"""What the provider's list says of messages that left: statuses that were never told to us."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, bindparam, select

from bot.messaging.reconciling.pages import CLOCKS_DIFFER_BY
from bot.messaging.reports.delivery import Report, record
from bot.messaging.reports.status import ARRIVED, rank
from bot.providers import Recorded
from bot.runtime import Runtime
from bot.store.session import transact
from bot.store.tables import (
    contacts,
    conversations,
    delivery_reports,
    earlier_attempts,
    outbound_messages,
)

# Younger ones may be on their way into our tables.
SURELY_MARKED_AFTER = timedelta(minutes=10)
MAYBE_LEFT = ("unknown", "parked", "canceled")

_outbound = outbound_messages.c
_THESE: BindParameter[Any] = bindparam("sids", expanding=True)
_OURS = select(_outbound.provider_sid, _outbound.delivery_status).where(
    _outbound.provider_sid.in_(_THESE)
)
_EARLIER = select(earlier_attempts.c.provider_sid).where(
    earlier_attempts.c.provider_sid.in_(_THESE)
)
_TOLD = select(
    delivery_reports.c.provider_sid, delivery_reports.c.status, delivery_reports.c.outbound_id
).where(delivery_reports.c.provider_sid.in_(_THESE))
_MAYBE_LEFT = (
    select(_outbound.id, _outbound.body, _outbound.created_at, _outbound.attempted_at)
    .join(conversations, conversations.c.id == _outbound.conversation_id)
    .join(contacts, contacts.c.id == conversations.c.contact_id)
    .where(
        contacts.c.number == bindparam("recipient"),
        _outbound.status.in_(MAYBE_LEFT),
        _outbound.provider_sid.is_(None),
        _outbound.attempted_at.is_not(None),
    )
    .order_by(_outbound.id)
)


@dataclass(frozen=True)
class _Known:
    """What we know of some provider's ids: delivery status of those of our messages, those of
    attempts before, and which statuses were told of which."""

    ours: Mapping[str, str | None]
    others: frozenset[str]
    told: frozenset[tuple[str, str]]


@dataclass
class Compared:
    """What came of some messages: how many statuses were news, and which are none of ours."""

    statuses: int = 0
    foreign: list[str] = field(default_factory=list)


def compare(
    runtime: Runtime, records: Sequence[Recorded], until: datetime, dry_run: bool
) -> Compared:
    """Record what the list knows and we do not; with `dry_run` only count it."""
    known = transact(runtime.engine, partial(_known, records=records))
    compared = Compared()
    for one in records:
        if one.sid in known.ours or one.sid in known.others:
            message, news = None, _is_news(one, known)
        else:
            message = transact(runtime.engine, partial(_by_its_words, record=one))
            news = message is not None
            if not news and one.sender and one.created_at < until - SURELY_MARKED_AFTER:
                compared.foreign.append(one.sid)
        if news:
            compared.statuses += 1
        if news and not dry_run:
            record(runtime, _report(runtime, one, message))
    return compared


def _known(connection: Connection, records: Sequence[Recorded]) -> _Known:
    asked = {"sids": [one.sid for one in records]}
    told = connection.execute(_TOLD, asked).all()
    earlier: set[str] = set(connection.execute(_EARLIER, asked).scalars())
    return _Known(
        {row.provider_sid: row.delivery_status for row in connection.execute(_OURS, asked)},
        frozenset(earlier | {row.provider_sid for row in told if row.outbound_id is not None}),
        frozenset((row.provider_sid, row.status) for row in told),
    )


def _is_news(one: Recorded, known: _Known) -> bool:
    """Whether a status is higher than the one shown; of an attempt before, only that it arrived."""
    if (one.sid, one.status) in known.told:
        return False
    if one.sid in known.ours:
        return rank(one.status) > rank(known.ours[one.sid])
    return one.status in ARRIVED


def _by_its_words(connection: Connection, record: Recorded) -> int | None:
    """The message of ours that may have left and is this one: same person, words and time."""
    rows = connection.execute(_MAYBE_LEFT, {"recipient": record.recipient})
    return next((row.id for row in rows if _is_same(row, record)), None)


def _is_same(row: Row[Any], record: Recorded) -> bool:
    from_, until = row.created_at - CLOCKS_DIFFER_BY, row.attempted_at + CLOCKS_DIFFER_BY
    return bool(row.body.strip() == record.body.strip() and from_ <= record.created_at <= until)


def _report(runtime: Runtime, one: Recorded, message: int | None) -> Report:
    return Report(
        message,
        runtime.provider.name,
        one.sid,
        one.status[:32],
        one.error_code,
        one.carrier,
        one.changed_at,
    )
