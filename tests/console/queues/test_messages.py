"""Messages that staff send again or give up."""

import pytest
from sqlalchemy import select

from bot.store.columns import seconds_from_now
from bot.store.tables import (
    outbox_acts,
)
from tests.console.queues.desk import HANAKO, TARO, Desk
from tests.console.working import Browser

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


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
