"""Several invoices of one customer: they come with the file, add up, and are paid in order."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from bot.billing.accounts import pay
from bot.billing.customer_file import CustomerFile
from bot.billing.customer_rows import Customer, Refusal
from bot.billing.customers import Imported
from bot.billing.invoices import Invoice, of_account
from bot.billing.sources import Owed
from bot.messaging import debts
from bot.runtime import Runtime
from bot.store.tables import accounts
from bot.text.format import Money
from tests.billing.files import HEADER, csv_of
from tests.pages.reading import words
from tests.paying import Paying

PHONE = "+819000000001"
COLUMNS = f"{HEADER},invoice_number"
NOVEMBER = "090-0000-0001,1000-1234,山田 花子,ja,5000,JPY,2026-11-30,2026-11"
DECEMBER = "090-0000-0001,1000-1234,山田 花子,ja,7800,JPY,2026-12-25,2026-12"
DISPUTED = [
    (DECEMBER, "customer_number stands on line 2 already"),
    (DECEMBER.removesuffix("2026-12"), "customer_number stands on line 2 already"),
    (DECEMBER.replace("090-0000-0001", "090-0000-0002"), "it differs from line 2 in phone"),
    (DECEMBER.replace("JPY", "USD"), "it differs from line 2 in phone"),
]


def imported(runtime: Runtime, *rows: str) -> Imported:
    file = CustomerFile(csv_of(*rows, header=COLUMNS))
    return debts.import_file(runtime.engine, runtime.vault, file)


def due(runtime: Runtime) -> list[tuple[str, int]]:
    """What is due of each invoice of the first account, in order."""
    with runtime.engine.begin() as connection:
        return [(one.number, one.due.minor) for one in of_account(connection, 1)]


def test_the_invoices_of_a_customer_add_up(runtime: Runtime) -> None:
    done = imported(runtime, DECEMBER, NOVEMBER)

    assert (done.added, done.refused) == (1, ())
    assert due(runtime) == [("2026-11", 5000), ("2026-12", 7800)]
    with runtime.engine.begin() as connection:
        row = connection.execute(select(accounts)).one()
    assert (row.due_minor, row.due_date) == (12800, date(2026, 11, 30))
    assert imported(runtime, DECEMBER, NOVEMBER).unchanged == 1


@pytest.mark.parametrize(("second", "complaint"), DISPUTED)
def test_a_row_that_is_no_other_invoice_of_the_customer_is_refused(
    runtime: Runtime, second: str, complaint: str
) -> None:
    first = DECEMBER if second == DECEMBER else NOVEMBER
    done = imported(runtime, first, second)
    (refusal,) = done.refused
    assert isinstance(refusal, Refusal)
    assert (refusal.line, refusal.reason.startswith(complaint)) == (3, True)
    assert done.added == 1


def test_a_later_file_replaces_the_invoices(runtime: Runtime) -> None:
    imported(runtime, NOVEMBER, DECEMBER)
    assert imported(runtime, DECEMBER).changed == 1
    assert due(runtime) == [("2026-12", 7800)]


def test_the_page_lists_the_invoices_and_a_payment_settles_them(runtime: Runtime) -> None:
    paying = Paying.at(runtime)
    imported(paying.runtime, DECEMBER, NOVEMBER)
    paying.gets_link()
    paying.answers()

    shown = words(paying.opens())
    assert "ご請求の内訳 2026-11 お支払い期限 2026年11月30日 5,000円 2026-12" in shown
    assert "12,800円" in shown

    paying.taps_pay()
    paying.told("paid")
    assert due(runtime) == []


def test_invoices_that_are_looked_up_replace_those_of_a_file(runtime: Runtime) -> None:
    imported(runtime, DECEMBER, NOVEMBER)
    january = Invoice("2027-01", Money(9000, "JPY"), date(2027, 1, 25))
    found = Customer(0, PHONE, "1000-1234", "", None, 9000, "JPY", None, invoices=(january,))

    def renew(owed: Owed) -> list[tuple[str, int]]:
        with runtime.engine.begin() as connection:
            debts.renew(connection, runtime.vault, PHONE, [owed], timedelta())
        return due(runtime)

    assert renew(Owed(found)) == [("2027-01", 9000)]
    assert renew(Owed(replace(found, invoices=()))) == []


def test_a_part_is_taken_off_the_most_pressing_invoice(runtime: Runtime) -> None:
    imported(runtime, DECEMBER, NOVEMBER)
    with runtime.engine.begin() as connection:
        pay(connection, 1, 6000)
    assert due(runtime) == [("2026-12", 6800)]


def test_invoices_that_are_not_the_amount_are_not_listed(runtime: Runtime) -> None:
    paying = Paying.at(runtime)
    imported(paying.runtime, DECEMBER, NOVEMBER)
    paying.changes(update(accounts).values(due_minor=9999))
    paying.gets_link()
    paying.answers()
    assert "9,999円" in words(paying.opens())
    assert "内訳" not in words(paying.opens())
