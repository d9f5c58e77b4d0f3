"""How often payment pages were opened and payments made, by sender."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, func, select

from bot.billing.events import Kind
from bot.store.tables import conversations, payment_events, payment_links, payments

_talk, _act, _link = conversations.c, payment_events.c, payment_links.c


def opened_between(connection: Connection, since: datetime, until: datetime) -> Mapping[int, int]:
    """The pages that were opened between two moments, by sender's id."""
    found = (
        select(_talk.sender_id, func.count().label("times"))
        .join(payment_events, _act.conversation_id == _talk.id)
        .where(_act.created_at >= since, _act.created_at < until, _act.kind == Kind.OPENED)
        .group_by(_talk.sender_id)
    )
    return {row.sender_id: row.times for row in connection.execute(found)}


def paid_between(connection: Connection, since: datetime, until: datetime) -> Mapping[int, int]:
    """The payments that were credited between two moments, by sender's id."""
    made = payments.c.created_at
    found = (
        select(_talk.sender_id, func.count().label("times"))
        .join(payment_links, _link.conversation_id == _talk.id)
        .join(payments, payments.c.payment_link_id == _link.id)
        .where(made >= since, made < until, payments.c.credited)
        .group_by(_talk.sender_id)
    )
    return {row.sender_id: row.times for row in connection.execute(found)}
