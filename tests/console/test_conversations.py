"""Operators read conversations, take them over, reply and hand back, each within their scope."""

import json
import re
import threading
from urllib.parse import urlencode

import pytest
from sqlalchemy import insert, select

from bot.overview import walks
from bot.overview.indexing import Indexing
from bot.staff import departments
from bot.staff.departments import Scope
from bot.staff.roles import Role
from bot.store.tables import outbound_messages, senders
from console.conversations.watch import changed
from tests.console.working import Browser, Working
from tests.people import Texting, add_customer

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

HANAKO, EVIL = "+819000000001", '<script>alert("x")</script>'
ONE, CANNED = "/console/conversations/1", "/console/canned-replies"


class Day:
    """A customer who texts, and the console beside it."""

    def __init__(self, working: Working, texting: Texting) -> None:
        self.working, self.texting = working, texting
        self.indexing = Indexing()
        add_customer(working.runtime, HANAKO, "10001234", 12800)

    def hears(self, *texts: str) -> None:
        for text in texts:
            self.texting.says(HANAKO, text)
        self.index()

    def index(self) -> None:
        self.indexing.looked_at_flags = -1e9
        self.indexing(self.working.runtime, threading.Event())

    def sent(self) -> list[str]:
        with self.working.runtime.engine.connect() as connection:
            staff = outbound_messages.c.sent_by == "staff"
            return list(connection.execute(select(outbound_messages.c.body).where(staff)).scalars())


@pytest.fixture
def day(working: Working, texting: Texting) -> Day:
    return Day(working, texting)


@pytest.fixture
def jiro(working: Working) -> Browser:
    return working.employs("Jiro")


def test_an_operator_takes_over_replies_and_hands_back(day: Day, jiro: Browser) -> None:
    day.hears("残高", "オペレーターと話したい")
    page = jiro.get("/console/conversations?state=wanted").page
    assert ("090-****-0001" in page, HANAKO in page) == (True, False)
    assert "Wants a person" in page

    jiro.get(ONE).post(f"{ONE}/take").follow()
    assert "Hand back" in jiro.page
    counted = jiro.post(f"{ONE}/typing", text="お調べします")
    assert "6 characters, 1 segment (UCS-2)" in counted.page
    jiro.get(ONE).post(f"{ONE}/send", text="お調べします").follow()
    day.texting.sends()
    assert day.sent() == ["お調べします"]
    assert "お調べします" in jiro.get(ONE).page
    assert "Jiro" in jiro.page
    jiro.post(f"{ONE}/hand-back").follow()

    assert "Take over" in jiro.page
    acts = [(act.act, act.conversation_id) for act in day.working.acts()][-3:]
    assert acts == [("take_over", 1), ("send", 1), ("hand_back", 1)]
    assert "お調べします" not in str(day.working.acts())


def test_why_the_bot_understood_and_why_it_was_sent_stand_with_each_message(
    day: Day, jiro: Browser
) -> None:
    day.hears("残高")

    page = jiro.get(ONE).page

    assert "Why it was read so" in page
    assert "keyword" in page
    assert "balance.ask_digits" in page
    assert "Answers what was just written" in page
    assert "山田 花子" in page
    assert "10001234" not in page


def test_the_whole_number_is_shown_for_a_reason_that_is_kept(day: Day, jiro: Browser) -> None:
    day.hears("残高")
    assert "090-0000-0001" not in jiro.get(ONE).page

    refused = jiro.post(f"{ONE}/unmask", reason=" ")
    assert (refused.status, "say why" in refused.page) == (422, True)
    jiro.post(f"{ONE}/unmask", token=_token(jiro), reason="折り返しの電話")

    assert "090-0000-0001" in jiro.page
    (act,) = [act for act in day.working.acts() if act.act == "unmask"]
    assert (act.reason, act.conversation_id, act.actor) == ("折り返しの電話", 1, "staff:Jiro")
    assert "090-0000-0001" not in jiro.get(ONE).page


def test_a_reason_of_spaces_alone_is_told_beside_the_form(day: Day, jiro: Browser) -> None:
    day.hears("残高")
    path = f"{ONE}/unmask"
    form = {"csrf_token": _token(jiro.get(ONE)), "reason": "   "}

    part = jiro.client.post(path, data=form, headers={"HX-Request": "true"})
    assert (part.status_code, part.headers["HX-Retarget"]) == (422, "#no-reason")
    assert part.get_data(as_text=True).strip() == "Please say why you need to see the number."
    assert 'id="no-reason"' in jiro.get(ONE).page


