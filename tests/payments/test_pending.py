"""While cash is awaited at a store, nothing else can be opened that pays for the same account."""

from dataclasses import replace
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


def test_who_chose_a_store_after_a_newer_link_was_made_is_told_and_keeps_the_first(
    paying: Paying,
) -> None:
    paying.begins()
    first, reference = paying.token, paying.gateway.asked[-1].reference
    paying.gets_link()

    assert paying.told("pending", reference=reference) == ["payment.pending"]
    assert "お支払いをお待ちしています" in replace(paying, token=first).opens().text
    assert paying.texting.says(HANAKO, "支払い") == ["payment.waiting"]


def test_who_stopped_all_messages_meanwhile_is_sent_nothing_and_finds_the_number_on_the_page(
    paying: Paying,
) -> None:
    paying.begins()
    first, reference = paying.token, paying.gateway.asked[-1].reference
    paying.gets_link()
    paying.texting.says(HANAKO, "配信停止")

    assert paying.told("pending", reference=reference) == []
    assert statuses(paying) == ["pending", "revoked"]
    assert "お支払いをお待ちしています" in replace(paying, token=first).opens().text


@pytest.mark.parametrize("due", [0, 12799])
def test_what_is_not_due_any_more_is_not_awaited_through_a_link_that_is_over(
    paying: Paying, due: int
) -> None:
    paying.begins()
    reference = paying.gateway.asked[-1].reference
    paying.gets_link()
    paying.owes(due)

    assert paying.told("pending", reference=reference) == []


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
