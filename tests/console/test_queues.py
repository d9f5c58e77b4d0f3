"""What waits for staff stands in queues, and each decision about it is kept with its reason."""

import re
import threading

import pytest
from sqlalchemy import event, insert, select, update

from bot import alerts, errors
from bot.alerts import Kind
from bot.dialogue.holds import HoldKind
from bot.messaging import outbox
from bot.messaging.answering import loops
from bot.messaging.answering.render import Rendered
from bot.messaging.grounds import MessageClass
from bot.overview.indexing import Indexing
from bot.staff import departments
from bot.staff.roles import Role
from bot.store.columns import seconds_from_now
from bot.store.tables import alerts as alerts_table
from bot.store.tables import (
    contacts,
    conversations,
    holds,
    outbound_messages,
    outbox_acts,
    senders,
)
from bot.text.language import Language
from tests.carrier import Carrier
from tests.console.working import Browser, Working
from tests.people import Texting

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

HANAKO, TARO = "+819000000001", "+819000000002"
EVIL = '<script>alert("x")</script>'
QUEUES = ("people", "questions", "messages", "holds", "alerts")
RECEIPT = Rendered("payment.receipt", Language.JA, "r", "12,800円を領収いたしました", "UCS-2", 1)


class Desk:
    """Staff at their queues, and the people who text."""

    def __init__(self, working: Working, texting: Texting, carrier: Carrier) -> None:
        self.working, self.texting, self.carrier = working, texting, carrier
        self.engine = working.runtime.engine
        self.indexing = Indexing()

    def hears(self, number: str, *texts: str) -> None:
        for text in texts:
            self.texting.says(number, text)
        self.index()

    def index(self) -> None:
        self.indexing.looked_at_flags = -1e9
        self.indexing(self.working.runtime, threading.Event())

    def receipt(self, number: str = HANAKO, **values: object) -> int:
        """A receipt for somebody who has written before, as `values` say."""
        self.texting.says(number, "ヘルプ")
        with self.engine.begin() as connection:
            theirs = select(conversations.c.id).join(contacts).where(contacts.c.number == number)
            outbox.enqueue(
                connection, connection.execute(theirs).scalar_one(), [RECEIPT], MessageClass.NOTICE
            )
            newest = select(outbound_messages.c.id).order_by(outbound_messages.c.id.desc())
            message = int(connection.execute(newest.limit(1)).scalar_one())
            this = update(outbound_messages).where(outbound_messages.c.id == message)
            if values:
                connection.execute(this.values(**values))
        return message

    def refused(self, number: str = HANAKO) -> int:
        """A message that the carrier refused for good."""
        message = self.receipt(number)
        self.carrier.faults.append(errors.Refused("refused with code 21612: no way", 21612))
        self.texting.sends()
        return message

    def status(self, message: int) -> str:
        with self.engine.connect() as connection:
            found = select(outbound_messages.c.status).where(outbound_messages.c.id == message)
            return str(connection.execute(found).scalar_one())

    def acts(self) -> list[tuple[str, str, int | None, str]]:
        """Who decided what in which conversation and why, the oldest first."""
        decided = {"message_retry", "message_discard", "hold_release", "alert_settle"}
        return [
            (act.act, act.subject, act.conversation_id, act.reason)
            for act in self.working.acts()
            if act.act in decided
        ]

    def raises(self, kind: Kind, subject: str, words: str, sender: int | None = None) -> None:
        with self.engine.begin() as connection:
            alerts.alert(connection, kind, subject, words, sender)


@pytest.fixture
def desk(working: Working, texting: Texting, carrier: Carrier) -> Desk:
    return Desk(working, texting, carrier)


@pytest.fixture
def jiro(working: Working) -> Browser:
    return working.employs("Jiro")


def numbers(browser: Browser) -> dict[str, str]:
    """What stands beside the name of each queue."""
    browser.get("/console/queues/people")
    return dict(re.findall(r'id="count-(\w+)">([^<]+)<', browser.page))


