"""The payment page as people meet it: who may see what, and how a payment goes to its end."""

import re
from datetime import UTC, date, datetime
from html import unescape

import pytest
from sqlalchemy import update
from werkzeug.test import TestResponse

from bot.store.columns import seconds_from_now
from bot.store.tables import accounts, contacts, payment_links, payments
from tests.gateway import notice
from tests.paying import ALICE, HANAKO, Paying

PREVIEWS = {
    "iMessage": "facebookexternalhit/1.1 Facebot Twitterbot/1.0",
    "a scanner": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0",
    "nobody": "",
}
UNREADABLE = {
    "nothing": {},
    "an empty field": {"digits": ""},
    "a word": {"digits": "abcd"},
    "an emoji": {"digits": "👍"},
    "too many digits": {"digits": "1" * 100_000},
    "NUL": {"digits": "12\x0034"},
    "a script": {"digits": "<script>alert(1)</script>"},
}


def words(page: TestResponse) -> str:
    """What a page shows, without its tags."""
    body = page.text.partition("<body>")[2]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


def test_the_first_page_says_who_asks_what_and_shows_nothing_of_the_person(paying: Paying) -> None:
    page = paying.opens()

    assert page.status_code == 200
    shown = words(page)
    for expected in ("例示商会", "0120-000-000", "お支払いのお手続き", "お客様番号の下4桁"):
        assert expected in shown
    for hidden in ("12,800", "12800", "山田", "1234"):
        assert hidden not in page.text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ja", ["日本国内でのSMSの受信は無料です", "海外でも", "通信料"]),
        ("en", ["Receiving our texts is free in Japan", "abroad", "data"]),
    ],
)
def test_the_first_page_answers_what_it_costs(
    paying: Paying, language: str, said: list[str]
) -> None:
    page = words(paying.opens(f"?lang={language}"))
    for one in said:
        assert one in page


def test_the_company_is_named_as_the_law_knows_it(paying: Paying) -> None:
    known = paying.with_settings(HENJI_LEGAL_NAME="株式会社例示商会")
    assert "株式会社例示商会" in words(known.opens())


@pytest.mark.parametrize("agent", PREVIEWS.values(), ids=PREVIEWS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_looking_changes_nothing(paying: Paying, method: str, agent: str) -> None:
    before = paying.everything()

    for path in ("", "/return", "/pay", "?lang=en", "?digits=1234"):
        address = f"/p/{paying.token}{path}"
        page = paying.browser.open(address, method=method, headers={"User-Agent": agent})
        assert page.status_code in {200, 303}
        assert "Set-Cookie" not in page.headers

    assert paying.everything() == before


def test_links_that_lead_nowhere_look_alike(paying: Paying) -> None:
    paying.link_expires()
    pages = [paying.opens()]
    old = paying.token
    paying.gets_link()
    pages += [paying.browser.get(f"/p/{old}"), paying.browser.get("/p/AAAAAAAAAAAA")]
    pages += [paying.browser.get(f"/p/{'x' * 3000}"), paying.browser.get("/p/%00%ff%F0%9F%91%8D")]
    pages += [paying.browser.post(f"/p/{token}", data={"digits": "1234"}) for token in (old, "x")]
    pages += [paying.browser.post(f"/p/{token}/pay") for token in (old, "x")]
    pages += [paying.browser.get(f"/p/{token}/return") for token in (old, "x")]

    assert {page.status_code for page in pages} == {404}
    assert len({page.data for page in pages}) == 1
    assert len({str(page.headers) for page in pages}) == 1
    assert "「支払い」" in words(pages[0])


def test_the_page_of_links_that_lead_nowhere_speaks_the_browsers_language(paying: Paying) -> None:
    english = paying.browser.get("/p/x", headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert "Please text PAY" in words(english)
    assert "text PAY" in words(paying.browser.get("/p/x?lang=en"))


@pytest.mark.parametrize("form", UNREADABLE.values(), ids=UNREADABLE)
def test_what_is_not_four_digits_is_asked_again(paying: Paying, form: dict[str, str]) -> None:
    page = paying.browser.post(f"/p/{paying.token}", data=form)

    assert page.status_code == 422
    assert 'role="alert"' in page.text
    assert "数字4桁でご入力ください" in words(page)
    assert "<script>alert" not in page.text


def test_a_form_too_large_is_refused_in_a_sentence(paying: Paying) -> None:
    page = paying.answers("1" * 300_000)
    assert page.status_code == 413
    assert "もう一度お開きください" in words(page)


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


def test_every_page_speaks_the_links_language_or_the_one_that_is_chosen(paying: Paying) -> None:
    assert '<html lang="ja">' in paying.opens().text
    assert '<html lang="en">' in paying.opens("?lang=en").text
    assert "The payment page" not in words(paying.opens("?lang=fr"))
    assert "Last 4 digits of your customer number" in words(paying.opens("?lang=en"))


def test_the_whole_way_in_english(paying: Paying) -> None:
    paying.is_customer(ALICE, digits="5678", due=4210, currency="USD")
    paying.gets_link(ALICE, "PAY")

    assert "Please confirm it is you" in words(paying.opens())
    assert "Tries left: 4" in words(paying.answers("0000"))
    paying.answers("5678")
    assert "$42.10" in words(paying.opens())
    paying.taps_pay()
    assert paying.gateway.asked[0].return_url.endswith("/return?lang=en")
    paying.told("paid", amount=4210, currency="USD")
    assert "Your payment is complete" in words(paying.opens("/return"))


def test_a_chosen_language_is_kept_on_the_way(paying: Paying) -> None:
    proved = paying.browser.post(f"/p/{paying.token}?lang=en", data={"digits": "1234"})
    assert proved.location == f"/p/{paying.token}?lang=en"
    assert f'action="/p/{paying.token}/pay?lang=en"' in paying.opens("?lang=en").text
    paying.taps_pay(query_string={"lang": "en"})
    assert paying.gateway.asked[0].return_url.endswith("/return?lang=en")


def test_names_that_look_like_markup_are_shown_as_they_are(paying: Paying) -> None:
    name = paying.runtime.vault.seal("<img src=x onerror=alert(1)>")
    paying.changes(update(accounts).values(name=name))
    paying.answers()
    assert "&lt;img src=x" in paying.opens().text


def test_no_token_stands_in_the_log(paying: Paying, capsys: pytest.CaptureFixture[str]) -> None:
    paying.answers("0000")
    paying.begins()
    paying.gateway.is_away = True
    paying.taps_pay()
    paying.hears_of(notice("paid", "1-1-1"))

    written = "".join(capsys.readouterr())
    assert "link.answered" in written
    assert paying.token not in written


def test_a_lock_that_is_over_lets_in_again_by_a_new_link(paying: Paying) -> None:
    paying = paying.with_settings(HENJI_WRONG_ANSWERS=99)
    for _ in range(5):
        paying.answers("0000")
    paying.changes(update(contacts).values(verification_locked_until=seconds_from_now(-1)))
    assert paying.answers().status_code == 404
    paying.gets_link()
    assert paying.answers().status_code == 303
