"""A payment is begun: once, of the amount that was shown."""

import pytest

from tests.pages.reading import words
from tests.paying import Paying


def test_two_taps_lead_to_one_page_of_the_gateway(paying: Paying) -> None:
    paying.answers()

    taps = [paying.taps_pay() for _ in range(2)]

    assert {tap.status_code for tap in taps} == {303}
    assert {tap.location for tap in taps} == {"https://pay.example.com/pay/cs_1"}
    assert len(paying.gateway.opened) == 1


def test_a_second_device_sees_that_a_payment_was_begun(paying: Paying) -> None:
    paying.begins()
    paying.browser = paying.stranger()
    paying.answers()
    assert "お手続きの途中です" in words(paying.opens())


def test_an_amount_that_changed_is_shown_before_it_is_charged(paying: Paying) -> None:
    paying.answers()
    paying.owes(13000)

    page = paying.taps_pay(data={"amount": "12800"})

    assert page.status_code == 409
    assert "ご請求金額が変わりました" in words(page)
    assert "13,000円" in words(page)
    assert paying.taps_pay(data={"amount": "13000"}).status_code == 303


def test_an_amount_that_changed_after_the_payment_began_asks_for_a_new_link(paying: Paying) -> None:
    paying.begins()
    paying.owes(13000)

    assert paying.taps_pay().location == f"/p/{paying.token}"
    assert "新しいリンク" in words(paying.opens())


@pytest.mark.parametrize("amount", ["", "x", "-1", "１２８００", "1" * 5000, "1.5", "12800\x00"])
def test_an_amount_that_cannot_be_read_is_shown_again_before_it_is_charged(
    paying: Paying, amount: str
) -> None:
    paying.answers()
    assert paying.taps_pay(data={"amount": amount}).status_code == 409
    assert paying.taps_pay(data={}).status_code == 409
    assert paying.gateway.asked == []


def test_a_gateway_that_is_away_is_told_and_nothing_is_lost(paying: Paying) -> None:
    paying.answers()
    paying.gateway.is_away = True

    page = paying.taps_pay()

    assert page.status_code == 503
    assert "お支払いは行われていません" in words(page)
    paying.gateway.is_away = False
    assert paying.taps_pay().status_code == 303


def test_who_owes_nothing_is_told_so_after_the_answer(paying: Paying) -> None:
    paying.owes(0)
    assert "ありません" not in words(paying.opens()).partition("暗証番号")[0]
    paying.answers()
    assert "お支払いいただく金額はありません" in words(paying.opens())
    assert paying.taps_pay().location == f"/p/{paying.token}"
