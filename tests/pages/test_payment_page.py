"""The first page of a payment link: it asks, and tells nothing."""

import pytest

from tests.pages.reading import words
from tests.paying import Paying

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