def test_every_queue_has_an_address_and_a_number(desk: Desk, jiro: Browser) -> None:
    assert jiro.get("/console/queues").follow().status == 200
    assert set(numbers(jiro).values()) == {"0"}
    assert "badge" not in jiro.get("/console/queues/counts").page
    desk.hears(HANAKO, "オペレーターと話したい")
    desk.hears(TARO, "しつこい")
    desk.hears("+819000000003", "人違いです")
    desk.refused("+819000000004")
    desk.raises(Kind.ACCOUNT, "account", "the key is wrong")

    # Somebody looks at a wrong number, too.
    assert numbers(jiro) == dict.fromkeys(QUEUES, "1") | {"people": "2"}
    assert re.search(r">\s*6<", jiro.get("/console/queues/counts").page)
    for queue in QUEUES:
        page = jiro.get(f"/console/queues/{queue}").page
        assert jiro.status == 200
        assert "+8190" not in page
        assert "Nothing is waiting" not in page
        assert "<!doctype" not in jiro.get(f"/console/queues/{queue}?part=list").page
    assert jiro.get("/console/queues/other").status == 404


def test_who_waits_longest_comes_first_and_a_takeover_ends_the_wait(
    desk: Desk, jiro: Browser
) -> None:
    desk.hears(HANAKO, "オペレーターと話したい")
    desk.hears(TARO, "オペレーターと話したい")
    desk.hears(HANAKO, "まだですか")
    with desk.engine.begin() as connection:
        ago = {1: 7200, 2: 300}
        for conversation, seconds in ago.items():
            this = update(conversations).where(conversations.c.id == conversation)
            connection.execute(this.values(person_wanted_at=seconds_from_now(-seconds)))

    page = jiro.get("/console/queues/people").page
    assert page.index("090-****-0001") < page.index("090-****-0002")
    assert ("Wants a person 2 h" in page, "Wants a person 5 min" in page) == (True, True)
    jiro.get("/console/conversations/1").post("/console/conversations/1/take")

    assert "090-****-0001" not in jiro.get("/console/queues/people").page


def test_what_failed_is_sent_after_all_for_a_reason_that_is_kept(desk: Desk, jiro: Browser) -> None:
    message = desk.refused()
    page = jiro.get("/console/queues/messages?kind=failed").page
    assert "refused with code 21612" in page

    jiro.post("/console/queues/messages/retry", message=message, reason="番号の設定を直した")
    assert "Done" in jiro.follow().page
    desk.texting.sends()

    assert desk.status(message) == "sent"
    assert desk.acts() == [("message_retry", f"message {message}", 1, "番号の設定を直した")]
    with desk.engine.connect() as connection:
        kept = connection.execute(select(outbox_acts)).one()
    assert (kept.act, kept.actor, kept.was) == ("retry", "staff:Jiro", "failed")


def test_what_perhaps_arrived_is_sent_again_only_by_who_made_sure(
    desk: Desk, jiro: Browser
) -> None:
    message = desk.receipt(status="parked")
    asked = {"message": message, "reason": "電話で確認"}
    jiro.get("/console/queues/messages")

    refused = jiro.post("/console/queues/messages/retry", **asked)
    assert (refused.status, f"Message {message} may have arrived" in refused.page) == (409, True)
    assert 'value="電話で確認"' in refused.page
    jiro.post("/console/queues/messages/retry", did_not_arrive="1", **asked)

    assert (jiro.status, desk.status(message)) == (303, "queued")


def test_of_several_messages_all_are_given_up_or_none(desk: Desk, jiro: Browser) -> None:
    both = [desk.receipt(status="parked"), desk.receipt(TARO, status="unknown")]
    sent = desk.receipt(TARO, status="sent")
    jiro.get("/console/queues/messages")

    refused = jiro.post(
        "/console/queues/messages/discard", message=[*both, sent], reason="口頭で伝えた"
    )
    assert (refused.status, f"Message {sent} can no longer" in refused.page) == (409, True)
    assert [desk.status(each) for each in both] == ["parked", "unknown"]
    jiro.post("/console/queues/messages/discard", message=both, reason="口頭で伝えた")

    assert [desk.status(each) for each in both] == ["canceled", "canceled"]
    assert [act[:3] for act in desk.acts()] == [
        ("message_discard", f"message {both[0]}", 1),
        ("message_discard", f"message {both[1]}", 2),
    ]


def test_who_stopped_since_is_not_sent_what_failed(desk: Desk, jiro: Browser) -> None:
    message = desk.refused()
    desk.hears(HANAKO, "停止")
    jiro.get("/console/queues/messages")

    jiro.post("/console/queues/messages/retry", message=message, reason="再送")

    assert (jiro.status, "has stopped messages since" in jiro.page) == (409, True)
    assert (desk.status(message), desk.acts()) == ("failed", [])


