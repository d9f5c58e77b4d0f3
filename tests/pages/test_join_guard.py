"""What guards the opt-in form: limits against floods, origins, headers, and silent logs."""

import re

import pytest
from sqlalchemy import create_engine
from structlog.testing import capture_logs

from bot.limits import Limit
from bot.runtime import Rest, impatient
from pages import join
from tests.pages.announcing import words
from tests.pages.opting import Opting

# Nothing here depends on the kind of database.
pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def test_one_address_signs_up_only_so_many(opting: Opting) -> None:
    for each in range(join.FROM_ONE_ADDRESS.most):
        assert opting.fills_in("nobody").status_code == 422
        assert opting.fills_in(f"090-0000-{each:04}").status_code == 303
    refused = opting.fills_in("090-0000-9999")

    assert refused.status_code == 429
    assert "短い時間にお申し込みが続いた" in words(refused)
    assert 'value="090-0000-9999"' in refused.text
    assert refused.text.count(" checked") == 1
    assert len(opting.queued()) == join.FROM_ONE_ADDRESS.most
    elsewhere = {"REMOTE_ADDR": "192.0.2.1"}
    assert opting.fills_in("090-0000-9999", environ_base=elsewhere).status_code == 303


def test_many_addresses_together_too(opting: Opting, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(join, "FROM_ALL", Limit("all_joins", 3, 60))
    statuses = [
        opting.fills_in(environ_base={"REMOTE_ADDR": f"192.0.2.{each}"}).status_code
        for each in range(5)
    ]
    assert statuses == [303, 303, 303, 429, 429]


def test_while_nobody_counts_nobody_is_asked(opting: Opting) -> None:
    alone = opting.with_runtime(redis=impatient("redis://127.0.0.1:1/0"), redis_rest=Rest())
    before = alone.everything()
    page = alone.fills_in()

    assert page.status_code == 503
    assert "ただいまお申し込みを受け付けられません" in words(page)
    assert 'value="090-0000-0001"' in page.text
    assert alone.everything() == before


FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "null", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "http://sms.example.com"},
]


def test_a_form_of_another_site_signs_nobody_up(opting: Opting) -> None:
    for headers in FOREIGN:
        page = opting.fills_in(headers=headers)
        assert page.status_code == 403
        assert "フォームをもう一度" in words(page)
    assert opting.queued() == []
    assert opting.fills_in(headers={"Origin": "https://sms.example.com"}).status_code == 303


def test_looking_changes_nothing_and_no_address_fills_in_a_number(opting: Opting) -> None:
    before = opting.everything()
    for method in ("GET", "HEAD", "OPTIONS"):
        for path in ("/join", "/join/sent"):
            page = opting.browser.open(f"{path}?number=09000000001&topic=billing", method=method)
            assert page.status_code == 200
            assert "09000000001" not in page.text
            assert " checked" not in page.text
    assert opting.everything() == before


def test_a_database_that_is_away_is_told_in_a_sentence(opting: Opting) -> None:
    nowhere = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/henji", hide_parameters=True)
    away = opting.with_runtime(engine=nowhere)
    for page in (away.form(), away.fills_in()):
        assert page.status_code == 503
        assert "しばらくしてから" in words(page)


def test_no_number_reaches_a_log(opting: Opting, capfd: pytest.CaptureFixture[str]) -> None:
    alone = opting.with_runtime(redis=impatient("redis://127.0.0.1:1/0"), redis_rest=Rest())
    with capture_logs() as logs:
        for page in (opting, alone):
            page.fills_in()
            page.fills_in("090-0000-0001" * 99)
            page.fills_in(data={"x": "1" * 300_000})
    assert logs
    assert "0000" not in str(logs) + "".join(capfd.readouterr())


def test_every_screen_is_small_whole_and_keeps_to_itself(opting: Opting) -> None:
    policy = "https://www.example.com/privacy?lang=ja"
    known = Opting.at(opting.runtime, HENJI_POLICY_URL=policy)
    screens = [
        known.form(),
        known.form("en"),
        known.fills_in("x", ()),
        known.browser.get("/join/sent"),
    ]
    screens += [known.form(query="&sender=nobody"), known.fills_in(data={"x": "1" * 300_000})]
    for page in screens:
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"
        assert len(page.data) < 30_000
        assert page.headers["Content-Security-Policy"].startswith("default-src 'none';")
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        links = re.findall(r'(?:src|href|action)="((?:https?:)?//[^"]*)"', page.text)
        assert set(links) <= {policy}
        assert "<script" not in page.text
        assert " style=" not in page.text
    assert f'href="{policy}"' in screens[0].text
    for field in re.findall(r'<(?:input|select)[^>]* id="([^"]+)"', screens[0].text):
        assert f'<label for="{field}">' in screens[0].text
    described = " ".join(re.findall(r'aria-describedby="([^"]+)"', screens[2].text)).split()
    assert all(f'id="{one}"' in screens[2].text for one in described)
