"""The timeline of a message, and how people answer to a script."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.messaging import outbox
from bot.messaging.answering.render import Rendered
from bot.messaging.reports import retries
from bot.messaging.reports.climb import Report
from bot.messaging.reports.delivery import record
from bot.messaging.reports.replies import Response, by_script
from bot.messaging.reports.timeline import timeline
from bot.store.columns import seconds_from_now, utc_now
from bot.store.tables import delivery_reports, inbound_messages, outbound_messages
from bot.text.language import Language
from tests.messaging.campaign import DAY, people, queue
from tests.messaging.lines import HANAKO, TARO
from tests.messaging.reporting import message_row, told
from tests.people import Texting


@pytest.fixture(autouse=True)
def at_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unsolicited messages may leave at any hour."""
    monkeypatch.setattr("bot.messaging.sending.facts.countries.shipped", lambda: DAY)


def test_a_message_is_followed_from_the_queue_to_the_phone(texting: Texting) -> None:
    with texting.runtime.engine.begin() as connection:
        queue(connection, people(connection, [TARO])[0])
    texting.sends()
    told(texting, "sent")
    told(texting, "undelivered", 30003, carrier="docomo")
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(outbound_messages).values(retry_at=seconds_from_now(-1)))
        retries.requeue_due(connection)
    texting.sends()
    told(texting, "delivered", carrier="au")

    with texting.runtime.engine.begin() as connection:
        found = timeline(connection, 1)
    assert [(one.attempt, one.what, one.error_code, one.carrier) for one in found] == [
        (1, "queued", None, None),
        (1, "sent", None, None),
        (1, "passed on", None, None),
        (1, "undelivered", 30003, "docomo"),
        (2, "sent", None, None),
        (2, "delivered", None, "au"),
    ]
    assert all(one.at.tzinfo is not None for one in found)


def test_the_carriers_own_time_counts_where_it_is_told(texting: Texting) -> None:
    texting.says(HANAKO, "ヘルプ")
    at = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    sid = message_row(texting).provider_sid
    record(texting.runtime, Report(1, "twilio", sid, "delivered", None, at=at))

    with texting.runtime.engine.begin() as connection:
        assert timeline(connection, 1)[-1].at == at
        assert timeline(connection, 999) == []


def test_of_ten_messages_three_are_answered(texting: Texting) -> None:
    numbers = [f"+8190000010{number:02}" for number in range(10)]
    with texting.runtime.engine.begin() as connection:
        for one in people(connection, numbers):
            queue(connection, one)
    texting.sends()
    for message in range(1, 10):
        told(texting, "delivered" if message < 9 else "undelivered", message=message)
    for seconds, number in ((30, numbers[0]), (90, numbers[1]), (600, numbers[2])):
        texting.hears(number, "ヘルプ")
        texting.hears(number, "ヘルプ")
        with texting.runtime.engine.begin() as connection:
            sent_at = connection.execute(
                select(outbound_messages.c.sent_at).where(
                    outbound_messages.c.id == numbers.index(number) + 1
                )
            ).scalar_one()
            connection.execute(
                update(inbound_messages)
                .where(inbound_messages.c.sender == number)
                .values(created_at=sent_at + timedelta(seconds=seconds))
            )

    with texting.runtime.engine.begin() as connection:
        now = connection.execute(select(utc_now())).scalar_one()
        found = by_script(connection, now - timedelta(hours=1), now)
    assert found == [
        Response("campaign.reminder", sent=10, settled=9, arrived=8, answered=3, seconds=90.0)
    ]


def test_a_text_answers_the_last_message_before_it(texting: Texting) -> None:
    for text in ("ヘルプ", "相談"):
        texting.says(HANAKO, text)
    with texting.runtime.engine.begin() as connection:
        now = connection.execute(select(utc_now())).scalar_one()
        found = {one.script_key: one for one in by_script(connection, now - DAY_LONG, now)}

    assert {key: one.answered for key, one in found.items()} == {
        "common.help": 1,
        "handover.requested": 0,
    }
    assert found["handover.requested"].seconds is None


DAY_LONG = timedelta(days=1)


def test_what_answers_a_member_of_staff_is_no_answer_to_the_bot(texting: Texting) -> None:
    texting.says(HANAKO, "ヘルプ")
    message = Rendered("staff.reply", Language.JA, "r", "担当の者です。", "UCS-2", 1)
    with texting.runtime.engine.begin() as connection:
        outbox.enqueue_by_staff(connection, 1, message, staff_id=1)
    texting.sends()
    texting.hears(HANAKO, "ありがとうございます")
    with texting.runtime.engine.begin() as connection:
        now = connection.execute(select(utc_now())).scalar_one()
        [found] = by_script(connection, now - DAY_LONG, now)

    assert (found.script_key, found.sent, found.answered) == ("common.help", 1, 0)


def test_a_report_that_came_twice_is_one_event(texting: Texting) -> None:
    texting.says(HANAKO, "ヘルプ")
    told(texting, "delivered")
    with texting.runtime.engine.begin() as connection:
        past = update(delivery_reports).values(created_at=seconds_from_now(5))
        connection.execute(past)
    told(texting, "delivered")

    with texting.runtime.engine.begin() as connection:
        assert [one.what for one in timeline(connection, 1)] == ["queued", "sent", "delivered"]
