"""What came in and what went back, line by line, for the company's accounting."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from babel.numbers import get_currency_precision
from sqlalchemy import Connection, Row, select

from bot.payments.reference import Reference
from bot.store.crypto import Vault
from bot.store.tables import accounts, checkouts, payment_links, payments, refunds
from bot.text.format import TOKYO, Money
from bot.text.spreadsheet import plain

COLUMNS = (
    "date",
    "kind",
    "gateway",
    "payment",
    "reference",
    "receipt_number",
    "customer_number",
    "amount",
    "currency",
)
_FACTS = (
    payments.c.gateway,
    payments.c.gateway_payment,
    payments.c.currency,
    payments.c.credited,
    checkouts.c.attempt,
    payment_links.c.id.label("link_id"),
    payment_links.c.created_at.label("link_created_at"),
    payment_links.c.receipt_number,
    accounts.c.customer_number,
)


@dataclass(frozen=True)
class Line:
    """One movement of money; what goes back is negative. `kind` is payment, double_payment, refund,
    chargeback or chargeback_won."""

    at: datetime
    kind: str
    money: Money
    facts: Row[Any]


def lines(connection: Connection, start: datetime, end: datetime) -> list[Line]:
    """Every movement from `start` until before `end`, by the gateways' clocks, the oldest first."""
    found = [*_payments(connection, start, end), *_refunds(connection, start, end)]
    return sorted(found, key=lambda line: line.at)


def write(file: Path, found: Iterable[Line], vault: Vault) -> None:
    """Write lines as CSV that Excel reads: UTF-8 with its mark, and no cell is a formula."""
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        table = csv.writer(out)
        table.writerow(COLUMNS)
        table.writerows(_cells(line, vault) for line in found)


def _payments(connection: Connection, start: datetime, end: datetime) -> Iterator[Line]:
    made = payments.c.paid_at
    found = _joined(select(*_FACTS, made, payments.c.amount_minor)).where(made >= start, made < end)
    for row in connection.execute(found):
        kind = "payment" if row.credited else "double_payment"
        yield Line(row.paid_at, kind, Money(row.amount_minor, row.currency), row)


def _refunds(connection: Connection, start: datetime, end: datetime) -> Iterator[Line]:
    back = refunds.c
    found = _joined(
        select(*_FACTS, back.kind, back.amount_minor, back.refunded_at, back.reversed_at)
        .select_from(refunds)
        .join(payments, payments.c.id == back.payment_id)
    ).where(back.refunded_at < end)
    for row in connection.execute(found):
        if row.refunded_at >= start:
            yield Line(row.refunded_at, row.kind, Money(-row.amount_minor, row.currency), row)
        if row.reversed_at is not None and start <= row.reversed_at < end:
            won = Money(row.amount_minor, row.currency)
            yield Line(row.reversed_at, "chargeback_won", won, row)


def _joined(found: Any) -> Any:
    return (
        found.join(checkouts, checkouts.c.id == payments.c.checkout_id)
        .join(payment_links, payment_links.c.id == payments.c.payment_link_id)
        .join(accounts, accounts.c.id == payment_links.c.account_id)
    )


def _cells(line: Line, vault: Vault) -> tuple[str, ...]:
    facts = line.facts
    made = int(facts.link_created_at.timestamp())
    return (
        line.at.astimezone(TOKYO).isoformat(timespec="seconds"),
        line.kind,
        plain(facts.gateway),
        plain(facts.gateway_payment),
        str(Reference(facts.link_id, made, facts.attempt)),
        facts.receipt_number if facts.credited else "",
        plain(vault.open(facts.customer_number)),
        str(Decimal(line.money.minor).scaleb(-get_currency_precision(line.money.currency))),
        line.money.currency,
    )
