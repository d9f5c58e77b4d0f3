"""Who somebody is must be proved on the page, and for how long the proof holds."""

import re
from datetime import date

import pytest
from sqlalchemy import update

from bot.store.columns import seconds_from_now
from bot.store.tables import accounts, contacts
from tests.pages.reading import words
from tests.paying import ALICE, HANAKO, Paying


def test_a_wrong_answer_says_so_and_the_fifth_locks(paying: Paying) -> None:
    paying = paying.with_settings(HENJI_WRONG_ANSWERS=99)
    for left in (4, 3, 2, 1):
        assert f"あと{left}回" in words(paying.answers("0000"))

    locked = paying.answers("0000")

    assert locked.status_code == 429
    assert "0120-000-000へお電話ください" in words(locked)
    assert paying.answers("1234").status_code == 429
    assert "お手続きを停止しています" in words(paying.opens())
    assert "Set-Cookie" not in paying.answers("1234").headers


def test_a_lock_by_text_locks_the_page(paying: Paying) -> None:
    paying.texting.says(HANAKO, "残高")
    for _ in range(5):
        paying.texting.says(HANAKO, "0000")
    assert "お手続きを停止しています" in words(paying.opens())


@pytest.mark.parametrize("digits", ["1234", "１２３４", " 12 34 "])
def test_the_right_answer_shows_what_is_due(paying: Paying, digits: str) -> None:
    proved = paying.answers(digits)
    assert (proved.status_code, proved.location) == (303, f"/p/{paying.token}?lang=ja")

    shown = words(paying.opens())
    for expected in ("12,800円", "山田 花子 様", "••••1234", "お支払い方法を選ぶ"):
        assert expected in shown
    assert "10001234" not in paying.opens().text


def test_the_due_date_is_shown_in_full(paying: Paying) -> None:
    paying.changes(update(accounts).values(due_date=date(2026, 12, 31)))
    paying.answers()
    assert "2026年12月31日" in words(paying.opens())
    assert "December 31, 2026" in words(paying.opens("?lang=en"))


def test_the_proof_is_a_cookie_that_scripts_and_other_sites_cannot_use(paying: Paying) -> None:
    cookie = paying.answers().headers["Set-Cookie"]
    assert cookie.startswith("__Secure-henji-payment=")
    assert {part.strip() for part in cookie.split(";")[1:]} >= {
        "Secure",
        "HttpOnly",
        "SameSite=Lax",
        "Max-Age=600",
        f"Path=/p/{paying.token}",
    }
    assert "1234" not in cookie.partition(";")[0].partition(".")[0]


def test_the_proof_for_one_link_is_useless_for_another(paying: Paying) -> None:
    cookie = paying.answers().headers["Set-Cookie"].partition(";")[0]
    paying.is_customer(ALICE, digits="5678")
    paying.gets_link(ALICE, "PAY")
    headers = {"Cookie": cookie}
    stranger = paying.stranger()

    assert "12,800" not in stranger.get(f"/p/{paying.token}", headers=headers).text
    assert stranger.post(f"/p/{paying.token}/pay", headers=headers).status_code == 422
    assert paying.gateway.asked == []


@pytest.mark.parametrize("cookie", ["", "x", "WzEsMV0.AAAA", "[1,1]", "null", "\x7f" * 9])
def test_a_made_up_proof_is_none(paying: Paying, cookie: str) -> None:
    headers = {"Cookie": f"__Secure-henji-payment={cookie}"}
    assert "12,800" not in paying.stranger().get(f"/p/{paying.token}", headers=headers).text


def test_the_proof_ends_after_ten_minutes(paying: Paying) -> None:
    paying.has_proof(age=0)
    assert "12,800" in paying.opens().text
    paying.has_proof(age=601)
    assert "12,800" not in paying.opens().text


@pytest.mark.parametrize(
    ("age", "holds"), [(0, True), (599, True), (600, True), (601, False), (-60, False)]
)
def test_the_age_of_a_proof_is_told_by_one_clock(paying: Paying, age: int, holds: bool) -> None:
    assert paying.proof_holds(age) is holds


def test_nobody_pays_without_proof(paying: Paying) -> None:
    page = paying.taps_pay()
    assert page.status_code == 422
    assert "もう一度ご入力ください" in words(page)
    assert paying.gateway.asked == []


def test_who_is_asked_again_after_a_tap_on_the_button_can_answer_there(paying: Paying) -> None:
    page = paying.taps_pay()
    [action] = re.findall(r'<form[^>]* action="([^"]+)"', page.text)
    assert paying.browser.post(action, data={"digits": "1234"}).status_code == 303
    assert "12,800円" in paying.opens().text


def test_who_reloads_the_address_of_the_button_is_led_to_the_page(paying: Paying) -> None:
    assert paying.opens("/pay?lang=en").location == f"/p/{paying.token}?lang=en"


def test_a_lock_that_is_over_lets_in_again_by_a_new_link(paying: Paying) -> None:
    paying = paying.with_settings(HENJI_WRONG_ANSWERS=99)
    for _ in range(5):
        paying.answers("0000")
    paying.changes(update(contacts).values(verification_locked_until=seconds_from_now(-1)))
    assert paying.answers().status_code == 404
    paying.gets_link()
    assert paying.answers().status_code == 303
