"""While cash is awaited at a store, nothing else can be opened that pays for the same account."""

from datetime import date

import pytest
from sqlalchemy import select, update

from bot.payments import checkout
from bot.payments.checkout import Refusal, Wish
from bot.store.tables import accounts, payment_links
from bot.text.language import Language
from tests.paying import ALICE, HANAKO, Paying


@pytest.fixture
def awaited(paying: Paying) -> Paying:
    """Hanako, who has chosen to pay at a convenience store and has not been there yet."""
    paying.begins()
    paying.told("pending")
    return paying


def statuses(paying: Paying) -> list[str]:
    with paying.runtime.engine.begin() as connection:
        found = select(payment_links.c.status).order_by(payment_links.c.id)
        return list(connection.execute(found).scalars())


def test_no_second_link_is_made_and_the_first_still_shows_the_number(awaited: Paying) -> None:
    assert awaited.texting.says(HANAKO, "支払い") == ["payment.waiting"]

    assert "店頭でのお支払いをお待ちしています" in awaited.bodies()[-1]
    assert statuses(awaited) == ["pending"]
    assert awaited.taps_pay().location == "https://pay.example.com/pay/cs_1"


def test_the_wait_is_told_in_english_too(paying: Paying) -> None:
    paying.is_customer(ALICE, digits="5678", due=4210, currency="USD")
    paying.gets_link(ALICE, "PAY")
    paying.answers("5678")
    paying.taps_pay()
    paying.told("pending", amount=4210, currency="USD")

    assert paying.texting.says(ALICE, "PAY") == ["payment.waiting"]
    assert "waiting for your payment at the store" in paying.bodies(ALICE)[-1]


def test_what_is_due_for_another_customer_number_can_be_paid_meanwhile(awaited: Paying) -> None:
    awaited.is_customer(digits="5678", due=500)
    awaited.changes(
        update(accounts).where(accounts.c.due_minor == 500).values(due_date=date(2099, 12, 31))
    )

    awaited.gets_link()

    assert statuses(awaited) == ["pending", "open"]
    awaited.answers("5678")
    assert "500円" in awaited.opens().text


def test_another_customer_number_without_a_debt_gets_no_link(awaited: Paying) -> None:
    awaited.is_customer(digits="5678", due=0)
    assert awaited.texting.says(HANAKO, "支払い") == ["payment.waiting"]


@pytest.mark.parametrize("end", ["failed", "expired"])
def test_after_the_wait_ended_in_vain_a_new_link_is_made(awaited: Paying, end: str) -> None:
    awaited.told(end)
    assert awaited.texting.says(HANAKO, "支払い") == ["payment.link"]


def test_a_payment_that_was_only_begun_gives_way_to_a_new_link(paying: Paying) -> None:
    paying.begins()
    paying.gets_link()
    assert statuses(paying) == ["revoked", "open"]


def test_a_link_made_by_another_way_leads_to_the_wait_and_not_to_a_payment(
    awaited: Paying,
) -> None:
    awaited.is_customer(digits="5678", due=500)
    awaited.gets_link()
    awaited.answers("1234")

    assert "店頭でのお支払いをお待ちしています" in awaited.opens().text
    assert awaited.taps_pay(data={"amount": "12800"}).location == f"/p/{awaited.token}"
    wish = Wish(awaited.link().id, "https://sms.example.com/p/x", Language.JA, 12800)
    assert checkout.begin(awaited.runtime, wish) is Refusal.PENDING
    assert len(awaited.gateway.asked) == 1
