"""What the queues show, to whom, in which order, and how many lines at a time."""

import re

import pytest
from sqlalchemy import event, insert, select, update

from bot.alerts import Kind
from bot.messaging.answering import loops
from bot.staff import departments
from bot.staff.roles import Role
from bot.store.columns import seconds_from_now
from bot.store.tables import (
    conversations,
    senders,
)
from tests.console.queues.desk import HANAKO, TARO, Desk
from tests.console.working import Browser

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
EVIL = '<script>alert("x")</script>'
QUEUES = ("people", "questions", "messages", "holds", "alerts")


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
