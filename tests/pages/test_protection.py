"""What guards every page: headers, foreign forms, size, and nothing from elsewhere."""

import re
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import create_engine
from werkzeug.test import TestResponse

from pages.protection import visitor
from tests.paying import Paying

FOREIGN = {
    "another site": {"Origin": "https://evil.example"},
    "a name that begins alike": {"Origin": "https://sms.example.com.evil.example"},
    "the same name without TLS": {"Origin": "http://sms.example.com"},
    "another port": {"Origin": "https://sms.example.com:8443"},
    "a sandbox elsewhere": {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    "a neighbour": {"Origin": "null", "Sec-Fetch-Site": "same-site"},
    "nothing": {"Origin": ""},
}
OUR_OWN = {
    "no origin": {},
    "our origin": {"Origin": "https://sms.example.com"},
    "a browser without referrer": {"Origin": "null", "Sec-Fetch-Site": "same-origin"},
    "an old browser without referrer": {"Origin": "null"},
}
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self';"
    " form-action 'self' https://pay.example.com; frame-ancestors 'none'; base-uri 'none'"
)

# Where whoever doubts finds our numbers, on the address that the texts announce.
SENDERS = {f"https://sms.example.com/senders?lang={language}" for language in ("ja", "en")}


def pages(paying: Paying) -> list[TestResponse]:
    """A page of every kind, in the order of a payment."""
    found = [paying.browser.get("/p/unknown"), paying.opens(), paying.answers("12")]
    found += [paying.answers("0000"), paying.answers(), paying.opens(), paying.taps_pay()]
    found += [paying.opens(), paying.opens("/return"), paying.answers("1" * 300_000)]
    found += [paying.answers(headers={"Origin": "https://evil.example"})]
    paying.told("pending")
    found += [paying.opens()]
    paying.told("paid")
    return [*found, paying.opens()]


@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN)
def test_a_form_of_another_site_is_refused(paying: Paying, headers: dict[str, str]) -> None:
    assert paying.answers(headers=headers).status_code == 403
    paying.answers()
    assert paying.taps_pay(headers=headers).status_code == 403
    assert paying.gateway.asked == []


@pytest.mark.parametrize("headers", OUR_OWN.values(), ids=OUR_OWN)
def test_a_form_of_our_own_page_is_taken(paying: Paying, headers: dict[str, str]) -> None:
    assert paying.answers(headers=headers).status_code == 303
    assert paying.taps_pay(headers=headers).status_code == 303


def test_both_of_our_addresses_are_our_own(paying: Paying) -> None:
    known = paying.with_settings(
        LINK_URL="https://pay.example", PUBLIC_URL="https://SMS.example.com:443"
    )
    for origin in ("https://pay.example", "https://sms.example.com"):
        assert known.answers(headers={"Origin": origin}).status_code == 303


def test_forwarded_headers_are_not_believed(paying: Paying) -> None:
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "http"}
    page = paying.answers(headers={**forged, "Origin": "https://evil.example"})
    assert page.status_code == 403
    assert "Secure" in paying.answers(headers=forged).headers["Set-Cookie"]


def test_every_page_carries_the_headers(paying: Paying) -> None:
    for page in pages(paying):
        assert page.headers["Content-Security-Policy"] == POLICY
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["X-Content-Type-Options"] == "nosniff"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert page.headers["Strict-Transport-Security"].startswith("max-age=31536000")


def test_every_page_is_small_whole_and_needs_nothing_from_elsewhere(paying: Paying) -> None:
    for page in pages(paying):
        if page.status_code == 303:
            continue
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"
        assert len(page.data) < 30_000
        assert '<meta name="robots" content="noindex, nofollow">' in page.text
        assert re.findall(r'(?:src|<link[^>]* href)="((?:https?:)?//[^"]*)"', page.text) == []
        assert set(re.findall(r'"((?:https?:)?//[^"]*)"', page.text)) <= SENDERS
        assert " style=" not in page.text
        assert "onclick" not in page.text


def test_what_the_pages_load_is_there_and_may_be_kept(paying: Paying) -> None:
    paying.begins()
    paying.told("paid")
    for name in set(re.findall(r'"(/pages/[^"]+)"', paying.opens().text)):
        with paying.browser.get(name) as loaded:
            assert loaded.status_code == 200
            assert loaded.headers["X-Content-Type-Options"] == "nosniff"
            assert loaded.headers["Cache-Control"] != "no-store"


def test_over_plain_http_nothing_asks_for_https(paying: Paying) -> None:
    plain = paying.with_settings(PUBLIC_URL="http://127.0.0.1:8000")
    proved = plain.answers(headers={"Origin": "http://127.0.0.1:8000"})
    assert proved.headers["Set-Cookie"].startswith("henji-payment=")
    assert "Secure" not in proved.headers["Set-Cookie"]
    assert "Strict-Transport-Security" not in proved.headers


def test_a_database_that_is_away_is_told_in_a_sentence(paying: Paying) -> None:
    nowhere = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/henji", hide_parameters=True)
    page = paying.with_runtime(replace(paying.runtime, engine=nowhere)).opens()
    assert page.status_code == 503
    assert "しばらくしてから" in page.text


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.9", "203.0.113.9/32"),
        ("::ffff:203.0.113.9", "203.0.113.9/32"),
        ("2001:db8::9", "2001:db8::/64"),
        ("", ""),
    ],
)
def test_requests_of_one_visitor_are_counted_together(address: str, counted: str) -> None:
    with Flask(__name__).test_request_context(environ_base={"REMOTE_ADDR": address}):
        assert visitor() == counted
