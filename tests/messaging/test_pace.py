"""The pace of a sender: never faster than allowed in any stretch of time, and hardly slower."""

import threading
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from bot.messaging import outbox
from bot.messaging.answering.render import Rendered
from bot.messaging.grounds import MessageClass
from bot.messaging.sending import claim
from bot.messaging.sending.attempts import Claimed
from bot.messaging.sending.pace import Pace
from bot.messaging.sending.priority import Priority
from bot.messaging.sending.send import send_due
from bot.store.columns import seconds_from_now
from bot.store.session import transact
from bot.store.tables import conversations, outbound_messages, sender_paces, senders
from bot.text.language import Language
from tests.messaging.campaign import people
from tests.people import Texting

NOW = datetime(2026, 11, 25, tzinfo=UTC)
NUMBERS = [f"+8190000{number:05}" for number in range(300)]
OTHER = "+815000000002"

# So slow that a test is over before one more may leave.
SLOW = Pace(0.001)
TEXT = Rendered("common.help", Language.JA, "r", "x", "GSM-7", 1)

rates = st.floats(0.1, 500)


class Sender:
    """A sender in simulated time, which takes all that it may whenever it looks."""

    def __init__(self, pace: Pace) -> None:
        self.pace = pace
        self.now = NOW
        self.free_at = NOW
        self.sent: list[tuple[float, int]] = []

    def looks(self, after: float, segments: Iterable[int]) -> int:
        """Let seconds pass, take what may leave, and return how many that were."""
        self.now += timedelta(seconds=after)
        taken = 0
        for number in segments:
            if self.pace.room(self.free_at, self.now) < 1:
                break
            cost = self.pace.cost(number)
            self.free_at = self.pace.after(self.free_at, self.now, cost)
            self.sent.append(((self.now - NOW).total_seconds(), cost))
            taken += 1
        return taken


@given(rates, st.booleans(), st.lists(st.tuples(st.floats(0, 3), st.lists(st.integers(1, 10)))))
def test_no_stretch_of_time_sees_more_than_the_rate_and_a_burst(
    rate: float, by_segment: bool, looks: list[tuple[float, list[int]]]
) -> None:
    sender = Sender(Pace(rate, by_segment))
    for after, segments in looks:
        sender.looks(after, segments)

    beyond_the_last_free_one = 9 if by_segment else 0
    for first, (start, _) in enumerate(sender.sent):
        units = 0
        for at, cost in sender.sent[first:]:
            units += cost
            most = rate * (at - start) + sender.pace.burst + beyond_the_last_free_one
            assert units <= most + 1e-6 * rate + 1e-6


@settings(max_examples=30)
@given(st.floats(1, 200), st.floats(0.01, 0.05))
def test_who_always_has_something_sends_at_the_full_rate(rate: float, every: float) -> None:
    sender = Sender(Pace(rate))
    seconds = 20
    for _ in range(int(seconds / every)):
        sender.looks(every, [1] * 20)

    assert len(sender.sent) >= 0.97 * rate * seconds - 1


def test_twenty_thousand_messages_leave_within_the_hour_at_six_a_second() -> None:
    sender = Sender(Pace(6))
    while len(sender.sent) < 20_000:
        sender.looks(0.11, [1] * 20)

    assert sender.sent[-1][0] < 3600
    assert max(Counter(int(at) for at, _ in sender.sent).values()) <= 6 + sender.pace.burst


@given(rates, st.floats(0, 0.999))
def test_the_wait_that_is_told_is_long_enough_and_no_longer(rate: float, part: float) -> None:
    pace = Pace(rate)
    free_at = NOW
    while pace.room(free_at, NOW) >= 1:
        free_at = pace.after(free_at, NOW, 1)
    wait = pace.wait(free_at, NOW)

    assert pace.room(free_at, NOW + timedelta(seconds=wait + 1e-5)) >= 1
    assert pace.room(free_at, NOW + timedelta(seconds=wait * part) - timedelta(milliseconds=1)) < 1


def test_a_clock_that_was_set_back_silences_nobody() -> None:
    pace = Pace(6)

    assert pace.wait(NOW + timedelta(hours=2), NOW) < 3


def fill(texting: Texting, numbers: list[str], message_class: MessageClass, each: int = 1) -> None:
    """Put messages of one class in the lines of people."""
    with texting.runtime.engine.begin() as connection:
        for one in people(connection, numbers):
            outbox.enqueue(connection, one, [TEXT] * each, message_class)


def take(texting: Texting, pace: Pace | None, limit: int = 100) -> list[Claimed]:
    return list(
        transact(texting.runtime.engine, lambda one: claim.claim(one, limit, pace=pace)).messages
    )


def rest(texting: Texting, seconds: float) -> None:
    """Let so many seconds pass for the paces of all senders."""
    with texting.runtime.engine.begin() as connection:
        rows = connection.execute(select(sender_paces)).all()
        for row in rows:
            connection.execute(
                update(sender_paces)
                .where(sender_paces.c.sender_id == row.sender_id)
                .values(free_at=row.free_at - timedelta(seconds=seconds))
            )


