"""A member of staff writes to somebody first: by the gate, with who writes and how to stop."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import func, insert, select

from bot.compliance import countries
from bot.staff import departments
from bot.store.tables import conversations, outbound_messages, senders
from tests.console.test_conversations import Day, token_of
from tests.console.working import Browser, Working
from tests.messaging.campaign import DAY, NIGHT
from tests.people import Texting

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

NEW = "/console/conversations/new"
FORM = {"number": "090-0000-0001", "sender": "1", "purpose": "billing"}
TEXT = "例示商会です。お約束の件でご連絡しました。停止は「配信停止」とご返信ください。"


@pytest.fixture
def day(working: Working, texting: Texting) -> Day:
    return Day(working, texting)


@pytest.fixture
def jiro(working: Working) -> Browser:
    return working.employs("Jiro")


def writes(browser: Browser, text: str = TEXT, **other: str) -> Browser:
    return browser.get(NEW).post(NEW, **{**FORM, "text": text, **other})


def test_who_agreed_is_written_to_and_the_conversation_is_the_members(
    day: Day, jiro: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(countries, "shipped", lambda: DAY)
    day.hears("はい", "はい")

    page = writes(jiro).follow().page

    assert (TEXT in page, "Hand back" in page) == (True, True)
    message = outbound_messages.c
    with day.working.runtime.engine.connect() as connection:
        row = connection.execute(
            select(outbound_messages).where(message.script_key == "staff.first")
        ).one()
    assert (row.message_class, row.purpose, row.sent_by) == ("reminder", "billing", "staff")
    day.texting.sends()
    assert day.sent() == [TEXT]
    (act,) = [act for act in day.working.acts() if act.act == "write_first"]
    assert (act.actor, act.conversation_id, act.details) == (
        "staff:Jiro",
        1,
        {"purpose": "billing"},
    )


def test_at_night_it_is_told_when_it_will_leave(
    day: Day, jiro: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(countries, "shipped", lambda: NIGHT)
    day.hears("はい", "はい")

    assert "it will be sent at" in writes(jiro).follow().page
    day.texting.sends()
    page = jiro.get("/console/conversations/1").page
    assert (TEXT in page, "quiet hours" in page) == (True, True)


def test_the_gate_refuses_and_says_why_and_nothing_is_kept(day: Day, jiro: Browser) -> None:
    refused = writes(jiro, number="090-0000-0002")
    assert (refused.status, "no consent to billing" in refused.page) == (422, True)
    assert TEXT in refused.page
    day.hears("はい", "はい", "停止")
    assert "the recipient stopped" in writes(jiro).page

    with day.working.runtime.engine.connect() as connection:
        assert connection.execute(select(func.count(conversations.c.id))).scalar() == 1
    assert not [act for act in day.working.acts() if act.act == "write_first"]


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"number": "03-0000-0000"}, "receives texts"),
        ({"number": "x"}, "receives texts"),
        ({"text": "こんにちは。停止は「配信停止」へ"}, "who writes"),
        ({"text": "例示商会です。"}, "how to stop"),
        ({"text": " "}, "nothing to send"),
        ({"sender": "9"}, "choose a sender"),
        ({"purpose": "x"}, "choose a sender"),
    ],
)
def test_what_cannot_be_sent_is_refused_with_a_sentence(
    day: Day, jiro: Browser, form: dict[str, str], says: str
) -> None:
    refused = writes(jiro, **{"number": "090-0000-0002", **form})

    assert refused.status == 422
    assert says in re.sub(r"\s+", " ", refused.page)


def test_what_somebody_else_is_answering_is_theirs(
    day: Day, jiro: Browser, working: Working
) -> None:
    day.hears("はい", "はい")
    working.employs("Ken").get("/console/conversations/1").post("/console/conversations/1/take")

    assert "Somebody else has taken" in writes(jiro).page


def test_a_department_writes_by_its_own_senders(day: Day, working: Working) -> None:
    day.hears("はい", "はい")
    with working.runtime.engine.begin() as connection:
        connection.execute(insert(senders).values(number="+815000000002"))
        osaka = departments.add(connection, "大阪")
        departments.change(connection, osaka, "大阪", [2])
    outsider = working.employs("Osamu", department_id=osaka)

    assert writes(outsider).status == 422
    assert 'value="1"' not in outsider.get(NEW).page


def test_length_and_price_are_told_while_one_writes(working: Working) -> None:
    settings = working.runtime.settings.model_copy(update={"HENJI_YEN_PER_STEP": "8.5"})
    jiro = Working.at(replace(working.runtime, settings=settings)).employs("Jiro")

    counted = jiro.post(f"{NEW}/count", token=token_of(jiro), text="あ" * 71)

    assert "71 characters, 2 segments (UCS-2) · at most ¥17" in counted.page
