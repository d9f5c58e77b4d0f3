"""Messages that left and were not delivered: tried again where that is safe and of use."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot import alerts, errors
from bot.alerts import Kind
from bot.compliance.countries import Country
from bot.messaging import outbox
from bot.messaging.answering.render import Rendered
from bot.messaging.grounds import MessageClass
from bot.messaging.reports import retries
from bot.store.columns import seconds_from_now
from bot.store.session import transact
from bot.store.tables import earlier_attempts, holds, outbound_messages
from bot.text.language import Language
from tests.carrier import Carrier
from tests.messaging.campaign import DAY, NIGHT, people, queue
from tests.messaging.lines import HANAKO, TARO, let_pass, look_up, rows, statuses
from tests.messaging.reporting import kept, message_row, told
from tests.people import Texting


@pytest.fixture(autouse=True)
def at_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unsolicited messages may leave at any hour."""
    monkeypatch.setattr("bot.messaging.sending.facts.countries.shipped", lambda: DAY)


def remind(texting: Texting, number: str = TARO) -> None:
    """A reminder that is of use for three days leaves."""
    with texting.runtime.engine.begin() as connection:
        queue(connection, people(connection, [number])[0])
    texting.sends()


def when_due(texting: Texting) -> int:
    """Let the time of every planned retry come; returns how many are sent once more."""
    with texting.runtime.engine.begin() as connection:
        planned = outbound_messages.c.retry_at.is_not(None)
        past = update(outbound_messages).where(planned).values(retry_at=seconds_from_now(-1))
        connection.execute(past)
    again = transact(texting.runtime.engine, retries.requeue_due)
    texting.sends()
    return again


def holds_of(texting: Texting) -> Sequence[str]:
    with texting.runtime.engine.begin() as connection:
        return connection.execute(select(holds.c.rule)).scalars().all()


REMINDERS = [
    # code, tries again, hold at once
    (21610, 0, False),
    (30001, 3, False),
    (30003, 3, False),
    (30004, 0, True),
    (30005, 1, False),
    (30006, 0, True),
    (30007, 0, False),
    (30008, 0, False),
    (30036, 0, False),
    (99999, 0, False),
    (None, 0, False),
]


@pytest.mark.parametrize(("code", "tries", "flagged"), REMINDERS)
def test_a_reminder_is_tried_again_as_the_table_of_codes_says(
    texting: Texting, carrier: Carrier, code: int | None, tries: int, flagged: bool
) -> None:
    remind(texting)
    told(texting, "undelivered", code)
    assert bool(holds_of(texting)) is flagged
    for _ in range(tries):
        assert rows(texting) == [("sent", "undelivered")]
        assert when_due(texting) == 1
        assert rows(texting) == [("sent", None)]
        told(texting, "undelivered", code)

    assert when_due(texting) == 0
    assert (rows(texting), len(carrier.accepted)) == ([("sent", "undelivered")], 1 + tries)
    assert message_row(texting).error_code == code


def test_an_unreachable_handset_is_flagged_once_it_was_tried_for_hours(texting: Texting) -> None:
    remind(texting)
    for _ in range(4):
        assert holds_of(texting) == []
        told(texting, "undelivered", 30003)
        when_due(texting)

    assert "30003" in holds_of(texting)[0]


def test_an_unknown_handset_is_flagged_the_second_time(texting: Texting) -> None:
    for expected in (0, 1):
        texting.says(HANAKO, "ヘルプ")
        told(texting, "undelivered", 30005)
        assert len(holds_of(texting)) == expected


def test_a_reply_that_would_come_too_late_is_not_tried_again(texting: Texting) -> None:
    texting.says(HANAKO, "ヘルプ")
    told(texting, "undelivered", 30003)

    assert message_row(texting).retry_at is None


def test_a_reply_is_tried_once_more_where_the_carrier_does_not_say_why(
    texting: Texting, carrier: Carrier
) -> None:
    texting.says(HANAKO, "ヘルプ")
    for _ in range(3):
        told(texting, "undelivered", 30008)
        when_due(texting)

    assert len(carrier.accepted) == 2


def test_money_is_never_told_twice_where_the_carrier_does_not_say_why(
    texting: Texting, carrier: Carrier
) -> None:
    texting.says(HANAKO, "ヘルプ")
    notice = Rendered("payment.receipt", Language.JA, "r", "領収", "UCS-2", 1)
    with texting.runtime.engine.begin() as connection:
        outbox.enqueue(connection, 1, [notice], MessageClass.NOTICE)
    texting.sends()
    told(texting, "undelivered", 30008)

    assert (when_due(texting), len(carrier.accepted)) == (0, 2)


def test_what_a_carrier_takes_for_spam_is_told_with_script_and_revision(texting: Texting) -> None:
    texting.says(HANAKO, "ヘルプ")
    told(texting, "undelivered", 30007)

    row = message_row(texting)
    with texting.runtime.engine.begin() as connection:
        [found] = alerts.unsettled(connection)
    assert (found.kind, found.subject) == (Kind.SCRIPT, f"common.help@{row.revision}")
    assert "common.help" in found.words


