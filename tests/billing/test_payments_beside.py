"""A payment and news about the same account from elsewhere: neither undoes the other."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, insert, select, update

from bot.billing import accounts as ledger
from bot.billing import invoices
from bot.billing.customer_file import CustomerFile
from bot.billing.customer_rows import Customer
from bot.billing.customers import Imported
from bot.billing.sources import Owed
from bot.messaging import debts
from bot.runtime import Runtime
from bot.store.columns import seconds_from_now
from bot.store.session import transact
from bot.store.tables import accounts, checkouts, payments
from bot.text.format import TOKYO
from tests.billing.files import csv_of
from tests.billing.test_invoices import COLUMNS, DECEMBER, NOVEMBER
from tests.messaging.locks import wait_for_a_lock
from tests.paying import Paying

PHONE = "+819000000001"
OWES = Owed(Customer(0, PHONE, "10001234", "山田 花子", None, 12800, "JPY", None))


def looks_up(runtime: Runtime, *found: Owed, knows: bool = True) -> None:
    """Take in what the source told of the number."""
    day = timedelta(days=1)
    told = found if knows else None
    transact(runtime.engine, lambda it: debts.renew(it, runtime.vault, PHONE, told, day))


def imports(runtime: Runtime, *rows: str) -> Imported:
    file = CustomerFile(csv_of(*rows, header=COLUMNS))
    return debts.import_file(runtime.engine, runtime.vault, file)


def listed(runtime: Runtime) -> list[int]:
    """What is due of the single invoices of the first account."""
    with runtime.engine.begin() as connection:
        return [one.due.minor for one in invoices.of_account(connection, 1)]


def pays(connection: Connection, minor: int = 12800) -> None:
    """What a notice of the gateway writes, in a transaction that is still open."""
    attempt = connection.execute(select(checkouts)).one()
    told = {"gateway": attempt.gateway, "gateway_payment": "pay_1", "currency": "JPY"}
    these = {"payment_link_id": attempt.payment_link_id, "checkout_id": attempt.id}
    money = {"amount_minor": minor, "credited": True, "paid_at": attempt.created_at}
    connection.execute(insert(payments).values(**told, **these, **money))
    ledger.pay(connection, 1, minor)


def beside(paying: Paying, work: Callable[[Runtime], object]) -> None:
    """Do some work that begins while a payment is being written."""
    paying.begins()
    with ThreadPoolExecutor(1) as pool:
        with paying.runtime.engine.begin() as connection:
            pays(connection)
            done = pool.submit(work, paying.runtime)
            wait_for_a_lock(paying.runtime.engine, done)
        done.result()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_look_up_beside_a_payment_does_not_undo_it(runtime: Runtime) -> None:
    paying = Paying.at(runtime)
    paying.is_customer()
    paying.gets_link()
    beside(paying, lambda it: looks_up(it, OWES))
    assert paying.due() == 0


def test_a_file_from_before_the_payment_does_not_raise_it_again(runtime: Runtime) -> None:
    paying = Paying.at(runtime)
    imports(paying.runtime, DECEMBER, NOVEMBER)
    paying.gets_link()
    paying.begins()
    paying.told("paid")

    renamed = [row.replace("花子", "華子") for row in (DECEMBER, NOVEMBER)]
    assert imports(paying.runtime, *renamed) == Imported(changed=1, paid=1)
    assert (paying.due(), listed(runtime)) == (0, [])

    # What was not due before the payment is news.
    assert imports(paying.runtime, DECEMBER) == Imported(changed=1)
    assert (paying.due(), listed(runtime)) == (7800, [7800])


def test_after_a_day_a_file_is_believed_again(runtime: Runtime) -> None:
    paying = Paying.at(runtime)
    imports(paying.runtime, DECEMBER, NOVEMBER)
    paying.gets_link()
    paying.begins()
    paying.told("paid")
    paying.changes(update(payments).values(created_at=seconds_from_now(-25 * 3600)))

    assert imports(paying.runtime, DECEMBER, NOVEMBER) == Imported(changed=1)
    assert paying.due() == 12800


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_an_import_beside_a_payment_does_not_undo_it(runtime: Runtime) -> None:
    paying = Paying.at(runtime)
    imports(paying.runtime, DECEMBER, NOVEMBER)
    paying.gets_link()
    beside(paying, lambda it: imports(it, DECEMBER, NOVEMBER))
    assert (paying.due(), listed(runtime)) == (0, [])


@pytest.fixture
def paid(runtime: Runtime) -> Paying:
    """Somebody who just paid all of 12,800 yen."""
    paying = Paying.at(runtime)
    paying.is_customer()
    paying.gets_link()
    paying.begins()
    paying.told("paid")
    return paying


def is_known(paying: Paying) -> bool:
    with paying.runtime.engine.begin() as connection:
        return bool(ledger.of_number(connection, paying.runtime.vault, PHONE))


def test_who_paid_all_stays_known_though_the_source_tells_of_debts_alone(paid: Paying) -> None:
    looks_up(paid.runtime)
    assert (is_known(paid), paid.due()) == (True, 0)

    paid.changes(update(payments).values(created_at=seconds_from_now(-25 * 3600)))
    looks_up(paid.runtime)
    assert not is_known(paid)


def test_an_answer_from_before_the_payment_still_brings_the_person_back(paid: Paying) -> None:
    paid.changes(update(accounts).values(gone_at=seconds_from_now(-60)))
    looks_up(paid.runtime, OWES)
    assert (is_known(paid), paid.due()) == (True, 0)


@pytest.mark.parametrize("ahead", [timedelta(), timedelta(days=30)])
def test_a_booking_date_does_not_raise_a_paid_amount(paid: Paying, ahead: timedelta) -> None:
    told = datetime.now(TOKYO) + timedelta(minutes=1) + ahead
    looks_up(paid.runtime, replace(OWES, as_of=told))
    assert paid.due() == 0


def test_a_system_that_knows_nobody_erases_no_amount(runtime: Runtime) -> None:
    paying = Paying.at(runtime)
    paying.is_customer()
    looks_up(runtime, knows=False)
    assert (is_known(paying), paying.due()) == (False, 12800)
    looks_up(runtime)
    assert (is_known(paying), paying.due()) == (False, 0)