def test_what_waits_too_long_or_grew_too_old_is_in_the_queue(desk: Desk, jiro: Browser) -> None:
    desk.receipt(not_before=seconds_from_now(-90))
    old = desk.receipt(TARO, status="canceled", reason="too old to be of use")
    page = jiro.get("/console/queues/messages").page
    assert ("Overdue" in page, "Too old" in page) == (True, True)
    assert "090-****-0001" not in jiro.get("/console/queues/messages?kind=expired").page

    jiro.post("/console/queues/messages/retry?kind=expired", message=old, reason="今でも必要")

    assert jiro.answer.headers["Location"].endswith("/queues/messages?kind=expired")
    assert desk.status(old) == "queued"


def test_a_hold_ends_with_a_reason_and_by_whom(desk: Desk, jiro: Browser) -> None:
    desk.hears(HANAKO, "弁護士に相談しました")
    page = jiro.get("/console/queues/holds?kind=lawyer").page
    assert ("弁護士に相談しました" in page, "Lawyer or insolvency" in page) == (True, True)
    assert "Nothing is waiting" in jiro.get("/console/queues/holds?kind=hardship").page

    jiro.post("/console/queues/holds/1/release", kind="lawyer", reason="委任は終了したとの連絡")

    with desk.engine.connect() as connection:
        ended = connection.execute(select(holds)).one()
    assert (ended.released_by, ended.release_reason) == ("staff:Jiro", "委任は終了したとの連絡")
    assert desk.acts() == [("hold_release", "contact 1", 1, "委任は終了したとの連絡")]
    again = jiro.get("/console/queues/holds").post(
        "/console/queues/holds/1/release", kind="lawyer", reason="もう一度"
    )
    assert (again.status, "decided this already" in again.page) == (409, True)


def test_what_is_no_stop_is_settled_by_a_person(desk: Desk, jiro: Browser) -> None:
    desk.hears(HANAKO, "しつこい")
    assert "しつこい" in jiro.get("/console/queues/questions").page

    release = {"kind": HoldKind.STOP_QUESTION.value, "reason": "電話で続けたいと確認"}
    jiro.post("/console/queues/holds/1/release", **release)

    assert "/queues/questions" in jiro.answer.headers["Location"]
    assert "Nothing is waiting" in jiro.follow().page
    assert desk.acts()[0][3] == "電話で続けたいと確認"


def test_an_alert_is_settled_with_what_was_done(desk: Desk, jiro: Browser) -> None:
    desk.raises(Kind.ACCOUNT, "account", "the key is wrong")
    desk.raises(Kind.ACCOUNT, "account", "the key is wrong still")
    page = jiro.get("/console/queues/alerts").page
    assert ("2 times" in page, "the key is wrong still" in page) == (True, True)

    jiro.post("/console/queues/alerts/1/settle", reason="鍵を取り替えた")

    assert "Nothing is waiting" in jiro.follow().page
    with desk.engine.connect() as connection:
        ended = connection.execute(select(alerts_table)).one()
    assert (ended.settled_by, ended.settle_reason) == ("staff:Jiro", "鍵を取り替えた")
    assert desk.acts() == [("alert_settle", "alert 1", None, "鍵を取り替えた")]
    assert jiro.get("/console/queues/alerts").post(
        "/console/queues/alerts/1/settle", token=None, reason="x" * 9
    ).status in {400, 409}


@pytest.mark.parametrize(
    ("act", "form"),
    [
        ("messages/retry", {"message": 2}),
        ("messages/discard", {"message": 2}),
        ("holds/1/release", {"kind": "lawyer"}),
        ("alerts/1/settle", {}),
    ],
)
def test_without_a_reason_nothing_is_decided(
    desk: Desk, jiro: Browser, act: str, form: dict[str, object]
) -> None:
    message = desk.receipt(status="failed")
    desk.hears(HANAKO, "弁護士に相談しました")
    desk.raises(Kind.ACCOUNT, "account", "the key is wrong")
    jiro.get("/console/account")

    jiro.post(f"/console/queues/{act}", reason=" . ", **form)

    assert (jiro.status, "Please give a reason" in jiro.page) == (422, True)
    assert (desk.status(message), desk.acts()) == ("failed", [])


