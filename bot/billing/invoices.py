"""The single invoices of an account, where a file names them; the account's amount is their sum."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from bot.store.session import insert
from bot.store.tables import accounts, invoices
from bot.text.format import Money

_invoice = invoices.c


@dataclass(frozen=True)
class Invoice:
    """What is due of one invoice, by the company's own number of it."""

    number: str
    due: Money
    due_date: date | None


def keep(connection: Connection, told: Mapping[str, Sequence[Invoice]]) -> set[int]:
    """Let accounts, by the index of their customer number, have these invoices and no others.

    Returns those of the accounts with invoices of which less is due of one, or one is gone.
    """
    found = select(accounts.c.id, accounts.c.customer_number_index).where(
        accounts.c.customer_number_index.in_(told)
    )
    ids = {row.id: told[row.customer_number_index] for row in connection.execute(found)}
    eased = _eased(connection, ids)
    connection.execute(delete(invoices).where(_invoice.account_id.in_(ids)))
    rows = [
        {
            "account_id": account_id,
            "number": one.number,
            "due_minor": one.due.minor,
            "due_date": one.due_date,
        }
        for account_id, several in ids.items()
        for one in several
    ]
    if rows:
        connection.execute(insert(connection, invoices), rows)
    return eased


def _eased(connection: Connection, told: Mapping[int, Sequence[Invoice]]) -> set[int]:
    due = {
        (account, one.number): one.due.minor for account, several in told.items() for one in several
    }
    named = [account for account, several in told.items() if several]
    before = connection.execute(select(invoices).where(_invoice.account_id.in_(named)))
    return {
        row.account_id for row in before if row.due_minor > due.get((row.account_id, row.number), 0)
    }


def of_account(connection: Connection, account_id: int) -> list[Invoice]:
    """What is due of an account's invoices, the most pressing first."""
    currency = select(accounts.c.currency).where(accounts.c.id == account_id)
    known: str = connection.execute(currency).scalar_one()
    return [
        Invoice(row.number, Money(row.due_minor, known), row.due_date)
        for row in _due(connection, account_id)
    ]


def total(several: Sequence[Invoice]) -> Money:
    """What is due of one or more invoices of an account together."""
    return Money(sum(one.due.minor for one in several), several[0].due.currency)


def pay(connection: Connection, account_id: int, minor: int) -> None:
    """Take a payment (minor units) off the invoices of an account, the most pressing first."""
    for row in _due(connection, account_id):
        part = min(minor, row.due_minor)
        minor -= part
        connection.execute(
            update(invoices)
            .where(_invoice.id == row.id)
            .values(due_minor=_invoice.due_minor - part)
        )
        if minor == 0:
            return


def _due(connection: Connection, account_id: int) -> list[Row[Any]]:
    """Those that are not paid, by their date; without one they come last."""
    found = select(invoices).where(_invoice.account_id == account_id, _invoice.due_minor > 0)
    pressing = (_invoice.due_date.is_(None), _invoice.due_date, _invoice.id)
    return list(connection.execute(found.order_by(*pressing)))