def test_a_claim_takes_what_the_pace_allows_and_tells_when_there_is_more(texting: Texting) -> None:
    fill(texting, NUMBERS[:10], MessageClass.REPLY)
    found = transact(texting.runtime.engine, lambda one: claim.claim(one, 100, pace=SLOW))

    assert len(found.messages) == SLOW.burst == 2
    assert found.paced
    assert found.wait is not None
    assert 0 < found.wait <= 1 / SLOW.rate
    assert take(texting, SLOW) == []
    rest(texting, 1 / SLOW.rate)
    assert len(take(texting, SLOW)) == 1


def test_many_workers_share_one_bucket(texting: Texting) -> None:
    fill(texting, NUMBERS[:60], MessageClass.REPLY)
    with ThreadPoolExecutor(6) as pool:
        taken = pool.map(lambda _: take(texting, SLOW), range(24))
        assert sum(len(one) for one in taken) == SLOW.burst


def test_segments_are_counted_where_that_is_set(texting: Texting) -> None:
    fill(texting, NUMBERS[:4], MessageClass.REPLY)
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(outbound_messages).values(segments=5))
    pace = Pace(1, by_segment=True)

    assert len(take(texting, pace, limit=1)) == 1
    rest(texting, 3.9)
    assert take(texting, pace) == []
    rest(texting, 0.2)
    assert len(take(texting, pace)) == 1


def test_replies_leave_before_receipts_before_reminders_before_bulk(texting: Texting) -> None:
    order = [Priority.BULK, Priority.REMINDER, Priority.RECEIPT, Priority.ANSWER]
    with texting.runtime.engine.begin() as connection:
        for priority, one in zip(order, people(connection, NUMBERS[:4]), strict=True):
            outbox.enqueue(connection, one, [TEXT], MessageClass.REPLY, priority=priority)

    assert [take(texting, None, limit=1)[0].id for _ in order] == [4, 3, 2, 1]


def test_a_long_bulk_queue_delays_no_reply(texting: Texting) -> None:
    with texting.runtime.engine.begin() as connection:
        ids = people(connection, NUMBERS)
        for one in ids:
            outbox.enqueue(connection, one, [TEXT], MessageClass.REPLY, priority=Priority.BULK)
        outbox.enqueue(connection, people(connection, [OTHER])[0], [TEXT], MessageClass.REPLY)

    assert take(texting, Pace(6), limit=1)[0].recipient == OTHER


def test_a_sender_that_waits_for_its_pace_holds_up_no_other(texting: Texting) -> None:
    fill(texting, NUMBERS[:50], MessageClass.REPLY)
    assert len(take(texting, SLOW)) == 2
    with texting.runtime.engine.begin() as connection:
        connection.execute(insert(senders).values(number=OTHER))
        connection.execute(
            update(conversations).where(conversations.c.id == 50).values(sender_id=2)
        )
        connection.execute(
            update(outbound_messages).where(outbound_messages.c.id == 50).values(sender_id=2)
        )

    assert [one.sender for one in take(texting, SLOW)] == [OTHER]


def test_a_person_with_a_hundred_messages_does_not_starve_the_others(texting: Texting) -> None:
    fill(texting, NUMBERS[:1], MessageClass.REPLY, each=100)
    with texting.runtime.engine.begin() as connection:
        for one in people(connection, NUMBERS[1:5]):
            outbox.enqueue(connection, one, [TEXT], MessageClass.REPLY)
        connection.execute(update(outbound_messages).values(not_before=seconds_from_now(-60)))
    pace, order = Pace(1), []
    for _ in range(6):
        for message in take(texting, pace, limit=1):
            order.append(message.recipient)
            with texting.runtime.engine.begin() as connection:
                sent = update(outbound_messages).where(outbound_messages.c.id == message.id)
                connection.execute(sent.values(status="sent"))
        rest(texting, 1)

    assert set(NUMBERS[1:5]) <= set(order)


def test_the_order_within_a_conversation_holds_at_any_pace(texting: Texting) -> None:
    fill(texting, NUMBERS[:3], MessageClass.REPLY, each=4)
    quick = texting.runtime.settings.model_copy(update={"HENJI_SENDER_MPS": 200.0})
    texting.runtime = replace(texting.runtime, settings=quick)
    send_due(texting.runtime, threading.Event())

    with texting.runtime.engine.begin() as connection:
        rows = connection.execute(select(outbound_messages).order_by(outbound_messages.c.id)).all()
    assert {row.status for row in rows} == {"sent"}
    for number in {row.conversation_id for row in rows}:
        times = [row.sent_at for row in rows if row.conversation_id == number]
        assert all(earlier <= later for earlier, later in pairwise(times))
