"""What Stripe and KOMOJU are asked for, field by field, and what only one of them tells."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
import responses

from bot.payments.gateways import Outcome
from bot.payments.gateways.komoju import Komoju
from bot.payments.gateways.stripe import Stripe
from bot.setting_types import PaymentMethod
from bot.text.format import Money
from bot.text.language import Language
from tests.gateways.komoju_merchant import SECRET as TOKEN
from tests.gateways.komoju_merchant import STORE, KomojuMerchant
from tests.gateways.stand import REFERENCE, checkout
from tests.gateways.stripe_account import SECRET, StripeAccount

only_stripe = pytest.mark.parametrize("stand", ["stripe"], indirect=True)
only_komoju = pytest.mark.parametrize("stand", ["komoju"], indirect=True)
CHARGE = {
    "id": "ch_1",
    "amount": 12800,
    "amount_refunded": 5000,
    "currency": "jpy",
    "payment_intent": "pi_1",
    "metadata": {"henji_reference": REFERENCE},
}
DISPUTE = {"id": "dp_1", "amount": 12800, "currency": "jpy", "payment_intent": "pi_1"}
PAYMENT = {
    "id": "payment1",
    "amount": 11600,
    "tax": 1200,
    "payment_method_fee": 190,
    "total": 12990,
    "currency": "JPY",
    "external_order_num": REFERENCE,
    "session": "session1",
    "payment_details": {"type": "credit_card"},
}
BACK = {"id": "refund1", "amount": 5000, "chargeback": False}
# Types and objects of Stripe's events, and what they mean to us.
STRIPE_EVENTS: list[tuple[str, dict[str, Any], Outcome | None]] = [
    ("charge.refunded", CHARGE, Outcome.REFUNDED),
    ("charge.refunded", CHARGE | {"payment_intent": None}, None),
    ("charge.refund.updated", CHARGE, None),
    ("charge.succeeded", CHARGE, None),
    ("charge.dispute.created", DISPUTE | {"status": "needs_response"}, Outcome.CHARGED_BACK),
    ("charge.dispute.created", DISPUTE | {"status": "warning_needs_response"}, None),
    ("charge.dispute.updated", DISPUTE | {"status": "under_review"}, Outcome.CHARGED_BACK),
    ("charge.dispute.funds_withdrawn", DISPUTE | {"status": "lost"}, Outcome.CHARGED_BACK),
    ("charge.dispute.funds_reinstated", DISPUTE | {"status": "won"}, Outcome.CHARGEBACK_WON),
    ("charge.dispute.closed", DISPUTE | {"status": "warning_closed"}, None),
    ("payment_intent.payment_failed", {"id": "pi_1"}, None),
    ("checkout.session.completed", {"id": "cs_1", "payment_status": "no_payment_required"}, None),
    ("checkout.session.new_kind", {"id": "cs_1", "client_reference_id": REFERENCE}, None),
    ("ping", {}, None),
]
KOMOJU_EVENTS: list[tuple[str, dict[str, Any], Outcome | None]] = [
    ("ping", {}, None),
    ("payment.authorized", PAYMENT, None),
    ("payment.authorized", PAYMENT | {"payment_details": STORE}, Outcome.PENDING),
    (
        "payment.authorized",
        PAYMENT | {"payment_details": {"type": "bank_transfer"}},
        Outcome.PENDING,
    ),
    ("payment.captured", PAYMENT, Outcome.PAID),
    ("payment.updated", PAYMENT, None),
    ("payment.cancelled", PAYMENT, Outcome.EXPIRED),
    ("payment.expired", PAYMENT, Outcome.EXPIRED),
    ("payment.failed", PAYMENT, Outcome.TRIED),
    ("payment.refund.created", PAYMENT, None),
    (
        "payment.refunded",
        PAYMENT | {"amount_refunded": 5000, "refunds": [BACK]},
        Outcome.REFUNDED,
    ),
    (
        "payment.refunded",
        PAYMENT | {"amount_refunded": 5000, "refunds": [BACK | {"chargeback": True}]},
        Outcome.CHARGED_BACK,
    ),
    ("subscription.captured", PAYMENT, None),
    ("payment.captured", {"id": "payment1"}, None),
]


@only_stripe
def test_stripe_is_asked_for_one_payment_of_the_amount(stand: StripeAccount) -> None:
    wish = checkout()
    stand.gateway().open(wish)

    [asked] = stand.asked
    form = {name: value for name, [value] in parse_qs(str(asked.body)).items()}
    expires = int(form.pop("expires_at"))
    assert form == {
        "mode": "payment",
        "client_reference_id": REFERENCE,
        "metadata[henji_reference]": REFERENCE,
        "payment_intent_data[metadata][henji_reference]": REFERENCE,
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": "jpy",
        "line_items[0][price_data][unit_amount]": "12800",
        "line_items[0][price_data][product_data][name]": "例示商会",
        "payment_method_types[0]": "card",
        "payment_method_types[1]": "konbini",
        "payment_method_options[konbini][expires_after_days]": "3",
        "success_url": wish.return_url,
        "cancel_url": wish.cancel_url,
        "locale": "ja",
    }
    assert asked.headers["Idempotency-Key"] == REFERENCE
    lasts = expires - wish.begun_at.timestamp()
    assert 23 * 3600 < lasts < 24 * 3600


@only_stripe
def test_the_shortest_page_is_as_long_as_stripe_wants_it(stand: StripeAccount) -> None:
    wish = checkout()
    stand.gateway().open(
        checkout(
            begun_at=wish.begun_at, expires_at=wish.begun_at + timedelta(minutes=30, seconds=45)
        )
    )
    [asked] = stand.asked
    [expires] = parse_qs(str(asked.body))["expires_at"]
    assert int(expires) - wish.begun_at.timestamp() > 30 * 60


@only_stripe
def test_dollars_are_asked_for_by_card_alone(stand: StripeAccount) -> None:
    stand.gateway().open(checkout(amount=Money(4550, "USD"), language=Language.EN))

    form = parse_qs(str(stand.asked[0].body))
    assert form["line_items[0][price_data][unit_amount]"] == ["4550"]
    assert form["line_items[0][price_data][currency]"] == ["usd"]
    assert "payment_method_types[1]" not in form
    assert form["locale"] == ["en"]


@only_stripe
def test_other_words_with_the_same_reference_find_the_page_that_there_is(
    stand: StripeAccount,
) -> None:
    gateway = stand.gateway()
    first = gateway.open(checkout())
    assert gateway.open(checkout(description="例示商会 改め")) == first


@only_komoju
def test_komoju_is_asked_for_one_payment_of_the_amount(stand: KomojuMerchant) -> None:
    wish = checkout()
    stand.gateway().open(wish)

    [asked] = stand.asked
    assert json.loads(asked.body or b"") == {
        "mode": "payment",
        "amount": 12800,
        "currency": "JPY",
        "return_url": wish.return_url,
        "default_locale": "ja",
        "expires_in_seconds": 86400,
        "payment_types": ["credit_card", "konbini", "paypay"],
        "payment_data": {"external_order_num": REFERENCE, "capture": "auto"},
    }
    assert asked.headers["X-KOMOJU-IDEMPOTENCY"] == REFERENCE
    assert asked.headers["X-KOMOJU-API-VERSION"] == "2025-01-28"


@responses.activate
def test_both_can_be_asked_at_another_address() -> None:
    page = {"id": "x1", "url": "http://127.0.0.1:9/a", "session_url": "http://127.0.0.1:9/b"}
    responses.post("http://127.0.0.1:9/v1/checkout/sessions", json=page)
    responses.post("http://127.0.0.1:9/api/v1/sessions", json=page)
    base = "http://127.0.0.1:9"
    stripe, komoju = Stripe("sk_1", SECRET, base), Komoju("sk_1", TOKEN, base)

    assert stripe.open(checkout()).url == page["url"]
    assert komoju.open(checkout()).url == page["session_url"]
    assert base in stripe.origins
    assert komoju.origins == (base,)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "http://pay.example.com", "/pay", ""])
@responses.activate
def test_a_page_that_is_not_private_is_not_handed_out(url: str) -> None:
    page = {"id": "x1", "url": url, "session_url": url}
    responses.post("https://api.stripe.com/v1/checkout/sessions", json=page)
    responses.post("https://komoju.com/api/v1/sessions", json=page)
    for gateway in (Stripe("sk_1", SECRET), Komoju("sk_1", TOKEN)):
        with pytest.raises(Exception, match="names no page"):
            gateway.open(checkout())


@pytest.mark.parametrize(("kind", "about", "outcome"), STRIPE_EVENTS)
def test_what_stripe_tells(kind: str, about: dict[str, Any], outcome: Outcome | None) -> None:
    event = {
        "id": "evt_1",
        "object": "event",
        "type": kind,
        "created": 1,
        "data": {"object": about},
    }
    told = Stripe("sk_1", SECRET).read(*StripeAccount().signed(json.dumps(event).encode()))
    assert (told and told.outcome) == outcome


@pytest.mark.parametrize(("kind", "about", "outcome"), KOMOJU_EVENTS)
def test_what_komoju_tells(kind: str, about: dict[str, Any], outcome: Outcome | None) -> None:
    event = {"id": "evt_1", "resource": "event", "type": kind, "data": about}
    told = Komoju("sk_1", TOKEN).read(*KomojuMerchant().signed(json.dumps(event).encode()))
    assert (told and told.outcome) == outcome
    if told is not None:
        assert told.amount == Money(12800, "JPY")


def test_konbini_is_paid_by_the_end_of_the_third_day_in_japan() -> None:
    session = {"id": "cs_1", "client_reference_id": REFERENCE, "amount_total": 1, "currency": "jpy"}
    about = {"object": session | {"payment_status": "unpaid", "status": "complete"}}
    event = {"id": "evt_1", "type": "checkout.session.completed", "data": about}
    # 2026-12-01 23:30 in Japan.
    body = json.dumps(event | {"created": 1796135400}).encode()
    told = Stripe("sk_1", SECRET).read(*StripeAccount().signed(body))
    assert told is not None
    assert told.pay_by is not None
    assert told.pay_by.isoformat() == "2026-12-04T23:59:59+09:00"


def test_ways_that_are_not_offered_are_not_asked_for() -> None:
    wanted = (PaymentMethod.KONBINI,)
    assert Stripe("sk_1", SECRET, methods=wanted).methods(Money(4550, "USD")) == ()
    assert Komoju("sk_1", TOKEN, methods=wanted).methods(Money(500, "JPY")) == wanted
