"""Bring a number's accounts in line with what a balance source tells of it right now."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select, update

from bot.billing import accounts as ledger
from bot.billing import invoices, paid_lately, resealing
from bot.billing.customers import due, sealed, write
from bot.billing.sources import Owed
from bot.store.columns import utc_now
from bot.store.crypto import Vault
from bot.store.tables import accounts
from bot.text.format import Money

_account = accounts.c


@dataclass(frozen=True)
class _News:
    """What was told of a number, by the index of each customer number, and what is known here.

    `held` are the accounts that it may change, `before` what was due of them before each payment
    of late.
    """

    told: Mapping[str, Owed]
    held: Sequence[Row[Any]]
    before: Mapping[str, Collection[Money]]
    now: datetime
    settles_within: timedelta


def renew(
    connection: Connection,
    vault: Vault,
    number: str,
    found: Sequence[Owed] | None,
    settles_within: timedelta,
) -> frozenset[int]:
    """Take in what is told; returns the accounts of which less is due than before, or nothing.

    An amount that may not know of a payment through us yet is left as it is: it would be asked for
    again. That is so within `settles_within` of the payment where no moment is told or just what
    was due before, and always where the moment is before it. Accounts that the source knows no more
    owe nothing, and are hidden unless they were paid within that time; with None they are hidden
    alone, so that a mistake there erases nothing.
    """
    ledger.check_key(connection, vault)
    news = _news(connection, vault, number, found or (), settles_within)
    eased = _keep(connection, vault, news)
    _show(connection, news)
    hidden = _hide(connection, news, owes_nothing=found is not None)
    return frozenset(eased | hidden)


def _news(
    connection: Connection,
    vault: Vault,
    number: str,
    found: Sequence[Owed],
    settles_within: timedelta,
) -> _News:
    now = connection.execute(select(utc_now())).scalar_one()
    resealing.index_anew(connection, vault, [one.customer.customer_number for one in found])
    told = {vault.index(one.customer.customer_number): one for one in found}
    theirs = _account.customer_number_index.in_(told) | (_account.number == number)
    held = paid_lately.hold(connection, theirs)
    indexes = [row.customer_number_index for row in held]
    before = paid_lately.amounts_before(connection, indexes, settles_within)
    return _News(told, held, before, now, settles_within)


def _keep(connection: Connection, vault: Vault, news: _News) -> set[int]:
    """Write down what may be believed; returns the accounts of which less is due."""
    paid = paid_lately.last_paid(connection, news.told)
    believed = {index: one for index, one in news.told.items() if _knows(news, index, one, paid)}
    if not believed:
        return set()
    rows = [
        {**sealed(one.customer, index, vault), "updated_at": min(one.as_of or news.now, news.now)}
        for index, one in believed.items()
    ]
    write(connection, rows, frozenset[str]().union(*(one.untold for one in news.told.values())))
    eased = {
        row.id
        for row in news.held
        if (one := believed.get(row.customer_number_index))
        and one.customer.due_minor < row.due_minor
    }
    told = {index: one.customer.invoices for index, one in believed.items()}
    return eased | invoices.keep(connection, told)


def _knows(news: _News, index: str, one: Owed, paid: Mapping[str, datetime]) -> bool:
    """Whether what is told can know of the last payment through us."""
    as_of = min(one.as_of or news.now - news.settles_within, news.now)
    if index in paid and paid[index] >= as_of:
        return False
    return index not in paid or due(one.customer) not in news.before.get(index, ())


def _show(connection: Connection, news: _News) -> None:
    known = _account.customer_number_index.in_(news.told)
    connection.execute(
        update(accounts).where(known, _account.gone_at.is_not(None)).values(gone_at=None)
    )


def _hide(connection: Connection, news: _News, owes_nothing: bool) -> set[int]:
    """Hide the accounts of which nothing was told; returns those that were not hidden before."""
    absent = [row for row in news.held if row.customer_number_index not in news.told]
    if owes_nothing:
        ids = [row.id for row in absent if row.due_minor != 0]
        connection.execute(update(accounts).where(_account.id.in_(ids)).values(due_minor=0))
    # A source of debts alone tells no more of who paid; they are still to hear that they did.
    hidden = {
        row.id
        for row in absent
        if row.gone_at is None and row.customer_number_index not in news.before
    }
    connection.execute(update(accounts).where(_account.id.in_(hidden)).values(gone_at=news.now))
    return hidden
