"""Holds, questions and alerts are decided with a reason."""

import pytest
from sqlalchemy import select

from bot.alerts import Kind
from bot.dialogue.holds import HoldKind
from bot.store.tables import alerts as alerts_table
from bot.store.tables import (
    holds,
)
from tests.console.queues.desk import HANAKO, Desk
from tests.console.working import Browser

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


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
