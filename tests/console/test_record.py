"""The full record of one person: all of it in order, for a reason, to who may see evidence."""

import csv
import io
import json

import pytest
from sqlalchemy import insert

from bot.staff import departments
from bot.staff.roles import WORKING, Role
from bot.store.tables import senders
from bot.text.language import Language
from tests.console.test_conversations import EVIL, ONE, Day
from tests.console.working import Browser, Working
from tests.people import Texting

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

RECORD = f"{ONE}/record"
WHY = "ご本人からの開示請求"


@pytest.fixture
def day(working: Working, texting: Texting) -> Day:
    """Hanako agreed, asked for her balance, had a member's answer and a note, and stopped."""
    day = Day(working, texting)
    day.hears("はい", "はい", "残高")
    jiro = working.employs("Jiro").get(ONE)
    jiro.post(f"{ONE}/take").follow()
    jiro.post(f"{ONE}/send", text="担当です").follow()
    jiro.post(f"{ONE}/note", note=EVIL).follow()
    day.hears("停止")
    return day


def asks(browser: Browser, form: str = "page", reason: str = WHY) -> Browser:
    return browser.get(ONE).post(RECORD, form=form, reason=reason)


def test_an_auditor_reads_and_prints_all_of_it(day: Day, working: Working) -> None:
    page = asks(working.employs("Aiko", Role.AUDITOR, language=Language.JA)).page

    for told in (
        "残高",
        "担当です",
        "受信",
        "同意済み",
        "対応開始",
        "ご本人",
        "停止",
        "+819000000001",
    ):
        assert told in page
    assert page.index("残高") < page.index("担当です")
    assert "balance.ask_digits" in page
    assert "返信です" in page
    (act,) = [act for act in day.working.acts() if act.act == "record_export"]
    assert (act.reason, act.conversation_id, act.details) == (WHY, 1, {"form": "page"})


def test_markup_in_it_stays_text(day: Day, working: Working) -> None:
    answer = asks(working.employs("Aiko", Role.AUDITOR)).answer.get_data(as_text=True)

    assert EVIL not in answer
    assert "&lt;script&gt;" in answer


def test_it_is_taken_along_as_csv_and_as_json_lines(day: Day, working: Working) -> None:
    aiko = working.employs("Aiko", Role.AUDITOR)

    text = asks(aiko, "csv").answer.get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [row["Text"] for row in rows if row["What"] == "Sent"][-2:-1] == ["担当です"]
    assert [row["By"] for row in rows if row["What"] == "Taken over"] == ["Jiro"]
    assert "Answers what" not in text
    lines = [json.loads(line) for line in asks(aiko, "jsonl").answer.get_data().splitlines()]
    assert len(lines) == len(rows)
    assert "filename=henji-record-1.jsonl" in aiko.answer.headers["Content-Disposition"]


def test_without_a_reason_nothing_is_shown(day: Day, working: Working) -> None:
    refused = asks(working.employs("Aiko", Role.AUDITOR), reason=" ")

    assert (refused.status, "why you need the full record" in refused.page) == (422, True)
    assert not [act for act in day.working.acts() if act.act == "record_export"]


@pytest.mark.parametrize("role", sorted(WORKING))
def test_only_who_may_see_evidence_takes_it(day: Day, working: Working, role: Role) -> None:
    browser = working.employs("Mika", role)
    may = role in {Role.ADMINISTRATOR, Role.AUDITOR}

    assert ("Full record" in browser.get(ONE).page) == may
    assert asks(browser).status == (200 if may else 403)


def test_another_departments_person_has_no_record(day: Day, working: Working) -> None:
    with working.runtime.engine.begin() as connection:
        connection.execute(insert(senders).values(number="+815000000002"))
        osaka = departments.add(connection, "大阪")
        departments.change(connection, osaka, "大阪", [2])
    outsider = working.employs("Osamu", Role.AUDITOR, department_id=osaka)

    token = outsider.get("/console/account").page.split('csrf_token" value="')[1].split('"')[0]
    assert outsider.post(RECORD, token=token, reason=WHY).status == 404
