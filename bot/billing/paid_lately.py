"""What was paid through us of late: news of before the payment must not ask for it again."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select

from bot.store.columns import seconds_from_now
from bot.store.tables import accounts, payment_links, payments
from bot.text.format import Money

_CREDITED = (
    select(
        accounts.c.customer_number_index,
        accounts.c.due_minor,
        payments.c.amount_minor,
        payments.c.currency,
    )
    .join(payment_links, payment_links.c.account_id == accounts.c.id)
    .join(payments, payments.c.payment_link_id == payment_links.c.id)
    .where(payments.c.credited)
)


def hold(connection: Connection, which: ColumnElement[bool]) -> list[Row[Any]]:
    """Lock accounts, so that a payment is either known or comes after all that is written here.

    Returns them by id: in one order, so that two who change the same accounts do not wait for one
    another.
    """
    held = select(accounts).where(which)
    return list(connection.execute(held.order_by(accounts.c.id).with_for_update()))


def last_paid(connection: Connection, indexes: Collection[str]) -> dict[str, datetime]:
    """When these accounts were last paid through us."""
    found = (
        select(accounts.c.customer_number_index, func.max(payments.c.created_at))
        .join(payment_links, payment_links.c.account_id == accounts.c.id)
        .join(payments, payments.c.payment_link_id == payment_links.c.id)
        .where(accounts.c.customer_number_index.in_(indexes), payments.c.credited)
        .group_by(accounts.c.customer_number_index)
    )
    return {row[0]: row[1] for row in connection.execute(found)}


def amounts_before(
    connection: Connection, indexes: Collection[str], within: timedelta
) -> Mapping[str, Collection[Money]]:
    """What was due of these accounts before each of the payments within this time."""
    before: dict[str, list[Money]] = defaultdict(list)
    newest_first = _CREDITED.where(
        accounts.c.customer_number_index.in_(indexes),
        payments.c.created_at > seconds_from_now(-within.total_seconds()),
    ).order_by(payments.c.id.desc())
    for row in connection.execute(newest_first):
        several = before[row.customer_number_index]
        due_minor = several[-1].minor if several else row.due_minor
        several.append(Money(due_minor + row.amount_minor, row.currency))
    return before