def test_a_department_sees_and_decides_what_its_own_senders_have(desk: Desk) -> None:
    working = desk.working
    with desk.engine.begin() as connection:
        theirs = {"number": "+815012345679", "brand": "みどり"}
        connection.execute(insert(senders).values(**theirs))
        number = connection.execute(select(senders.c.number).where(senders.c.id == 1)).scalar_one()
        for name, own in (("ours", [1]), ("theirs", [2])):
            department = departments.add(connection, name)
            departments.change(connection, department, name, own)
    assert number != theirs["number"]
    desk.hears(HANAKO, "オペレーターと話したい", "弁護士に相談しました", "しつこい")
    message = desk.refused()
    with desk.engine.begin() as connection:
        loops.mute(connection, 1, "the provider cut it off")
    desk.raises(Kind.ACCOUNT, "account", "the key is wrong")
    ours = working.employs("Saki", department_id=1)
    others = working.employs("Ken", department_id=2)

    seen = numbers(ours)
    assert {seen[each] for each in ("messages", "holds", "alerts")} == {"1"}
    assert set(numbers(others).values()) == {"0"}
    for queue in QUEUES:
        assert "090-****-0001" not in others.get(f"/console/queues/{queue}").page
    assert "the key is wrong" not in ours.get("/console/queues/alerts").page
    for act, form in (
        ("messages/retry", {"message": message}),
        ("messages/discard", {"message": message}),
        ("holds/1/release", {"kind": "lawyer"}),
        ("holds/1/release", {"kind": "stop_question"}),
        ("alerts/1/settle", {}),
    ):
        others.get("/console/account").post(f"/console/queues/{act}", reason="他部署", **form)
        assert others.status == 404, act
    assert desk.acts() == []
    ours.get("/console/queues/holds").post(
        "/console/queues/holds/1/release", kind="lawyer", reason="確認した"
    )
    assert ours.status == 303


def test_who_only_reads_sees_the_queues_and_no_button(desk: Desk) -> None:
    desk.hears(HANAKO, "しつこい")
    desk.hears(TARO, "弁護士に相談しました")
    desk.refused()
    desk.raises(Kind.ACCOUNT, "account", "the key is wrong")
    auditor = desk.working.employs("Mika", Role.AUDITOR)

    for queue in QUEUES:
        page = auditor.get(f"/console/queues/{queue}").page
        assert auditor.status == 200
        assert 'name="reason"' not in page
        assert 'type="checkbox"' not in page


def test_markup_in_texts_and_reasons_stays_text(desk: Desk, jiro: Browser) -> None:
    desk.hears(HANAKO, "オペレーターと話したい", f"{EVIL} しつこい")
    desk.hears(TARO, f"弁護士に相談しました {EVIL}")
    desk.receipt(status="failed", body=EVIL, reason=EVIL)
    desk.raises(Kind.ACCOUNT, "account", EVIL)

    for queue in QUEUES:
        answer = jiro.get(f"/console/queues/{queue}").answer.get_data(as_text=True)
        assert "<script>alert" not in answer
    jiro.get("/console/queues/messages").post("/console/queues/messages/retry", reason=EVIL)
    assert (jiro.status, "<script>alert" in jiro.answer.get_data(as_text=True)) == (422, False)


def test_the_pages_of_a_queue_hold_each_line_once(
    desk: Desk, jiro: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.queues.pages.PAGE", 2)
    failed = [desk.receipt(status="failed") for _ in range(5)]
    found: list[int] = []
    address: str | None = "/console/queues/messages"
    while address:
        page = jiro.get(address).page
        found += [int(each) for each in re.findall(r'name="message" value="(\d+)"', page)]
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = following and following[1]

    assert found == failed[::-1]


def test_a_page_after_nonsense_is_the_first(desk: Desk, jiro: Browser) -> None:
    desk.hears(HANAKO, "オペレーターと話したい")
    for after in ("x", "9" * 30, "2026-01-01~1", f"2026-01-01T00:00:00+00:00~{'9' * 30}", "²"):
        for queue in QUEUES:
            assert (
                jiro.get(f"/console/queues/{queue}?after={after.replace('+', '%2B')}").status == 200
            )


def test_a_long_queue_asks_the_database_as_often_as_a_short_one(desk: Desk, jiro: Browser) -> None:
    def asked() -> dict[str, int]:
        count = dict.fromkeys(QUEUES, 0)
        for queue in QUEUES:

            def heard(*_: object, queue: str = queue) -> None:
                count[queue] += 1

            event.listen(desk.engine, "before_cursor_execute", heard)
            jiro.get(f"/console/queues/{queue}")
            event.remove(desk.engine, "before_cursor_execute", heard)
        return count

    def fill(numbers: range) -> None:
        for number in numbers:
            person = f"+8190000001{number:02}"
            desk.hears(person, "オペレーターと話したい", "弁護士に相談しました", "しつこい")
            desk.receipt(person, status="failed")
            desk.raises(Kind.LOOP, str(number + 1), "silent", 1)

    fill(range(1))
    short = asked()
    fill(range(1, 6))

    assert asked() == short