def test_who_stopped_is_not_written_to_and_the_button_says_why(day: Day, jiro: Browser) -> None:
    day.hears("残高")
    jiro.get(ONE).post(f"{ONE}/take").follow()
    token = _token(jiro)
    day.hears("停止")

    page = jiro.get(ONE).page
    assert re.search(r"<button[^>]*disabled[^>]*>Send", page)
    assert "once they text START" in page
    refused = jiro.post(f"{ONE}/send", token=token, text="もしもし")
    assert (refused.status, day.sent()) == (409, [])


def test_what_somebody_else_took_over_is_theirs(day: Day, jiro: Browser, working: Working) -> None:
    ken = working.employs("Ken")
    day.hears("残高")
    jiro.get(ONE).post(f"{ONE}/take").follow()

    assert "Jiro is answering here" in ken.get(ONE).page
    token = _token(ken)
    lost = ken.post(f"{ONE}/send", token=token, text="私が答えます")
    assert (lost.status, day.sent()) == (409, [])
    assert "私が答えます" in lost.page or "Somebody else" in lost.page
    ken.get(ONE).post(f"{ONE}/take", force="1").follow()
    assert (
        "Somebody else has taken" in jiro.post(f"{ONE}/typing", token=token_of(jiro), text="x").page
    )


def test_an_auditor_and_an_editor_read_and_change_nothing(day: Day, working: Working) -> None:
    day.hears("残高")
    for name, role in (("Aiko", Role.AUDITOR), ("Eri", Role.EDITOR)):
        browser = working.employs(name, role)
        page = browser.get(ONE).page
        assert "balance.ask_digits" in page
        assert "Take over" not in page
        assert browser.post(f"{ONE}/take", token=token_of(browser)).status == 403


def test_another_departments_conversation_does_not_exist(day: Day, working: Working) -> None:
    day.hears("残高")
    with working.runtime.engine.begin() as connection:
        connection.execute(insert(senders).values(number="+815000000002"))
        osaka = departments.add(connection, "大阪")
        departments.change(connection, osaka, "大阪", [2])
    outsider = working.employs("Osamu", department_id=osaka)

    assert "090-****-0001" not in outsider.get("/console/conversations").page
    assert "090-****-0001" not in outsider.get("/console/conversations?words=残高").page
    for path in ("", "/talk"):
        assert outsider.get(f"{ONE}{path}").status == 404
    token = token_of(outsider.get("/console/account"))
    for act in ("take", "send", "hand-back", "typing", "note", "unmask"):
        answer = outsider.post(f"{ONE}/{act}", token=token, text="x", note="x", reason="because")
        assert answer.status == 404, act
    assert json.loads(outsider.get("/console/conversations/changes").page)["ids"] == []


def test_markup_in_a_text_a_note_and_a_reply_stays_text(day: Day, jiro: Browser) -> None:
    day.hears(EVIL)
    jiro.get(ONE).post(f"{ONE}/take").follow()
    jiro.post(f"{ONE}/note", note=EVIL).follow()
    jiro.post(f"{ONE}/send", text=EVIL).follow()
    day.index()

    for path in (ONE, f"{ONE}/talk", "/console/conversations", "/console/conversations/list"):
        assert EVIL not in jiro.get(path).answer.get_data(as_text=True)
        assert "&lt;script&gt;" in jiro.answer.get_data(as_text=True)


def test_a_filter_is_an_address_that_can_be_shared(day: Day, jiro: Browser) -> None:
    day.hears("残高")

    page = jiro.get("/console/conversations?consent=unknown&flow=balance&words=残高").page
    assert "090-****-0001" in page
    assert 'data-part="/console/conversations/list?flow=balance&consent=unknown' in page
    assert "There are none" in jiro.get("/console/conversations?consent=stopped").page
    assert jiro.get("/console/conversations?after=nonsense&sender=x&since=1").status == 200


