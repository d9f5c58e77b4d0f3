"""`henji doctor` on gateways, payments and accounts."""

import json
from collections.abc import Iterator

import pytest
import responses
from sqlalchemy import insert, update

from bot.payments.gateways import stripe_webhooks
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


HOOK = "https://sms.example.com/webhooks/stripe"
STRIPE = {"STRIPE_API_KEY": "sk_test_1", "STRIPE_WEBHOOK_SECRET": "whsec_1"}


PAGES, ORDERS = list(stripe_webhooks.OF_PAGES), list(stripe_webhooks.OF_ORDERS)


@pytest.fixture
def at_stripe() -> Iterator[list[dict[str, object]]]:
    """A Stripe account with these webhooks: ours, which is told of all that pages need."""
    webhooks: list[dict[str, object]] = [
        {"url": HOOK, "status": "enabled", "enabled_events": PAGES, "id": "we_1"},
    ]
    with responses.RequestsMock(assert_all_requests_are_fired=False) as wire:
        listed = {"object": "list", "has_more": False, "url": "/v1/webhook_endpoints"}
        wire.add_callback(
            "GET",
            "https://api.stripe.com/v1/webhook_endpoints",
            lambda _: (200, {}, json.dumps({**listed, "data": webhooks})),
        )
        yield webhooks


@pytest.mark.usefixtures("clock", "runtime", "at_stripe")
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


@pytest.mark.usefixtures("clock", "runtime")
def test_events_that_stripe_does_not_tell_of_are_named(
    healthy: dict[str, str], at_stripe: list[dict[str, object]]
) -> None:
    with_orders = {**healthy, **STRIPE, "STRIPE_KONBINI_EMAIL": "shop@example.com"}
    told = henji("doctor", environment={**healthy, **STRIPE})
    assert f"ok Stripe tells {HOOK} of every event that is needed." in told.out
    assert examined(with_orders) == [
        f"Stripe's webhook for {HOOK} lacks the events {', '.join(ORDERS)}."
    ]

    at_stripe.append({**at_stripe[0], "enabled_events": ORDERS, "id": "we_2"})
    assert examined(with_orders) == []
    at_stripe[:] = [{**at_stripe[0], "enabled_events": ["*"]}]
    assert examined(with_orders) == []


@pytest.mark.usefixtures("clock", "runtime")
@pytest.mark.parametrize(
    "other", [{"status": "disabled"}, {"url": "https://shop.example.com/webhooks/stripe"}]
)
def test_an_account_without_our_webhook_is_named(
    healthy: dict[str, str], at_stripe: list[dict[str, object]], other: dict[str, object]
) -> None:
    at_stripe[0] |= other
    assert examined({**healthy, **STRIPE}) == [
        f"Stripe has no enabled webhook for {HOOK}: add it, or no payment is seen."
    ]


@pytest.mark.usefixtures("clock", "runtime")
@pytest.mark.parametrize(
    ("status", "words"),
    [
        (403, "ok STRIPE_API_KEY may not read the account's webhooks"),
        (500, "!  Stripe could not be asked which events it tells of"),
    ],
)
@responses.activate
def test_a_stripe_that_does_not_tell_its_webhooks_is_told(
    healthy: dict[str, str], status: int, words: str
) -> None:
    responses.get("https://api.stripe.com/v1/webhook_endpoints", status=status, json={"error": {}})
    assert words in henji("doctor", environment={**healthy, **STRIPE}).out


@pytest.mark.usefixtures("clock", "at_stripe")
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
