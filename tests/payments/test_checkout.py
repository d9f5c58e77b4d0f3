"""Beginning a payment: one page at the gateway per attempt, for the amount that was shown."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.payments import checkout
from bot.payments.checkout import Refusal, Wish
from bot.runtime import Runtime
from bot.store.columns import seconds_from_now
from bot.store.tables import payment_links, senders
from bot.text.format import Money
from bot.text.language import Language
from tests.paying import Paying

PAGE = "https://pay.example.com/pay/cs_1"


def tap(paying: Paying, shown: int | None = 12800, runtime: Runtime | None = None) -> str | Refusal:
    wish = Wish(paying.link().id, f"https://sms.example.com/p/{paying.token}", Language.JA, shown)
    return checkout.begin(runtime or paying.runtime, wish)


def test_an_unknown_link_begins_nothing(paying: Paying) -> None:
    wish = Wish(999, "https://sms.example.com/p/x", Language.JA, 12800)
    assert checkout.begin(paying.runtime, wish) is Refusal.GONE


def test_an_expired_link_begins_nothing(paying: Paying) -> None:
    paying.link_expires()
    assert tap(paying) is Refusal.GONE
    assert paying.gateway.asked == []


def test_a_revoked_link_begins_nothing(paying: Paying) -> None:
    paying.changes(update(payment_links).values(status="revoked"))
    assert tap(paying) is Refusal.GONE


def test_a_paid_link_begins_nothing(paying: Paying) -> None:
    tap(paying)
    paying.told("paid")
    assert tap(paying) is Refusal.PAID


def test_where_nothing_is_due_nothing_begins(paying: Paying) -> None:
    paying.owes(0)
    assert tap(paying, shown=0) is Refusal.NOTHING_DUE
    assert tap(paying) is Refusal.NOTHING_DUE


def test_an_amount_that_changed_since_it_was_shown_is_not_charged(paying: Paying) -> None:
    paying.owes(13000)

    assert tap(paying, shown=12800) is Refusal.REQUOTED
    assert tap(paying, shown=None) is Refusal.REQUOTED
    assert paying.link().status == "open"
    assert tap(paying, shown=13000) == PAGE


def test_an_amount_that_changed_after_the_payment_began_needs_a_new_link(paying: Paying) -> None:
    tap(paying)
    paying.owes(13000)

    assert tap(paying, shown=13000) is Refusal.OVERTAKEN
    assert len(paying.gateway.asked) == 1


def test_without_a_gateway_nothing_begins(paying: Paying) -> None:
    assert tap(paying, runtime=replace(paying.runtime, gateways={})) is Refusal.UNAVAILABLE
    assert paying.link().status == "open"


def test_a_gateway_that_was_taken_away_is_not_replaced_by_another(paying: Paying) -> None:
    tap(paying)
    other = replace(paying.runtime, gateways={"other": paying.gateway})
    assert tap(paying, runtime=other) is Refusal.UNAVAILABLE


def test_a_gateway_that_is_away_is_asked_again_with_the_same_reference(paying: Paying) -> None:
    paying.gateway.is_away = True
    assert tap(paying) is Refusal.UNAVAILABLE

    paying.gateway.is_away = False
    assert tap(paying) == PAGE
    assert paying.link().gateway_session == "cs_1"


def test_a_lost_answer_of_the_gateway_opens_no_second_page(paying: Paying) -> None:
    paying.gateway.loses_answers = True
    assert tap(paying) is Refusal.UNAVAILABLE

    paying.gateway.loses_answers = False
    assert tap(paying) == PAGE
    assert len(paying.gateway.opened) == 1


def test_eight_taps_at_once_lead_to_one_page(paying: Paying) -> None:
    with ThreadPoolExecutor(8) as pool:
        pages = list(pool.map(lambda _: tap(paying), range(8)))

    assert set(pages) == {PAGE}
    assert len({asked.reference for asked in paying.gateway.asked}) == 1


def test_what_the_gateway_is_asked_for(paying: Paying) -> None:
    tap(paying)

    asked, link = paying.gateway.asked[0], paying.link()
    assert asked.amount == Money(12800, "JPY")
    assert (link.due_minor, link.currency, link.gateway) == (12800, "JPY", "local")
    assert asked.description == "例示商会"
    assert asked.return_url == f"https://sms.example.com/p/{paying.token}/return?lang=ja"
    assert asked.cancel_url == f"https://sms.example.com/p/{paying.token}?lang=ja"
    assert asked.webhook_url == "https://sms.example.com/webhooks/local"
    assert asked.expires_at == link.expires_at


@pytest.mark.parametrize(("language", "brand"), [("ja", "例示の店"), ("en", "Example Shop")])
def test_the_gateway_names_the_company_of_the_sender(
    paying: Paying, language: str, brand: str
) -> None:
    paying.changes(update(senders).values(brand="例示の店", brand_en="Example Shop"))
    paying.answers()

    paying.taps_pay(query_string={"lang": language})

    assert paying.gateway.asked[0].description == brand


def test_who_begins_in_the_last_minute_has_half_an_hour_to_end(paying: Paying) -> None:
    paying.changes(update(payment_links).values(expires_at=seconds_from_now(60)))
    tap(paying)
    late = paying.gateway.asked[0].expires_at - paying.link().expires_at
    assert timedelta(minutes=28) < late < timedelta(minutes=30)
