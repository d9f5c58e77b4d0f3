"""A company's own system as the source of balances, asked over HTTP as a file describes."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from bot.billing import cells
from bot.billing.cells import CellRefused
from bot.billing.customer_rows import Customer
from bot.billing.fetch import Call, fetch
from bot.billing.invoices import Invoice
from bot.billing.source_file import InvoicePaths, Source
from bot.billing.sources import Owed
from bot.errors import SourceAway
from bot.text import phone
from bot.text.format import TOKYO, Money

MOST_CUSTOMERS = 50
MOST_INVOICES = 100


class HttpSource:
    """Asks once for a number; rests after failures. Safe for many threads."""

    def __init__(self, source: Source, secret: str = "") -> None:
        self.max_age: timedelta | None = source.max_age
        self.settles_within = timedelta(seconds=source.settles_within_s)
        self._source, self._secret = source, secret
        self._failures, self._rests_until = 0, 0.0
        self._lock = threading.Lock()

    def look_up(self, number: str) -> Sequence[Owed] | None:
        """What the source tells of a number; raises SourceAway, at once while it rests."""
        if time.monotonic() < self._rests_until:
            raise SourceAway("it failed again and again, and is left alone for a while")
        try:
            told = fetch(self._call(number))
        except SourceAway:
            self._note_failure()
            raise
        self._failures = 0
        # What is wrong in the answer about one number says nothing of the others.
        return None if told is None else self._read(number, told.json)

    def _note_failure(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= self._source.breaker.failures:
                # One more failure after the rest is enough for the next one.
                self._rests_until = time.monotonic() + self._source.breaker.rest_s

    def _call(self, number: str) -> Call:
        source = self._source
        values = {
            "phone": number,
            "phone_national": phone.notations(number).plain,
            "secret": self._secret,
        }
        body = source.body
        return Call(
            url=_filled(source.url, values, lambda value: quote(value, safe="")),
            headers={name: _filled(text, values) for name, text in source.headers.items()},
            body=body and {name: _filled(text, values) for name, text in body.items()},
            timeout_s=source.timeout_s,
            allowed=source.private_networks,
        )

    def _read(self, number: str, told: Any) -> Sequence[Owed]:
        rows = at(told, self._source.customers)
        rows = [] if rows is None else rows
        rows = rows if isinstance(rows, list) else [rows]
        if len(rows) > MOST_CUSTOMERS:
            raise SourceAway(f"it told of over {MOST_CUSTOMERS} customers of one number")
        try:
            return [self._owed(number, row) for row in rows]
        except CellRefused as refused:
            raise SourceAway(f"its answer cannot be used: {refused}") from None

    def _owed(self, number: str, row: Any) -> Owed:
        told = {name: _cell(row, path) for name, path in self._source.fields}
        currency = cells.currency(told["currency"] or self._source.currency)
        invoices = self._invoices(row, currency)
        due_minor = sum(one.due.minor for one in invoices)
        if self._source.fields.amount_due:
            due_minor = self._minor(told["amount_due"], currency)
        unpaid = tuple(one for one in invoices if one.due.minor > 0)
        customer = Customer(
            0,
            number=number,
            customer_number=cells.customer_number(told["customer_number"]),
            name=cells.name(told["name"]),
            language=cells.language(told["language"]),
            # What the company owes the customer is nothing that the customer owes.
            due_minor=max(due_minor, 0),
            currency=currency,
            due_date=_day(told["due_date"]) or _earliest(unpaid),
            invoices=unpaid,
        )
        return Owed(customer, _moment(told["as_of"]), self._source.untold)

    def _invoices(self, row: Any, currency: str) -> list[Invoice]:
        """The invoices of a customer, credits as negative ones, where the source tells of them."""
        paths = self._source.invoices
        if paths is None:
            return []
        told = at(row, paths.path)
        if not isinstance(told, list) or len(told) > MOST_INVOICES:
            raise CellRefused(f"{paths.path} is no list of at most {MOST_INVOICES} invoices")
        found = [self._invoice(each, paths, currency) for each in told]
        if len({one.number for one in found}) < len(found):
            raise CellRefused("an invoice stands there twice")
        return found

    def _invoice(self, told: Any, paths: InvoicePaths, currency: str) -> Invoice:
        number = cells.invoice_number(_cell(told, paths.number))
        if not number:
            raise CellRefused("an invoice has no number")
        minor = self._minor(_cell(told, paths.amount_due), currency)
        return Invoice(number, Money(minor, currency), _day(_cell(told, paths.due_date)))

    def _minor(self, amount: str, currency: str) -> int:
        """An amount, perhaps below zero, in minor units."""
        below, plain = amount.startswith("-"), amount.removeprefix("-")
        if self._source.amount_in == "major":
            minor = cells.amount(plain, currency)
        elif plain.isdecimal() and int(plain) <= cells.LARGEST_MINOR:
            minor = int(plain)
        else:
            raise CellRefused("amount_due must be a whole number of minor units")
        return -minor if below else minor


def at(value: Any, path: str) -> Any:
    """What stands at a path such as "data.customers.0" of JSON; None where nothing does."""
    for step in filter(None, path.split(".")):
        if isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        elif isinstance(value, Mapping):
            value = value.get(step)
        else:
            return None
    return value


def _cell(row: Any, path: str) -> str:
    """A value as a file would have it; what is no text and no number is refused."""
    value = at(row, path) if path else None
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise CellRefused(f"{path} is neither a text nor a number")
    return str(value)


def _day(told: str) -> date | None:
    """A day, also where a moment of it is told."""
    return cells.day(told.partition("T")[0])


def _earliest(invoices: Sequence[Invoice]) -> date | None:
    return min((one.due_date for one in invoices if one.due_date), default=None)


def _moment(told: str) -> datetime | None:
    """A moment in ISO 8601; one without a zone is meant in Japan, a day alone as its beginning."""
    if not told:
        return None
    try:
        moment = datetime.fromisoformat(told)
    except ValueError:
        raise CellRefused("as_of is no moment such as 2026-12-25T09:00:00+09:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=TOKYO)


def _filled(
    template: str, values: Mapping[str, str], form: Callable[[str], str] = lambda value: value
) -> str:
    for name, value in values.items():
        template = template.replace(f"{{{name}}}", form(value))
    return template
