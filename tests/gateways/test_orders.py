"""Numbers for stores without a page: the same cases for each gateway that gives them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
import responses

from bot.errors import GatewayAway, GatewayBusy, GatewayRefused, PaymentError
from bot.payments.gateways import GatewayEvent, OrdersAtStores, Outcome
from bot.payments.gateways.stripe import Stripe
from bot.settings import load
from bot.text.format import Money
from tests.conftest import ENVIRONMENT
from tests.gateways.stand import REFERENCE, Stand, checkout
from tests.gateways.stripe_account import API, EMAIL, KEY, SECRET, StripeAccount

both = pytest.mark.parametrize("stand", ["local", "stripe"], indirect=True)
only_stripe = pytest.mark.parametrize("stand", ["stripe"], indirect=True)
PAYMENTS = f"{API}/payment_intents"
# What Stripe says of a payment, and what it means to us.
STANDINGS = {
    "requires_action": Outcome.PENDING,
    "processing": Outcome.PENDING,
    "succeeded": Outcome.PAID,
    "requires_payment_method": Outcome.FAILED,
    "canceled": Outcome.EXPIRED,
}


def orders(stand: Stand, **changes: Any) -> GatewayEvent:
    gateway = stand.gateway()
    assert isinstance(gateway, OrdersAtStores)
    opened, event = gateway.order(checkout(**changes))
    assert opened.session == event.session
    return event


def happens(stand: Stand, action: str, amount: int = 0) -> list[GatewayEvent]:
    """Let something happen to the order, and read what the gateway tells of it."""
    stand.notices()
    stand.act(action, amount=amount)
    read = stand.gateway().read
    return [event for notice in stand.notices() if (event := read(*notice))]


@both
def test_a_number_is_ordered_and_waits_for_the_cash(stand: Stand) -> None:
    event = orders(stand)

    assert (event.gateway, event.outcome) == (stand.name, Outcome.PENDING)
    assert (event.reference, event.amount) == (REFERENCE, Money(12800, "JPY"))
    assert event.pay_by is not None
    assert event.pay_by > datetime.now(UTC)
    assert event.voucher_number or event.stores


@both
def test_the_same_reference_gets_the_same_number(stand: Stand) -> None:
    wish = checkout()
    changes = {"begun_at": wish.begun_at, "expires_at": wish.expires_at}
    assert orders(stand, **changes).session == orders(stand, **changes).session


@both
@pytest.mark.parametrize("trouble", ["lost", "broken after"])
def test_after_a_lost_answer_the_same_number_is_ordered(stand: Stand, trouble: str) -> None:
    wish = checkout()
    changes = {"begun_at": wish.begun_at, "expires_at": wish.expires_at}
    stand.trouble = [trouble]
    with pytest.raises(GatewayAway):
        orders(stand, **changes)

    again = orders(stand, **changes)

    assert again.session == orders(stand, **changes).session


@both
def test_cash_is_told_with_the_same_payment(stand: Stand) -> None:
    ordered = orders(stand)
    paid = happens(stand, "take cash")[-1]

    assert (paid.outcome, paid.payment) == (Outcome.PAID, ordered.payment)
    assert (paid.reference, paid.amount) == (REFERENCE, Money(12800, "JPY"))
    looked = stand.gateway().look(ordered.session)
    assert looked is not None
    assert (looked.outcome, looked.payment) == (Outcome.PAID, ordered.payment)


@both
def test_what_was_paid_is_listed_once(stand: Stand) -> None:
    orders(stand)
    happens(stand, "take cash")

    [listed] = stand.gateway().listed(datetime.now(UTC) - timedelta(days=1))

    assert (listed.outcome, listed.reference) == (Outcome.PAID, REFERENCE)


@both
def test_a_refund_of_it_is_told(stand: Stand) -> None:
    orders(stand)
    happens(stand, "take cash")
    event = happens(stand, "refund", amount=12800)[0]
    assert (event.outcome, event.reference) == (Outcome.REFUNDED, REFERENCE)


@both
def test_an_order_of_another_amount_is_not_handed_out(stand: Stand) -> None:
    wish = checkout()
    orders(stand, begun_at=wish.begun_at)
    with pytest.raises(PaymentError):
        orders(stand, begun_at=wish.begun_at, amount=Money(1000, "JPY"))


@only_stripe
@pytest.mark.parametrize(("payer", "name"), [("山田 花子", "山田 花子"), ("", "例示商会")])
def test_stripe_is_asked_for_a_confirmed_payment(
    stand: StripeAccount, payer: str, name: str
) -> None:
    orders(stand, payer=payer)

    [asked] = stand.asked
    assert asked.url == PAYMENTS
    assert {name: value for name, [value] in parse_qs(str(asked.body)).items()} == {
        "amount": "12800",
        "currency": "jpy",
        "confirm": "true",
        "description": "例示商会",
        "metadata[henji_reference]": REFERENCE,
        "metadata[henji_order]": "konbini",
        "payment_method_types[0]": "konbini",
        "payment_method_data[type]": "konbini",
        "payment_method_data[billing_details][name]": name,
        "payment_method_data[billing_details][email]": EMAIL,
        "payment_method_options[konbini][expires_after_days]": "3",
    }
    assert asked.headers["Idempotency-Key"] == REFERENCE


@only_stripe
def test_another_name_with_the_same_reference_finds_the_order_that_there_is(
    stand: StripeAccount,
) -> None:
    first = orders(stand, payer="山田 花子")
    assert orders(stand, payer="山田花子").session == first.session
    assert len(stand.payments.orders) == 1


@only_stripe
def test_each_chain_has_its_numbers(stand: StripeAccount) -> None:
    event = orders(stand)
    assert [(one.chain, one.numbers) for one in event.stores] == [
        ("familymart", "111222/01234567890"),
        ("lawson", "333444/01234567890"),
        ("ministop", "333444/01234567890"),
        ("seicomart", "555666/01234567890"),
    ]


@only_stripe
@pytest.mark.parametrize(
    "stores", [None, {}, [], {"lawson": None}, {"lawson": {"payment_code": "1\n2"}}, {"lawson": {}}]
)
def test_an_answer_without_a_number_is_none(stand: StripeAccount, stores: object) -> None:
    shown = {"konbini_display_details": {"expires_at": 1, "stores": stores}}
    answer = {
        "id": "pi_1",
        "status": "requires_action",
        "amount": 12800,
        "currency": "jpy",
        "metadata": {"henji_reference": REFERENCE},
        "next_action": shown,
    }
    with responses.RequestsMock() as wire:
        wire.post(PAYMENTS, json=answer)
        with pytest.raises(GatewayAway, match="no number"):
            orders(stand)


@only_stripe
@pytest.mark.parametrize(
    ("status", "error"), [(400, GatewayRefused), (402, GatewayRefused), (409, GatewayBusy)]
)
def test_a_refusal_of_an_order_is_an_error_of_its_kind(
    stand: StripeAccount, status: int, error: type[PaymentError]
) -> None:
    with responses.RequestsMock() as wire:
        wire.post(PAYMENTS, status=status, json={"error": {"code": "payment_method_not_available"}})
        with pytest.raises(error):
            orders(stand)


@only_stripe
@pytest.mark.parametrize(("status", "outcome"), STANDINGS.items(), ids=STANDINGS)
def test_how_an_order_stands(stand: StripeAccount, status: str, outcome: Outcome) -> None:
    ordered = orders(stand)
    stand.payments.orders[ordered.session]["status"] = status
    looked = stand.gateway().look(ordered.session)
    assert looked is not None
    assert looked.outcome is outcome


@only_stripe
def test_the_end_of_the_time_for_a_store_is_told(stand: StripeAccount) -> None:
    orders(stand)
    [event] = happens(stand, "fail")
    assert (event.outcome, event.reference) == (Outcome.FAILED, REFERENCE)


@only_stripe
def test_a_closed_order_cannot_be_paid(stand: StripeAccount) -> None:
    gateway, session = stand.gateway(), orders(stand).session
    assert gateway.close(session).outcome is Outcome.EXPIRED
    assert gateway.close(session).outcome is Outcome.EXPIRED


@only_stripe
def test_who_stands_at_the_till_keeps_an_order_open(stand: StripeAccount) -> None:
    session = orders(stand).session
    stand.payments.at_till = True
    assert stand.gateway().close(session).outcome is Outcome.PENDING


@only_stripe
def test_an_order_that_there_is_not_is_missing(stand: StripeAccount) -> None:
    with pytest.raises(GatewayRefused) as refusal:
        stand.gateway().look("pi_0")
    assert refusal.value.missing


@pytest.mark.parametrize(("email", "may_order"), [("", False), (EMAIL, True)])
def test_stripe_orders_only_where_it_has_an_address_to_write_to(
    email: str, may_order: bool
) -> None:
    signing = {"STRIPE_API_KEY": KEY, "STRIPE_WEBHOOK_SECRET": SECRET}
    settings = load(environment={**ENVIRONMENT, **signing, "STRIPE_KONBINI_EMAIL": email})
    assert isinstance(Stripe.of(settings), OrdersAtStores) is may_order
