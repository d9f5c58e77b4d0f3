"""`henji doctor` on gateways, payments and accounts."""

import pytest
from sqlalchemy import insert, update

from bot.runtime import Runtime
from bot.store.columns import seconds_from_now
from bot.store.tables import (
    checkouts,
    gateway_events,
    reconciliations,
)
from tests.cli.commands import henji
from tests.cli.doctor.examining import HANAKO, examined
from tests.paying import Paying
from tests.people import Texting, add_customer


@pytest.mark.usefixtures("clock")
def test_payments_that_went_wrong_lately_are_named(
    healthy: dict[str, str], texting: Texting
) -> None:
    day = 24 * 3600
    notices = [("double payment", 1), ("wrong amount", 6), ("wrong amount", 1), ("paid", 1)]
    notices += [("unknown reference", 8)]
    rows = [
        {"gateway": "local", "event_id": str(number), "kind": "paid", "outcome": outcome}
        for number, (outcome, _) in enumerate(notices)
    ]
    with texting.runtime.engine.begin() as connection:
        for row, (_, days) in zip(rows, notices, strict=True):
            age = seconds_from_now(-days * day)
            connection.execute(insert(gateway_events).values(**row, created_at=age))

    assert examined(healthy) == [
        "Payments in the last 7 days that a person must look at: double payment: 1,"
        " wrong amount: 2; see gateway_events."
    ]


STRIPE = {"STRIPE_API_KEY": "sk_test_1", "STRIPE_WEBHOOK_SECRET": "whsec_1"}


@pytest.mark.usefixtures("clock", "runtime")
def test_through_what_people_pay_is_told(healthy: dict[str, str]) -> None:
    komoju = {"KOMOJU_API_KEY": "sk_test_2", "KOMOJU_WEBHOOK_SECRET": "a token"}
    without = henji("doctor", environment=healthy)
    assert "ok No payment gateway is set up: nobody can pay through a link." in without.out
    both = henji("doctor", environment={**healthy, **STRIPE, **komoju})
    words = "ok People pay through stripe (card, konbini); only notices are taken from komoju."
    assert words in both.out
    assert "sk_test" not in both.out


@pytest.mark.usefixtures("clock", "runtime")
def test_half_a_gateway_is_told(healthy: dict[str, str]) -> None:
    [found] = examined({**healthy, "STRIPE_API_KEY": "sk_test_1"})
    assert found.startswith("STRIPE_WEBHOOK_SECRET is missing")


@pytest.mark.usefixtures("clock")
def test_a_gateway_that_is_not_compared_with_is_noticed(
    healthy: dict[str, str], runtime: Runtime
) -> None:
    paying = Paying.at(runtime)
    paying.is_customer()
    paying.gets_link()
    paying.begins()
    paying.changes(update(checkouts).values(gateway="stripe"))
    assert examined({**healthy, **STRIPE}) == []

    paying.changes(update(checkouts).values(created_at=seconds_from_now(-3 * 24 * 3600)))
    assert examined({**healthy, **STRIPE}) == [
        "Payments were not compared with stripe's list for two days: run the clock."
    ]

    done = {"gateway": "stripe", "since": seconds_from_now(0), "finished_at": seconds_from_now(0)}
    paying.changes(insert(reconciliations).values(differing=2, **done))
    assert examined({**healthy, **STRIPE}) == [
        "The last comparison with stripe left 2 payments for a person:"
        " henji payments reconcile names them."
    ]
    paying.changes(insert(reconciliations).values(differing=0, **done))
    assert examined({**healthy, **STRIPE}) == []


@pytest.mark.usefixtures("clock")
def test_accounts_that_nobody_can_prove_on_a_page_are_counted(
    healthy: dict[str, str], texting: Texting
) -> None:
    add_customer(texting.runtime, HANAKO, "10001234", due=12800)
    assert "which payment pages ask" not in " ".join(examined(healthy))
    asking = {**healthy, "HENJI_QUESTIONS": "birth_date,phone"}
    assert "Accounts that lack birth_date, which payment pages ask: 1;" in " ".join(
        examined(asking)
    )
