"""The timeline and the funnel as CSV that spreadsheets read: UTF-8 with its mark, no formulas."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import astuple, fields
from decimal import Decimal
from pathlib import Path

from babel.numbers import get_currency_precision
from sqlalchemy import Connection, select

from bot.payments.funnel import Steps
from bot.payments.timeline import Event
from bot.store.crypto import Vault
from bot.store.tables import accounts
from bot.text.format import TOKYO
from bot.text.spreadsheet import plain

COLUMNS = ("at", "customer_number", "step", "detail", "amount", "currency", "link", "message")
FUNNEL_COLUMNS = tuple(field.name for field in fields(Steps))


def customer_numbers(connection: Connection, vault: Vault) -> Mapping[int, str]:
    """The customer number of every account, by its id."""
    found = connection.execute(select(accounts.c.id, accounts.c.customer_number))
    return {row.id: vault.open(row.customer_number) for row in found}


def write(file: Path, events: Iterable[Event], numbers: Mapping[int, str]) -> int:
    """Write one line for each step; how many. Times are those of Japan."""
    count = 0
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        table = csv.writer(out)
        table.writerow(COLUMNS)
        for count, event in enumerate(events, 1):  # noqa: B007 - the number of the last one
            table.writerow(_cells(event, numbers[event.account_id]))
    return count


def write_funnel(file: Path, found: Iterable[Steps]) -> None:
    """Write one line for each script and language."""
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        table = csv.writer(out)
        table.writerow(FUNNEL_COLUMNS)
        table.writerows([plain(str(cell)) for cell in astuple(steps)] for steps in found)


def _cells(event: Event, customer_number: str) -> tuple[object, ...]:
    return (
        event.at.astimezone(TOKYO).isoformat(timespec="milliseconds"),
        plain(customer_number),
        event.what,
        plain(event.detail or ""),
        _amount(event),
        event.currency or "",
        event.link_id or "",
        event.message_id or "",
    )


def _amount(event: Event) -> str:
    if event.amount_minor is None or event.currency is None:
        return ""
    return str(Decimal(event.amount_minor).scaleb(-get_currency_precision(event.currency)))
