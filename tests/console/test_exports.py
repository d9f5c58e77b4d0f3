"""Exports of conversations: asked for by one, allowed by another, taken by the first, all kept."""

import csv
import io
import re

import pytest
from sqlalchemy import insert, update

from bot.overview import exports
from bot.staff import departments
from bot.staff.roles import Role
from bot.store.columns import seconds_from_now
from bot.store.tables import exports as table
from bot.store.tables import senders
from tests.console.test_conversations import Day, token_of
from tests.console.working import Browser, Working
from tests.people import Texting

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

HANAKO, KEN = "+819000000001", "+819000000002"
EXPORTS = "/console/exports"
FILE = f"{EXPORTS}/1/file"


@pytest.fixture
def day(working: Working, texting: Texting) -> Day:
    """Hanako asked for her balance, and Ken wrote a formula with a number in it."""
    day = Day(working, texting)
    texting.says(KEN, "=HYPERLINK(09012345678)")
    day.hears("残高")
    return day


@pytest.fixture
def jiro(working: Working) -> Browser:
    return working.employs("Jiro")


@pytest.fixture
def hanako(working: Working) -> Browser:
    return working.employs("Hanako", Role.ADMINISTRATOR)


def asks(browser: Browser, query: str = "", **form: str) -> Browser:
    browser.get(f"{EXPORTS}/new{query}")
    named = dict(re.findall(r'type="hidden" name="(?!csrf)(\w+)" value="([^"]*)"', browser.page))
    return browser.post(f"{EXPORTS}/new", **{**named, "reason": "月次の報告", **form})


def decides(browser: Browser, act: str, export_id: int = 1) -> Browser:
    return browser.get(EXPORTS).post(f"{EXPORTS}/{export_id}/{act}")


def lines(browser: Browser) -> list[dict[str, str]]:
    browser.get(EXPORTS).post(FILE)
    assert browser.answer.headers["Content-Disposition"].startswith("attachment"), browser.page
    text = browser.answer.get_data(as_text=True)
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_an_export_is_asked_for_allowed_by_another_and_taken(
    day: Day, jiro: Browser, hanako: Browser
) -> None:
    assert "Export this list" in jiro.get("/console/conversations").page
    asks(jiro).follow()
    assert ("Waiting for approval" in jiro.page, "Download<" in jiro.page) == (True, False)
    assert jiro.post(FILE).status == 409
    assert "badge" in hanako.get(f"{EXPORTS}/count").page
    decides(hanako, "approve").follow()
    assert "badge" not in hanako.get(f"{EXPORTS}/count").page

    first, second = lines(jiro)

    assert first["Telephone number"] == "090-****-0001"
    assert first["Last text from them"] == "残高"
    assert second["Telephone number"] == "090-****-0002"
    assert second["Last text from them"] == "'=HYPERLINK(•••••••••••)"
    kept = [(act.act, act.actor, act.subject, act.reason) for act in day.working.acts()]
    assert [each for each in kept if "export" in each[0]] == [
        ("export_ask", "staff:Jiro", "export 1", "月次の報告"),
        ("export_approve", "staff:Hanako", "export 1", ""),
        ("export", "staff:Jiro", "export 1", "月次の報告"),
    ]
    assert "残高" not in str(day.working.acts())


def test_numbers_in_full_are_asked_for_and_said_to_who_decides(
    day: Day, jiro: Browser, hanako: Browser
) -> None:
    asks(jiro, "?words=HYPERLINK", unmasked="1").follow()
    assert "numbers in full" in hanako.get(EXPORTS).page
    assert "Search: HYPERLINK" in hanako.page
    decides(hanako, "approve")

    (line,) = lines(jiro)

    assert line["Telephone number"] == f"'{KEN}"
    assert line["Last text from them"] == "'=HYPERLINK(09012345678)"


def test_nobody_allows_their_own_export(day: Day, hanako: Browser, working: Working) -> None:
    asks(hanako)

    refused = decides(hanako, "approve")
    assert (refused.status, "your own request" in refused.page) == (422, True)
    assert "badge" not in hanako.get(f"{EXPORTS}/count").page
    assert hanako.get(EXPORTS).post(FILE).status == 409
    decides(working.employs("Taro", Role.ADMINISTRATOR), "approve")
    assert len(lines(hanako)) == 2


def test_what_is_refused_decided_over_or_somebody_elses_is_not_taken(
    day: Day, jiro: Browser, hanako: Browser, working: Working
) -> None:
    asks(jiro)
    decides(hanako, "refuse")
    late = decides(hanako, "approve")
    assert (late.status, "decided about this request already" in late.page) == (422, True)
    assert jiro.get(EXPORTS).post(FILE).status == 409

    asks(jiro)
    decides(hanako, "approve", 2)
    assert working.employs("Ken").get(EXPORTS).post(f"{EXPORTS}/2/file").status == 409
    assert jiro.get(EXPORTS).post(f"{EXPORTS}/2/file").status == 200
    with working.runtime.engine.begin() as connection:
        past = seconds_from_now(-exports.LASTS.total_seconds())
        connection.execute(update(table).where(table.c.id == 2).values(decided_at=past))
    assert "No longer available" in jiro.get(EXPORTS).page
    assert jiro.post(f"{EXPORTS}/2/file").status == 409


def test_an_export_without_a_reason_or_of_nothing_or_of_too_much_is_not_asked_for(
    day: Day, jiro: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = asks(jiro, reason=" ")
    assert (refused.status, "why you need the export" in refused.page) == (422, True)
    nothing = jiro.get(f"{EXPORTS}/new?consent=stopped")
    assert (nothing.status, "no such conversations" in nothing.page) == (422, True)
    monkeypatch.setattr(exports, "MOST", 1)
    many = jiro.get(f"{EXPORTS}/new")
    assert (many.status, "1 conversations at most" in many.page) == (422, True)
    assert not [act for act in day.working.acts() if act.act == "export_ask"]


def test_a_department_exports_and_decides_about_its_own(
    day: Day, working: Working, hanako: Browser
) -> None:
    with working.runtime.engine.begin() as connection:
        connection.execute(insert(senders).values(number="+815000000002"))
        for name, sender_id in (("東京", 1), ("大阪", 2)):
            departments.change(connection, departments.add(connection, name), name, [sender_id])
    tokyo = working.employs("Toru", department_id=1)
    osaka = working.employs("Osamu", Role.ADMINISTRATOR, department_id=2)
    assert osaka.get(f"{EXPORTS}/new").status == 422

    asks(tokyo)
    assert "月次の報告" not in osaka.get(EXPORTS).page
    assert osaka.post(f"{EXPORTS}/1/approve", token=token_of(osaka)).status == 422
    decides(hanako, "approve")
    assert len(lines(tokyo)) == 2
    details = {"name": "Toru", "email": "toru@example.com", "role": "operator", "language": "en"}
    member_id = re.findall(r"/staff/(\d+)\"[^>]*>Toru", hanako.get("/console/staff").page)[0]
    hanako.get(f"/console/staff/{member_id}")
    hanako.post(f"/console/staff/{member_id}", **details, department="2")
    assert tokyo.get(EXPORTS).post(FILE).status == 409


def test_pages_of_an_export_follow_each_other(
    day: Day, jiro: Browser, hanako: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "AT_ONCE", 1)
    asks(jiro)
    decides(hanako, "approve")

    assert [line["Telephone number"][-4:] for line in lines(jiro)] == ["0001", "0002"]
