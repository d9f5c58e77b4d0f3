"""A payment and news about the same account from elsewhere: neither undoes the other."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import Connection, insert, select

from bot.billing import accounts as ledger
from bot.billing import customers
from bot.billing.customer_rows import Customer
from bot.billing.sources import Owed
from bot.runtime import Runtime
from bot.store.session import transact
from bot.store.tables import checkouts, payments
from tests.messaging.locks import wait_for_a_lock
from tests.paying import Paying

PHONE = "+819000000001"
OWES = Owed(Customer(0, PHONE, "10001234", "山田 花子", None, 12800, "JPY", None))


def looks_up(runtime: Runtime, *found: Owed) -> None:
    """Take in what the source told of the number."""
    day = timedelta(days=1)
    transact(runtime.engine, lambda it: customers.renew(it, runtime.vault, PHONE, found, day))


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
