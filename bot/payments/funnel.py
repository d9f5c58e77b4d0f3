"""How far the messages of each script, or of a campaign, led: from sent to paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Select,
    and_,
    case,
    exists,
    func,
    or_,
    select,
)

from bot.billing.events import Kind
from bot.messaging.grounds import MessageClass
from bot.messaging.reports.status import ARRIVED
from bot.store.tables import (
    checkouts,
    conversations,
    outbound_messages,
    payment_events,
    payment_links,
    payments,
)

_message, _link, _act = outbound_messages.c, payment_links.c, payment_events.c
_SCRIPT: Sequence[ColumnElement[Any]] = (_message.script_key, _message.language)


@dataclass(frozen=True)
class Steps:
    """Of a script's messages that were sent, how many led to each step.

    What counts is what was done after the message, through the link that it carries; of a message
    without one, through any link that was made for its account after it.
    """

    script_key: str
    language: str
    sent: int
    delivered: int
    opened: int
    verified: int
    started: int
    paid: int


def by_script(connection: Connection, start: datetime, end: datetime) -> list[Steps]:
    """The funnel of the messages sent from `start` until before `end`, most sent first.

    Notices, such as receipts, follow a payment and lead to none.
    """
    return _steps(connection, _counted(_SCRIPT).where(*_between(start, end)))


def by_origin(
    connection: Connection, start: datetime, end: datetime
) -> list[tuple[int, int | None, Steps]]:
    """The same of each sender and campaign (None: of none), by their ids."""
    keys = (conversations.c.sender_id, _message.campaign_id, *_SCRIPT)
    found = connection.execute(_counted(keys).where(*_between(start, end)))
    rows = (dict(row._mapping) for row in found)
    return [(row.pop("sender_id"), row.pop("campaign_id"), Steps(**row)) for row in rows]


def of_campaign(connection: Connection, campaign_id: int) -> list[Steps]:
    """The funnel of a campaign's messages; one about no account leads no further than there."""
    return _steps(connection, _counted(_SCRIPT).where(_message.campaign_id == campaign_id))


def _steps(connection: Connection, counted: Select[Any]) -> list[Steps]:
    return [Steps(**row._mapping) for row in connection.execute(counted)]


def _between(start: datetime, end: datetime) -> Sequence[ColumnElement[bool]]:
    return (
        _message.sent_at >= start,
        _message.sent_at < end,
        _message.account_id.is_not(None),
        _message.message_class != MessageClass.NOTICE,
    )


def _counted(keys: Sequence[ColumnElement[Any]]) -> Select[Any]:
    sent = func.count()
    steps = {
        "delivered": _message.delivery_status.in_(sorted(ARRIVED)),
        "opened": _led_to(payment_events, _act.kind == Kind.OPENED),
        "verified": _led_to(payment_events, _act.kind == Kind.VERIFIED),
        "started": _led_to(checkouts),
        "paid": _led_to(payments, payments.c.credited),
    }
    counts = [_count(condition).label(name) for name, condition in steps.items()]
    return (
        select(*keys, sent.label("sent"), *counts)
        .join(conversations, conversations.c.id == _message.conversation_id)
        .where(_message.sent_at.is_not(None))
        .group_by(*keys)
        .order_by(sent.desc(), *keys)
    )


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _led_to(table: FromClause, *which: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a message was followed by a row of a table through one of its links."""
    own = _link.id == _message.payment_link_id
    later = and_(
        _message.payment_link_id.is_(None),
        _link.account_id == _message.account_id,
        _link.created_at >= _message.created_at,
    )
    return (
        exists()
        .where(table.c.payment_link_id == _link.id, or_(own, later))
        .where(table.c.created_at >= _message.created_at, *which)
    )
