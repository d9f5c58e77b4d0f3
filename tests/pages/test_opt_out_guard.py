"""What guards the opt-out page: guesses are counted, stops always pass, no token leaks."""

import re

import pytest
from sqlalchemy import create_engine
from structlog.testing import capture_logs

from bot.runtime import Rest, impatient
from pages.opt_out import GUESSES, STARTS
from tests.pages.announcing import words
from tests.pages.opting import Opting

# Nothing here depends on the kind of database.
pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
ELSEWHERE = [
    {"Origin": "https://mail.example"},
    {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "", "Referer": "https://mail.example/"},
]


def without_redis(opting: Opting) -> Opting:
    return opting.with_runtime(redis=impatient("redis://127.0.0.1:1/0"), redis_rest=Rest())


def without_database(opting: Opting) -> Opting:
    nowhere = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/henji", hide_parameters=True)
    return opting.with_runtime(engine=nowhere)


def test_no_browser_is_kept_from_stopping(opting: Opting) -> None:
    token = opting.has_link()
    for headers in ELSEWHERE:
        assert "停止しました" in words(opting.taps(token, headers=headers))
        opting.taps(token, "start")


def test_who_guesses_learns_nothing_more_but_can_still_stop(opting: Opting) -> None:
    token, other = opting.has_link(), opting.has_link("+819000000002")
    for _ in range(GUESSES.most):
        assert opting.opens("x" * 12).status_code == 404
    right, wrong = opting.opens(token), opting.opens("x" * 12)
    assert (right.status_code, right.data) == (429, wrong.data)
    assert "すべてのSMSを停止する" in words(right)

    before = opting.everything()
    assert opting.taps(token, "start").data == opting.taps("x" * 12, "start").data == right.data
    assert opting.everything() == before
    stopped, missed = opting.taps(token), opting.taps("x" * 12)
    assert (stopped.status_code, stopped.data) == (429, missed.data)
    assert "停止のお手続きを受け付けました" in words(stopped)
    assert opting.steps() == [("stopped", None, "web")]

    elsewhere = {"REMOTE_ADDR": "192.0.2.1"}
    assert opting.opens(other, environ_base=elsewhere).status_code == 200


def test_a_network_of_ipv6_guesses_as_one(opting: Opting) -> None:
    for each in range(GUESSES.most):
        opting.opens("x" * 12, environ_base={"REMOTE_ADDR": f"2001:db8::{each:x}"})
    addresses = {"2001:db8::ffff": 429, "2001:db8:0:1::1": 404, "": 404}
    for address, status in addresses.items():
        assert opting.opens("x" * 12, environ_base={"REMOTE_ADDR": address}).status_code == status


def test_behind_proxies_the_callers_own_address_counts(opting: Opting) -> None:
    behind = Opting.at(opting.runtime, HENJI_TRUSTED_PROXIES=1)
    token = behind.has_link()
    for _ in range(GUESSES.most):
        behind.opens("x" * 12, headers={"X-Forwarded-For": "203.0.113.9, 192.0.2.1"})
    seen = {"192.0.2.1": 429, "203.0.113.9": 200, "192.0.2.1, 203.0.113.9": 200}
    for forwarded, status in seen.items():
        page = behind.opens(token, headers={"X-Forwarded-For": forwarded})
        assert page.status_code == status
    behind.taps(token, headers={"X-Forwarded-For": "203.0.113.9"})
    assert behind.entries()[-1]["evidence"]["ip"] == "203.0.113.9"
    assert opting.opens(token, headers={"X-Forwarded-For": "192.0.2.1"}).status_code == 200


def test_without_redis_a_stop_goes_through_and_a_guess_learns_nothing(opting: Opting) -> None:
    token = opting.agrees()
    alone = without_redis(opting)
    right, wrong = alone.opens(token), alone.opens("x" * 12)
    assert (right.status_code, right.data) == (200, wrong.data)
    stopped, missed = alone.taps(token), alone.taps("x" * 12)
    assert (stopped.status_code, stopped.data) == (200, missed.data)
    assert alone.taps(token, "start").data == right.data
    assert alone.steps()[-1] == ("stopped", None, "web")


def test_a_link_starts_only_so_often_and_stops_always(opting: Opting) -> None:
    token = opting.has_link()
    for _ in range(STARTS.most):
        opting.taps(token, "stop")
        assert "再開しました" in words(opting.taps(token, "start"))
    opting.taps(token, "stop")
    refused = opting.taps(token, "start")

    assert refused.status_code == 429
    assert "しばらくしてから" in words(refused)
    assert "停止しました" in words(refused)
    assert opting.steps()[-1] == ("stopped", None, "web")


def test_a_database_that_is_away_is_told_with_the_other_ways(opting: Opting) -> None:
    away = without_database(opting)
    for page in (away.opens("x" * 12), away.taps("x" * 12)):
        assert page.status_code == 503
        assert "届いたSMSに「配信停止」とご返信ください" in words(page)


def test_no_token_reaches_a_log(opting: Opting, capfd: pytest.CaptureFixture[str]) -> None:
    token = opting.agrees()
    with capture_logs() as logs:
        for page in (opting, without_database(opting)):
            page.opens(token)
            page.taps(token, "stop")
            page.taps(token, "x" * 300_000)
            page.browser.put(f"/o/{token}")
    assert len(logs) >= 2
    assert token not in str(logs)
    assert token not in "".join(capfd.readouterr())


def test_every_screen_is_small_whole_and_keeps_to_itself(opting: Opting) -> None:
    token = opting.agrees()
    screens = [opting.opens(token), opting.opens("x"), opting.taps(token, "x"), opting.taps(token)]
    screens += [opting.taps(token, "x" * 300_000)]
    alone = without_redis(opting)
    screens += [alone.opens(token), alone.taps(token)]
    for page in screens:
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"
        assert len(page.data) < 30_000
        assert page.headers["Content-Security-Policy"].startswith(
            "default-src 'none'; style-src 'self'"
        )
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert '<meta name="robots" content="noindex, nofollow">' in page.text
        assert re.findall(r'(?:src|href|action)="((?:https?:)?//[^"]*)"', page.text) == []
        assert "<script" not in page.text
        assert " style=" not in page.text
        assert token not in page.text