def test_a_search_that_is_not_through_yet_says_so(
    day: Day, jiro: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    day.hears("残高")
    asked = "/console/conversations?words=残高&consent=refused"
    assert "There are none." in jiro.get(asked).page
    for name, small in (("MESSAGES", (1,)), ("FEW", -1), ("RARE", 0)):
        monkeypatch.setattr(walks, name, small)

    assert "There are none." not in jiro.get(asked).page
    assert "“Show older” goes on looking further back." in jiro.page
    assert 'rel="next"' in jiro.page


def test_changes_are_told_to_who_asks_and_to_who_listens(day: Day, jiro: Browser) -> None:
    day.hears("残高")
    told = json.loads(jiro.get("/console/conversations/changes").page)
    assert told["ids"] == []

    with jiro.client.get(
        "/console/conversations/stream", environ_base={"REMOTE_ADDR": jiro.address}
    ) as stream:
        assert stream.mimetype == "text/event-stream"
        lines = iter(stream.response)
        assert "retry" in str(next(lines))
        day.hears("支払い")
        while "changed" not in (line := str(next(lines))):
            day.hears("支払い")
    assert '"ids": [1]' in line
    since = told["since"].replace("+", "%2B")
    assert json.loads(jiro.get(f"/console/conversations/changes?since={since}").page)["ids"] == [1]


@pytest.mark.parametrize("path", ["conversations", "queues/people", "conversations/1"])
def test_what_comes_while_a_page_is_on_its_way_is_a_change(
    day: Day, jiro: Browser, path: str
) -> None:
    if path == "conversations/1":
        day.hears("残高")
    since = re.search(r'data-since="([^"]+)"', jiro.get(f"/console/{path}").page)
    assert since
    asked = urlencode({"since": since[1]})
    assert json.loads(jiro.get(f"/console/conversations/changes?{asked}").page)["ids"] == []

    day.hears("残高")
    told = json.loads(jiro.get(f"/console/conversations/changes?{asked}").page)
    assert told["ids"] == [1], "the very first conversation is one, too"


def test_a_text_is_told_of_after_one_round_of_the_clock_and_one_look(
    day: Day, working: Working
) -> None:
    day.hears("残高")
    with working.runtime.engine.connect() as connection:
        before, _ = changed(connection, Scope(), None)
    day.texting.says(HANAKO, "支払い")

    day.index()
    with working.runtime.engine.connect() as connection:
        assert changed(connection, Scope(), before)[1] == [1]


def test_there_is_room_for_some_streams_and_the_others_ask(day: Day, jiro: Browser) -> None:
    streams = [
        jiro.client.get("/console/conversations/stream", environ_base={"REMOTE_ADDR": jiro.address})
        for _ in range(9)
    ]
    statuses = [stream.status_code for stream in streams]
    for stream in streams:
        stream.close()

    assert statuses == [200] * 8 + [204]
    again = jiro.client.get(
        "/console/conversations/stream", environ_base={"REMOTE_ADDR": jiro.address}
    )
    assert again.status_code == 200
    again.close()


def test_canned_replies_are_filled_in_for_the_person(
    day: Day, jiro: Browser, working: Working
) -> None:
    eri = working.employs("Eri", Role.EDITOR)
    eri.get(CANNED)
    eri.post(
        CANNED,
        title="お礼",
        language="ja",
        body="{name}様、{brand}です。ありがとうございます。",
    ).follow()
    wrong = eri.post(CANNED, title="x", language="ja", body="{amount}円")
    assert wrong.status == 422

    day.hears("残高")
    jiro.get(ONE).post(f"{ONE}/take").follow()
    assert "山田 花子様、例示商会です。ありがとうございます。" in jiro.page
    assert jiro.post(CANNED, token=_token(jiro), title="x").status == 403
    (canned_id,) = re.findall(r"canned-replies/(\d+)/retire", page_of_canned(eri))
    assert "ありがとうございます。</textarea>" in eri.get(f"{CANNED}?change={canned_id}").page
    thanks = {"title": "御礼", "language": "ja", "body": "{name}様、助かりました。"}
    assert eri.post(f"{CANNED}/{canned_id}", **{**thanks, "body": "{amount}"}).status == 422
    eri.post(f"{CANNED}/{canned_id}", **thanks).follow()
    late = eri.post(f"{CANNED}/{canned_id}", **thanks)
    assert (late.status, "meanwhile" in late.page) == (422, True)
    assert "山田 花子様、助かりました。" in jiro.get(ONE).page
    assert "例示商会です。ありがとう" not in jiro.page

    (changed_id,) = re.findall(r"canned-replies/(\d+)/retire", page_of_canned(eri))
    eri.post(f"{CANNED}/{changed_id}/retire")
    assert "助かりました" not in jiro.get(ONE).page


def page_of_canned(browser: Browser) -> str:
    return browser.get(CANNED).page


def _token(browser: Browser) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', browser.page)
    assert found, browser.page
    return found[1]


def token_of(browser: Browser) -> str:
    """The token that the browser's pages carry."""
    browser.get("/console/account")
    return _token(browser)
