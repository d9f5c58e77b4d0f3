"""Which gateways are there, and by which ways an amount can be paid through them."""

from dataclasses import replace

import pytest

from bot.app import build_runtime, create_app
from bot.errors import SettingError
from bot.payments.gateways.komoju import Komoju
from bot.payments.gateways.local import Local
from bot.payments.gateways.stripe import Stripe
from bot.payments.offers import choose, offered
from bot.runtime import Runtime
from bot.setting_types import PaymentMethod
from bot.settings import load
from bot.text.format import Money
from tests.paying import Paying

CARD, KONBINI, PAYPAY = PaymentMethod.CARD, PaymentMethod.KONBINI, PaymentMethod.PAYPAY
STRIPE = {"STRIPE_API_KEY": "sk_test_1", "STRIPE_WEBHOOK_SECRET": "whsec_1"}
KOMOJU = {"KOMOJU_API_KEY": "sk_test_2", "KOMOJU_WEBHOOK_SECRET": "a token"}
ALL = (CARD, KONBINI, PAYPAY)
YEN = Money(12800, "JPY")
INCOMPLETE = {
    "no secret for Stripe's webhook": (
        {"STRIPE_API_KEY": "sk_1"},
        "STRIPE_WEBHOOK_SECRET is missing: it must be",
    ),
    "no secret for KOMOJU's webhook": (
        {"KOMOJU_API_KEY": "sk_1"},
        "KOMOJU_WEBHOOK_SECRET is missing: it must be",
    ),
    "a gateway without its key": (
        {**STRIPE, "HENJI_GATEWAYS": "komoju,stripe"},
        "HENJI_GATEWAYS names komoju, but KOMOJU_API_KEY is not set.",
    ),
}
FITTING = {
    "yen": (YEN, ALL),
    "dollars": (Money(4550, "USD"), (CARD,)),
    "too little for a store": (Money(119, "JPY"), (CARD, PAYPAY)),
    "the least for a store": (Money(120, "JPY"), ALL),
    "the most for a store": (Money(299_000, "JPY"), ALL),
    "too much for a store": (Money(299_001, "JPY"), (CARD, PAYPAY)),
}

only_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def runtime_of(environment: dict[str, str], **more: str) -> Runtime:
    made = build_runtime(load(environment={**environment, **more}))
    made.engine.dispose()
    made.redis.close()
    return made


@only_sqlite
@pytest.mark.parametrize(("more", "sentence"), INCOMPLETE.values(), ids=INCOMPLETE)
def test_half_a_gateway_stops_the_start_with_one_line(
    environment: dict[str, str], more: dict[str, str], sentence: str
) -> None:
    with pytest.raises(SettingError) as refusal:
        build_runtime(load(environment={**environment, **more}))
    assert str(refusal.value).startswith(sentence)
    assert "\n" not in str(refusal.value)


@only_sqlite
def test_every_gateway_that_is_set_up_is_connected_and_the_named_ones_are_offered(
    environment: dict[str, str],
) -> None:
    all_set = runtime_of(environment, **STRIPE, **KOMOJU)
    assert list(all_set.gateways) == ["stripe", "komoju"]
    one_named = runtime_of(environment, **STRIPE, **KOMOJU, HENJI_GATEWAYS="komoju")
    assert list(one_named.gateways) == ["komoju", "stripe"]
    assert list(offered(one_named, YEN)) == ["komoju"]


@only_sqlite
def test_each_way_to_pay_is_offered_through_the_first_gateway_that_has_it(
    environment: dict[str, str],
) -> None:
    ways = {"HENJI_PAYMENT_METHODS": "paypay, card,konbini"}
    both = runtime_of(environment, **STRIPE, **KOMOJU, **ways)

    assert offered(both, YEN) == {"stripe": (CARD, KONBINI), "komoju": (PAYPAY,)}
    assert choose(both, YEN, "komoju") == "komoju"
    assert choose(both, Money(4550, "USD"), "komoju") == "stripe"


@only_sqlite
def test_doors_are_there_for_the_gateways_that_are_set_up(environment: dict[str, str]) -> None:
    client = create_app(runtime_of(environment, **STRIPE)).test_client()
    assert client.post("/webhooks/stripe", data=b"{}").status_code == 403
    assert client.post("/webhooks/komoju", data=b"{}").status_code == 404


@pytest.mark.parametrize(("amount", "methods"), FITTING.values(), ids=FITTING)
def test_what_an_amount_can_be_paid_by(amount: Money, methods: tuple[PaymentMethod, ...]) -> None:
    assert Komoju("sk_1", "a token", methods=ALL).methods(amount) == methods
    by_stripe = tuple(method for method in methods if method is not PAYPAY)
    assert Stripe("sk_1", "whsec_1", methods=ALL).methods(amount) == by_stripe
    assert Local("https://pay.example.com", "a secret").methods(amount) == by_stripe


def test_a_currency_that_stripe_counts_otherwise_is_not_paid_through_it() -> None:
    assert Stripe("sk_1", "whsec_1").methods(Money(5000, "ISK")) == ()


def test_the_address_of_komoju_may_name_the_path_of_its_api() -> None:
    with_path = Komoju("sk_1", "a token", "https://pay.example.com/api/v1")
    assert with_path.origins == ("https://pay.example.com",)


@only_sqlite
def test_the_page_names_the_ways_to_pay_and_has_a_button_for_each_gateway(paying: Paying) -> None:
    paying.answers()
    one = paying.opens().text
    assert "クレジットカード・コンビニ" in one
    assert one.count("<button") == 1

    gateways = {"stripe": Stripe("sk_1", "whsec_1"), "komoju": Komoju("sk_1", "t", methods=ALL)}
    several = paying.with_runtime(replace(paying.runtime, gateways=gateways))
    several.answers()
    japanese, english = several.opens().text, several.opens("?lang=en").text
    assert 'value="stripe">クレジットカード・コンビニで支払う' in japanese
    assert 'value="komoju">PayPayで支払う' in japanese
    assert 'value="stripe">Pay by credit card or convenience store' in english


@only_sqlite
def test_forms_may_lead_to_every_gateway(paying: Paying) -> None:
    gateways = {"stripe": Stripe("sk_1", "whsec_1"), "komoju": Komoju("sk_1", "t")}
    several = paying.with_runtime(replace(paying.runtime, gateways=gateways))
    policy = several.opens().headers["Content-Security-Policy"]
    for origin in (
        "https://checkout.stripe.com",
        "https://payments.stripe.com",
        "https://komoju.com",
    ):
        assert origin in policy
