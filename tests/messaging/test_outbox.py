"""Sending: in order, once, and never blindly twice; failures first."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import select, update

from bot import errors
from bot.messaging import doorbell, outbox, sweep
from bot.messaging.answering.render import Rendered
from bot.messaging.grounds import MessageClass
from bot.messaging.reports.delivery import Report, record
from bot.messaging.sending import claim
from bot.messaging.sending.attempts import LEASE_S, START_WITHIN_S, Result
from bot.messaging.sending.marks import mark
from bot.messaging.sending.post import attempt
from bot.messaging.sending.send import send_due
from bot.providers import Outgoing, Post
from bot.store.columns import seconds_from_now
from bot.store.session import transact
from bot.store.tables import consent_events, conversations, outbound_messages
from bot.text.language import Language
from tests.carrier import Carrier
from tests.messaging.lines import HANAKO, TARO, let_pass, look_up, rows, statuses
from tests.people import Texting

# What is tried again is not due before the test lets time pass, however slow the machine is.
A_WHILE_S = 600.0
MORE_THAN_ONE_CLAIM = 200

FAILURES = [
    (errors.Throttled("slow down", 20429, A_WHILE_S), "queued", 1),
    (errors.Unreachable("no route", None, A_WHILE_S), "queued", 1),
    (errors.Misconfigured("wrong token", 20003), "queued", 1),
    (errors.BadNumber("no such number", 21211), "failed", 0),
    (errors.Refused("no", 21612), "failed", 0),
    (errors.OptedOut("unsubscribed", 21610), "failed", 0),
]


@pytest.mark.parametrize(("failure", "status", "sent_later"), FAILURES)
def test_a_refusal_is_tried_again_only_where_that_can_help(
    texting: Texting, carrier: Carrier, failure: errors.SendError, status: str, sent_later: int
) -> None:
    carrier.faults.append(failure)
    texting.says(HANAKO, "ヘルプ")
    assert statuses(texting) == [status]

    let_pass(texting)
    texting.sends()
    assert len(carrier.accepted) == sent_later


def test_a_refusal_as_unsubscribed_stops_the_conversation(
    texting: Texting, carrier: Carrier
) -> None:
    texting.hears(HANAKO, "ヘルプ")
    texting.hears(HANAKO, "相談")
    carrier.faults.append(errors.OptedOut("unsubscribed", 21610))
    texting.sends()

    assert statuses(texting) == ["failed", "canceled"]
    with texting.runtime.engine.begin() as connection:
        events = connection.execute(select(consent_events)).all()
        assert [(event.consent, event.method) for event in events] == [("stopped", "carrier")]
    assert texting.says(HANAKO, "残高") == []


def test_after_twelve_attempts_a_message_has_failed(texting: Texting, carrier: Carrier) -> None:
    carrier.faults.extend(errors.Misconfigured("401") for _ in range(20))
    texting.hears(HANAKO, "ヘルプ")
    for _ in range(12):
        let_pass(texting)
        texting.sends()

    assert statuses(texting) == ["failed"]
    assert len(carrier.faults) == 8


def test_being_too_fast_for_long_leaves_attempts_for_what_goes_wrong_later(
    texting: Texting, carrier: Carrier
) -> None:
    carrier.faults.extend(errors.Throttled("too fast", 429) for _ in range(20))
    carrier.faults.extend(errors.Misconfigured("401") for _ in range(3))
    texting.hears(HANAKO, "ヘルプ")
    for _ in range(24):
        assert statuses(texting) == ["queued"]
        let_pass(texting)
        texting.sends()

    assert statuses(texting) == ["sent"]


def test_an_open_message_holds_the_line_of_its_own_conversation_only(
    texting: Texting, carrier: Carrier
) -> None:
    carrier.faults.append(errors.Throttled("slow down", 20429, A_WHILE_S))
    texting.says(HANAKO, "ヘルプ")
    texting.says(HANAKO, "相談")
    texting.says(TARO, "ヘルプ")

    assert [message.recipient for message in carrier.accepted] == [TARO]
    let_pass(texting)
    texting.sends()
    assert [message.recipient for message in carrier.accepted] == [TARO, HANAKO, HANAKO]
    assert "相談" in carrier.bodies(HANAKO)[0]


def test_a_lost_answer_is_found_in_the_providers_list_and_not_sent_twice(
    texting: Texting, carrier: Carrier
) -> None:
    carrier.answers_lost.append(errors.Uncertain("connection reset"))
    texting.says(HANAKO, "ヘルプ")
    assert statuses(texting) == ["unknown"]

    look_up(texting)
    assert statuses(texting) == ["sent"]
    assert len(carrier.accepted) == 1


def test_a_lost_answer_is_settled_by_a_callback(texting: Texting, carrier: Carrier) -> None:
    carrier.answers_lost.append(errors.Uncertain("read time-out"))
    texting.says(HANAKO, "ヘルプ")
    record(texting.runtime, Report(1, "twilio", "SMlate", "delivered", None))

    assert rows(texting) == [("sent", "delivered")]


def test_a_reply_that_is_surely_absent_is_sent_again(texting: Texting, carrier: Carrier) -> None:
    carrier.faults.append(errors.Uncertain("500"))
    texting.says(HANAKO, "ヘルプ")

    look_up(texting)
    assert statuses(texting) == ["unknown"]
    look_up(texting)
    let_pass(texting)
    assert statuses(texting) == ["queued"]
    texting.sends()
    assert len(carrier.accepted) == 1


def test_a_notice_about_money_that_may_have_been_sent_is_left_to_a_person(
    texting: Texting, carrier: Carrier
) -> None:
    texting.says(HANAKO, "ヘルプ")
    carrier.faults.append(errors.Uncertain("500"))
    notice = Rendered("payment.receipt", Language.JA, "r", "領収", "UCS-2", 1)
    with texting.runtime.engine.begin() as connection:
        outbox.enqueue(connection, 1, [notice], MessageClass.NOTICE)
    texting.sends()
    look_up(texting, times=3)

    assert statuses(texting) == ["sent", "parked"]


def test_two_equal_texts_are_matched_one_to_one(texting: Texting, carrier: Carrier) -> None:
    texting.says(HANAKO, "ヘルプ")
    carrier.faults.append(errors.Uncertain("500"))
    texting.says(HANAKO, "ヘルプ")
    look_up(texting, times=2)

    assert statuses(texting) == ["sent", "queued"]


def test_a_message_whose_sender_died_before_the_post_is_sent_after_its_lease(
    texting: Texting, carrier: Carrier
) -> None:
    texting.hears(HANAKO, "ヘルプ")
    transact(texting.runtime.engine, lambda connection: claim.claim(connection, 10))
    texting.sends()
    assert carrier.accepted == []

    look_up(texting, times=2)
    let_pass(texting)
    texting.sends()
    assert statuses(texting) == ["sent"]
    assert len(carrier.accepted) == 1


def test_a_sender_that_wakes_up_late_cannot_overwrite_what_happened_since(
    texting: Texting, carrier: Carrier
) -> None:
    texting.hears(HANAKO, "ヘルプ")
    frozen = transact(
        texting.runtime.engine, lambda connection: claim.claim(connection, 1)
    ).messages[0]
    look_up(texting, times=2)
    let_pass(texting)
    texting.sends()
    late = Result(frozen, "failed", "twilio", reason="too late")
    transact(texting.runtime.engine, lambda connection: mark(connection, [late]))

    assert statuses(texting) == ["sent"]


def test_a_sender_that_was_frozen_since_its_claim_does_not_send(
    texting: Texting, carrier: Carrier
) -> None:
    texting.hears(HANAKO, "ヘルプ")
    claimed = transact(
        texting.runtime.engine, lambda connection: claim.claim(connection, 1)
    ).messages[0]
    frozen_for = START_WITHIN_S + 0.1
    frozen = replace(claimed, leased_until=time.monotonic() + LEASE_S - frozen_for)
    result = asyncio.run(attempt(carrier, texting.runtime.wire.post, frozen))
    transact(texting.runtime.engine, lambda connection: mark(connection, [result]))

    assert carrier.accepted == []
    assert statuses(texting) == ["queued"]


def test_many_workers_claim_each_message_once(texting: Texting, carrier: Carrier) -> None:
    for number in range(40):
        texting.hears(f"+8190000001{number:02}", "ヘルプ")
    stopping = threading.Event()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: send_due(texting.runtime, stopping), range(4)))

    assert len(carrier.accepted) == 40
    assert set(statuses(texting)) == {"sent"}


def test_a_stop_between_queueing_and_sending_wins(texting: Texting, carrier: Carrier) -> None:
    texting.hears(HANAKO, "ヘルプ")
    texting.hears(HANAKO, "相談")
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(conversations).values(consent="stopped"))
    texting.sends()

    assert statuses(texting) == ["sent", "canceled"]
    assert carrier.accepted[0].body.startswith("【例示商会】残高のご確認は")


def test_what_is_too_old_to_be_of_use_is_not_sent(texting: Texting, carrier: Carrier) -> None:
    texting.hears(HANAKO, "ヘルプ")
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(outbound_messages).values(expires_at=seconds_from_now(-1)))
    texting.sends()

    assert statuses(texting) == ["canceled"]
    assert carrier.accepted == []


def test_what_is_too_old_does_not_hide_what_is_not(texting: Texting, carrier: Carrier) -> None:
    for number in range(MORE_THAN_ONE_CLAIM):
        texting.hears(f"+81900003{number:04}", "ヘルプ")
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(outbound_messages).values(expires_at=seconds_from_now(-1)))
    texting.hears(TARO, "ヘルプ")
    texting.sends()

    assert [message.recipient for message in carrier.accepted] == [TARO]


def test_a_bug_in_the_providers_code_leaves_the_message_uncertain(texting: Texting) -> None:
    class Buggy(Carrier):
        async def send(self, message: Outgoing, post: Post) -> str:
            raise ZeroDivisionError

    buggy = replace(texting.runtime, provider=Buggy())
    texting.hears(HANAKO, "ヘルプ")
    send_due(buggy, threading.Event())

    assert statuses(texting) == ["unknown"]


def queue_of(texting: Texting) -> Queue:
    return Queue(doorbell.QUEUE, connection=texting.runtime.redis, serializer=JSONSerializer)


def test_many_texts_ring_for_one_job(texting: Texting) -> None:
    for number in range(10):
        texting.hears(f"+8190000002{number:02}", "ヘルプ")

    assert queue_of(texting).count == 1


def test_the_doorbell_carries_no_personal_data(texting: Texting) -> None:
    texting.hears(HANAKO, "ヘルプ")
    job = queue_of(texting).jobs[0]

    assert (job.func_name, list(job.args), job.kwargs) == (doorbell.DRAIN_JOB, [], {})


def test_a_drain_ends_when_nothing_comes_and_leaves_the_door_open(
    texting: Texting, carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doorbell, "LISTEN_FOR_S", 0.05)
    texting.hears(HANAKO, "ヘルプ")
    doorbell.drain(texting.runtime, threading.Event())

    assert len(carrier.accepted) == 1
    assert not texting.runtime.redis.exists(doorbell.DRAINING)


def test_a_drain_that_is_told_to_stop_passes_on_what_is_left(texting: Texting) -> None:
    stopping = threading.Event()
    stopping.set()
    texting.hears(HANAKO, "ヘルプ")
    queue_of(texting).empty()
    doorbell.drain(texting.runtime, stopping)

    assert statuses(texting) == ["queued"]
    assert queue_of(texting).count == 1


def test_a_lost_doorbell_is_rung_again_by_the_sweep(texting: Texting) -> None:
    texting.hears(HANAKO, "ヘルプ")
    texting.runtime.redis.flushdb()
    sweep.sweep(texting.runtime, threading.Event())

    assert queue_of(texting).count == 1


def test_without_redis_texts_are_taken_and_the_sweep_sends_by_itself(
    texting: Texting, carrier: Carrier
) -> None:
    nowhere = Redis.from_url("redis://127.0.0.1:1", socket_connect_timeout=0.2)
    texting.runtime = replace(texting.runtime, redis=nowhere)
    assert doorbell.ring(texting.runtime) is False
    texting.hears(HANAKO, "ヘルプ")
    sweep.sweep(texting.runtime, threading.Event())

    assert statuses(texting) == ["sent"]
    assert len(carrier.accepted) == 1
    nowhere.close()


CLIMBS = [
    (["queued", "sent", "delivered"], "delivered"),
    (["delivered", "sent", "queued"], "delivered"),
    (["sent", "sent"], "sent"),
    (["undelivered", "sent"], "undelivered"),
    (["sent", "something new"], "sent"),
    (["delivered", "read"], "read"),
]


@pytest.mark.parametrize(("reported", "shown"), CLIMBS)
def test_the_delivery_status_only_climbs(texting: Texting, reported: list[str], shown: str) -> None:
    texting.says(HANAKO, "ヘルプ")
    for status in reported:
        record(texting.runtime, Report(1, "twilio", "SM1", status, None))

    assert rows(texting) == [("sent", shown)]


def test_an_error_code_is_never_wiped(texting: Texting) -> None:
    texting.says(HANAKO, "ヘルプ")
    record(texting.runtime, Report(1, "twilio", "SM1", "undelivered", 30003))
    record(texting.runtime, Report(1, "twilio", "SM1", "delivered", None))

    with texting.runtime.engine.begin() as connection:
        row = connection.execute(select(outbound_messages)).one()
    assert (row.delivery_status, row.error_code) == ("delivered", 30003)


def test_a_callback_that_reports_a_stop_stops(texting: Texting) -> None:
    texting.says(HANAKO, "ヘルプ")
    record(texting.runtime, Report(1, "twilio", "SM1", "failed", 21610))

    assert texting.says(HANAKO, "残高") == []


def test_a_callback_for_no_message_of_ours_is_kept(texting: Texting) -> None:
    record(texting.runtime, Report(999, "twilio", "SMwho", "delivered", None))
    record(texting.runtime, Report(None, "twilio", "SMwho", "delivered", None))

    assert rows(texting) == []