@pytest.mark.parametrize(
    ("code", "kind", "subject"),
    [(30032, Kind.SENDER, "1"), (30034, Kind.REGION, "JP"), (63038, Kind.ACCOUNT, "twilio")],
)
def test_what_a_person_must_mend_is_an_alert(
    texting: Texting, code: int, kind: Kind, subject: str
) -> None:
    texting.says(HANAKO, "ヘルプ")
    told(texting, "failed", code)

    with texting.runtime.engine.begin() as connection:
        found = [(one.kind, one.subject) for one in alerts.unsettled(connection)]
    assert found == [(kind, subject)]


def test_after_a_stop_nothing_is_tried_again(texting: Texting, carrier: Carrier) -> None:
    remind(texting, HANAKO)
    told(texting, "undelivered", 30003)
    texting.says(HANAKO, "配信停止")

    assert when_due(texting) == 0
    assert "stopped" in message_row(texting, 1).reason
    assert len(carrier.accepted) == 2


def test_a_reply_to_what_the_person_has_left_behind_is_not_tried_again(texting: Texting) -> None:
    texting.says(HANAKO, "ヘルプ")
    told(texting, "undelivered", 30008)
    texting.says(HANAKO, "相談")

    assert when_due(texting) == 0


def test_what_was_taken_back_is_not_tried_again(texting: Texting, carrier: Carrier) -> None:
    carrier.answers_lost.append(errors.Uncertain("reset"))
    texting.says(HANAKO, "ヘルプ")
    left = carrier.listed[0][1].sid
    carrier.listed.clear()
    texting.hears(HANAKO, "STOP")
    look_up(texting, times=2)
    let_pass(texting)
    texting.sends()
    told(texting, "undelivered", 30003, message=1, sid=left)

    assert (statuses(texting)[0], when_due(texting)) == ("canceled", 0)


def test_what_is_planned_is_dropped_when_the_message_arrives_after_all(texting: Texting) -> None:
    remind(texting)
    told(texting, "undelivered", 30003)
    told(texting, "delivered")

    assert (when_due(texting), rows(texting)) == (0, [("sent", "delivered")])


def test_what_waits_to_leave_again_stays_when_the_first_arrives_after_all(
    texting: Texting, carrier: Carrier
) -> None:
    remind(texting)
    first = message_row(texting).provider_sid
    told(texting, "undelivered", 30003)
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(outbound_messages).values(retry_at=seconds_from_now(-1)))
        assert retries.requeue_due(connection) == 1
    told(texting, "delivered", sid=first)
    texting.sends()

    assert (rows(texting), len(carrier.accepted)) == ([("sent", "delivered")], 1)
    assert kept(texting, earlier_attempts) == []


def test_late_reports_of_the_first_attempt_do_not_touch_the_second(texting: Texting) -> None:
    remind(texting)
    first = message_row(texting).provider_sid
    told(texting, "undelivered", 30003)
    when_due(texting)
    for status in ("sent", "undelivered", "failed"):
        told(texting, status, 30003, message=1, sid=first)
    assert rows(texting) == [("sent", None)]

    told(texting, "delivered", sid=first)
    assert rows(texting) == [("sent", "delivered")]
    assert [one.provider_sid for one in kept(texting, earlier_attempts)] == [first]


def test_the_second_attempt_is_never_taken_for_the_first_in_the_providers_list(
    texting: Texting, carrier: Carrier
) -> None:
    remind(texting)
    told(texting, "undelivered", 30003)
    carrier.faults.append(errors.Uncertain("500"))
    when_due(texting)
    look_up(texting)

    assert statuses(texting) == ["unknown"]


def test_what_is_tried_later_holds_up_nobody_meanwhile(texting: Texting, carrier: Carrier) -> None:
    remind(texting, HANAKO)
    told(texting, "undelivered", 30003)

    assert texting.says(HANAKO, "ヘルプ") == ["campaign.reminder", "common.help"]
    assert len(carrier.accepted) == 2


def test_at_night_nothing_is_tried_again_and_after_three_tries_it_is_over(
    texting: Texting, carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    def at(country: tuple[Country, ...]) -> None:
        monkeypatch.setattr("bot.messaging.sending.facts.countries.shipped", lambda: country)

    def morning() -> None:
        at(DAY)
        with texting.runtime.engine.begin() as connection:
            waiting = update(outbound_messages).where(outbound_messages.c.status == "queued")
            connection.execute(waiting.values(not_before=seconds_from_now(-1)))
        texting.sends()

    at(NIGHT)
    remind(texting)
    for tries in range(4):
        assert len(carrier.accepted) == tries
        waiting = message_row(texting)
        assert (waiting.status, waiting.verdict) == ("queued", "later")
        assert waiting.not_before == NIGHT[0].opens(waiting.not_before - timedelta(seconds=1))
        morning()
        assert len(carrier.accepted) == tries + 1
        told(texting, "undelivered", 30003)
        at(NIGHT)
        when_due(texting)

    assert (rows(texting), len(carrier.accepted)) == ([("sent", "undelivered")], 4)
