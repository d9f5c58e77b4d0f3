"""How a payment ends: the receipt, cash at a store, a failure."""

from datetime import UTC, datetime

from sqlalchemy import update

from bot.store.tables import payment_links, payments
from tests.pages.reading import words
from tests.paying import Paying


def test_coming_back_proves_nothing_until_the_gateway_tells(paying: Paying) -> None:
    paying.begins()

    page = paying.opens("/return?status=paid")
    assert "お支払いを確認しています" in words(page)
    assert 'http-equiv="refresh"' in page.text
    assert paying.link().status == "started"

    paying.told("paid")
    page = paying.opens("/return")
    assert "お支払いが完了しました" in words(page)
    assert 'http-equiv="refresh"' not in page.text


def test_the_receipt_names_number_amount_date_and_payee(paying: Paying) -> None:
    paying.begins()
    paying.told("paid")
    paying.changes(update(payments).values(paid_at=datetime(2026, 7, 15, 5, 5, tzinfo=UTC)))
    paying.changes(update(payment_links).values(paid_at=datetime(2026, 7, 16, 5, 5, tzinfo=UTC)))

    shown = words(paying.opens())

    for expected in (paying.link().receipt_number, "12,800円", "2026年7月15日 14:05", "例示商会"):
        assert expected in shown
    assert "2026年7月16日" in shown
    assert "July 15, 2026, 14:05 JST" in words(paying.opens("?lang=en"))


def test_a_receipt_is_shown_to_who_proves_who_they_are_also_later(paying: Paying) -> None:
    paying.begins()
    paying.told("paid")
    paying.link_expires()
    paying.browser = paying.stranger()

    assert "12,800" not in paying.opens().text
    paying.answers()
    assert "お支払いが完了しました" in words(paying.opens())


def test_who_comes_back_after_the_link_expired_still_sees_how_it_ends(paying: Paying) -> None:
    paying.begins()
    paying.link_expires()

    assert paying.opens().status_code == 404
    assert "お支払いを確認しています" in words(paying.opens("/return"))


def test_cash_at_a_store_is_waited_for_and_its_number_can_be_seen_again(paying: Paying) -> None:
    paying.begins()
    paying.told("pending")

    assert "店頭でのお支払いをお待ちしています" in words(paying.opens("/return"))
    assert paying.taps_pay().location == "https://pay.example.com/pay/cs_1"


def test_after_a_failure_one_may_try_again(paying: Paying) -> None:
    paying.begins()
    paying.told("failed")

    assert "もう一度お手続きいただけます" in words(paying.opens("/return"))
    assert paying.taps_pay().location == "https://pay.example.com/pay/cs_2"
