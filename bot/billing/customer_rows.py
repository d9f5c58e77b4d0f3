"""One row about a customer, from a file or the API: its cells read, rows of one customer united."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import reduce

from bot.billing import answer_cells, cells, consent_cells
from bot.billing.answers import Answers
from bot.billing.cells import CellRefused
from bot.billing.invoices import Invoice
from bot.compliance.basis import NOTHING_STATED, Stated
from bot.text.format import Money
from bot.text.language import Language

COLUMNS = ("phone", "customer_number", "name", "language", "amount_due", "currency", "due_date")
# With it, several rows may be of one customer.
INVOICE = "invoice_number"
# What all rows of a customer must agree in.
OF_PERSON = ("number", "name", "language", "currency")


@dataclass(frozen=True, slots=True)
class Customer:
    """One row: whose number (E.164) owes how much, in minor units of the currency.

    `line` is where it stands; `stated` is what the row says about consent, `answers` what proves
    who somebody is. Its `invoices`, if it names any, are one in a row, and add up in `united`.
    """

    line: int
    number: str
    customer_number: str
    name: str
    language: Language | None
    due_minor: int
    currency: str
    due_date: date | None
    stated: Stated = NOTHING_STATED
    answers: Answers = field(default_factory=dict, repr=False)
    invoices: tuple[Invoice, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row that cannot be used: where it stands, and why, without any of its data."""

    line: int
    reason: str


def read(row: dict[str, str], line: int) -> Customer:
    """The customer of a row's cells by column; raises CellRefused for the first that is wrong."""
    currency = cells.currency(row["currency"])
    customer = Customer(
        line,
        number=cells.number(row["phone"]),
        customer_number=cells.customer_number(row["customer_number"]),
        name=cells.name(row["name"]),
        language=cells.language(row["language"]),
        due_minor=cells.amount(row["amount_due"], currency),
        currency=currency,
        due_date=cells.day(row["due_date"]),
        stated=consent_cells.stated(row),
        answers=answer_cells.answers(row),
    )
    number = cells.invoice_number(row.get(INVOICE, ""))
    if not number:
        return customer
    due = Money(customer.due_minor, currency)
    return replace(customer, invoices=(Invoice(number, due, customer.due_date),))


def read_with(invoices: Sequence[dict[str, str]], row: dict[str, str], line: int) -> Customer:
    """The customer of a row whose invoices are told with it: `read`, and in their cells the rest.

    Raises CellRefused; a customer is told of with all of its invoices or not at all.
    """
    several = [read({**row, **invoice}, line) for invoice in invoices]
    if not all(one.invoices for one in several):
        raise CellRefused(f"{INVOICE} is missing")
    numbers = [one.invoices[0].number for one in several]
    if len(set(numbers)) < len(numbers):
        raise CellRefused(f"{INVOICE} stands there twice")
    return reduce(_with_invoices, several)


def united(rows: Iterable[Customer | Refusal]) -> Iterator[Customer | Refusal]:
    """Each customer once, with the invoices of all its rows; a row that says otherwise is refused.

    A customer number that stands on an earlier line is refused, but for another invoice of it.
    """
    known: dict[str, Customer] = {}
    for row in rows:
        if isinstance(row, Refusal):
            yield row
        elif (first := known.setdefault(row.customer_number, row)) is not row:
            try:
                _check_other(first, row)
            except ValueError as refused:
                yield Refusal(row.line, str(refused))
                continue
            known[row.customer_number] = _with_invoices(first, row)
    yield from known.values()


def _check_other(first: Customer, row: Customer) -> None:
    """Refuse a row that does not tell other invoices of the same customer."""
    known, told = ({invoice.number for invoice in one.invoices} for one in (first, row))
    if not known or not told or known & told:
        raise ValueError(f"customer_number stands on line {first.line} already")
    if any(getattr(first, column) != getattr(row, column) for column in OF_PERSON):
        raise ValueError(f"it differs from line {first.line} in phone, name, language or currency")


def _with_invoices(first: Customer, row: Customer) -> Customer:
    dates = [day for day in (first.due_date, row.due_date) if day]
    return replace(
        first,
        due_minor=first.due_minor + row.due_minor,
        due_date=min(dates, default=None),
        invoices=first.invoices + row.invoices,
    )
