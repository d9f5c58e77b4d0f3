"""The outbox as a state machine: whatever happens in whatever order, nothing is lost or doubled.

Hypothesis queues messages, lets workers claim, send, die and wake up late, lets a carrier take,
refuse, take late, or take and keep silent, lets reports, stops and time come in between, and then
looks at what the carrier got and at what the tables say of it. On SQLite, where each example has
its database in a millisecond; what several workers do at the same instant other tests tell.
"""

import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Row, select

from bot.messaging import outbox
from bot.messaging.answering.render import Rendered
from bot.messaging.grounds import MessageClass
from bot.messaging.reports.delivery import Report, record
from bot.messaging.sending import claim, landing
from bot.messaging.sending.attempts import LEASE_S, START_WITHIN_S
from bot.messaging.sending.outcome import MOST_ATTEMPTS
from bot.messaging.sending.undecided import TOO_OLD
from bot.runtime import Runtime
from bot.store.session import transact
from bot.store.tables import (
    outbound_messages,
    outbox_acts,
)
from bot.text.language import Language
from tests.messaging.world import (
    CLASSES,
    FATES,
    PAIRS,
    SLOWEST_S,
    TEXTS,
    TICK_S,
    TOLD,
    InHand,
    World,
)

EXAMPLES, STEPS = 60, 40


class Outbox(World):
    """What happens to an outbox, and what holds of it all the time."""

    # What may happen.

    @rule(
        pair=st.integers(1, 3),
        kind=st.sampled_from(CLASSES),
        words=st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3),
    )
    def queue(self, pair: int, kind: MessageClass, words: list[tuple[str, int]]) -> None:
        """Messages are put into a line."""
        if kind is MessageClass.CONFIRMATION and PAIRS[pair - 1][1] in self.stopped:
            kind = MessageClass.REPLY  # nothing but its own is confirmed after a stop
        said = [
            Rendered("common.help", Language.JA, "r", body, "UCS-2", parts) for body, parts in words
        ]
        with self.runtime.engine.begin() as connection:
            outbox.enqueue(connection, pair, said, kind)

    @rule(limit=st.sampled_from([1, 10]))
    def claim(self, limit: int) -> None:
        """A worker takes what may leave."""
        taken = transact(self.runtime.engine, lambda one: claim.claim(one, limit)).messages
        self.hands += [InHand(claimed) for claimed in taken]

    @rule(data=st.data())
    def drain(self, data: st.DataObject) -> None:
        """A worker takes all that may leave, sends it, and writes down what came of it."""
        before = len(self.hands)
        self.claim(10)
        taken = self.hands[before:]
        for hand in taken:
            self.send(hand, data.draw(st.sampled_from(sorted(FATES))), takes=SLOWEST_S)
        self.write_down(taken)

    @rule(sent=st.none() | st.sampled_from(sorted(FATES)), others=st.booleans())
    def oversleep(self, sent: str | None, others: bool) -> None:
        """A worker is frozen before or after it sends, for longer than its lease and the look-ups
        after it, and wakes up while others are at work on the same."""
        before = len(self.hands)
        self.claim(1)
        frozen = self.hands[before:]
        for hand in frozen if sent else []:
            self.send(hand, sent or "", takes=1)
        self.time_passes(LEASE_S + 3 * TICK_S)
        if others:
            self.claim(10)
        for hand in frozen:
            if hand.result is None:
                self.send(hand, "taken")
        self.write_down(frozen)

    @precondition(lambda self: self.not_sent)
    @rule(data=st.data(), fate=st.sampled_from(sorted(FATES)), takes=st.integers(1, SLOWEST_S))
    def post(self, data: st.DataObject, fate: str, takes: int) -> None:
        """A worker sends what it has claimed, perhaps after it was frozen for a while."""
        self.send(data.draw(st.sampled_from(self.not_sent)), fate, takes)

    @precondition(lambda self: self.landed)
    @rule(data=st.data())
    def mark(self, data: st.DataObject) -> None:
        """A worker writes down what came of some attempts."""
        some = data.draw(st.lists(st.sampled_from(self.landed), min_size=1, unique_by=id))
        self.write_down(some)

    @precondition(lambda self: len(self.hands) > 2)
    @rule(data=st.data())
    def crash(self, data: st.DataObject) -> None:
        """A worker dies with what it has in hand, before or after it was sent."""
        self.hands.remove(data.draw(st.sampled_from(self.hands)))

    @precondition(lambda self: self.carrier.accepted)
    @rule(data=st.data(), status=st.sampled_from(TOLD), named=st.booleans())
    def report(self, data: st.DataObject, status: str, named: bool) -> None:
        """The carrier tells of a message, early, late, or again."""
        number = data.draw(st.integers(1, len(self.carrier.accepted)))
        ours = self.carrier.accepted[number - 1].id if named else None
        record(self.runtime, Report(ours, "twilio", f"SM{number:032x}", status, None))

    @rule(seconds=st.sampled_from([0.6, 2, 6, 24]))
    def time_passes(self, seconds: float) -> None:
        """For the tables, the carrier and the workers alike; the clock makes its rounds."""
        while seconds > 0:
            self.tick(min(seconds, TICK_S))
            seconds -= TICK_S

    @precondition(lambda self: len(self.carrier.accepted) % 5 == 4)
    @rule(pair=st.sampled_from(PAIRS))
    def stop(self, pair: tuple[str, str]) -> None:
        """A person stops us; what is on the wire lands first, as the stop waits for it."""
        ours, theirs = pair
        for hand in [one for one in self.hands if one.claimed.recipient == theirs]:
            if hand.result is None and hand.age <= START_WITHIN_S:
                self.send(hand, "taken")
                self.write_down([hand])
        self.what_the_carrier_got_is_right()
        self.too_late |= {one.message.id for one in self.wire}
        self.says(ours, theirs, "配信停止")
        self.stopped.add(theirs)
        self.ever_stopped.add(theirs)

    @precondition(lambda self: self.stopped)
    @rule(pair=st.sampled_from(PAIRS))
    def start(self, pair: tuple[str, str]) -> None:
        """A person starts us again."""
        ours, theirs = pair
        if theirs in self.stopped:
            self.stopped.discard(theirs)
            self.says(ours, theirs, "START")

    # What must hold at any time.

    @invariant()
    def one_at_a_time(self) -> None:
        """No conversation has two messages on their way."""
        sending = [row.conversation_id for row in self.rows() if row.status == "sending"]
        assert len(sending) == len(set(sending))

    @invariant()
    def what_the_carrier_got_is_right(self) -> None:
        """Each message once, in the order of its line, from its sender to its person."""
        fresh, self.seen = self.carrier.accepted[self.seen :], len(self.carrier.accepted)
        for message in fresh:
            pair = message.sender, message.recipient
            assert message.id > self.last.get(pair, 0), "doubled, or out of order"
            self.last[pair] = message.id
            row = next(row for row in self.rows() if row.id == message.id)
            assert pair == PAIRS[row.conversation_id - 1]
            if message.recipient in self.stopped and message.id not in self.too_late:
                assert row.script_key == "consent.stopped"

    @invariant()
    def only_what_may_not_leave_twice_is_parked(self) -> None:
        """An answer is sent again instead, unless its words went to the same person twice."""
        parked = [row for row in self.rows() if row.status == "parked"]
        others = [row for row in parked if row.message_class != MessageClass.NOTICE]
        assert all(self.has_an_equal(row) for row in others)
        with self.runtime.engine.begin() as connection:
            again = select(outbound_messages.c.message_class).join(outbox_acts)
            assert MessageClass.NOTICE not in connection.execute(again).scalars().all()

    def nothing_is_lost(self) -> None:
        """In the end every message was taken by the carrier, or there is a reason why not."""
        taken = {message.id for message in self.carrier.accepted}
        owned = [row.provider_sid for row in self.rows() if row.provider_sid]
        assert len(owned) == len(set(owned))
        for row in self.rows():
            match row.status:
                case "sent":
                    assert row.id in taken
                case "failed":
                    assert row.id in self.refused or row.attempts >= MOST_ATTEMPTS
                    assert row.id not in taken
                case "canceled":
                    assert "stopped" in row.reason or self.outdated(row)
                case "parked":
                    assert row.id not in taken or self.has_an_equal(row)
                case _:
                    raise AssertionError(f"message {row.id} is {row.status} for ever")

    def has_an_equal(self, row: Row[Any]) -> bool:
        """Whether another message to the person has the same words and is not known to have left:
        which of the two the provider's list shows can then not be told."""
        person = PAIRS[row.conversation_id - 1][1]
        return any(
            PAIRS[other.conversation_id - 1][1] == person and other.body == row.body
            for other in self.rows()
            if other.id != row.id and other.attempts > 0 and other.provider_sid is None
        )

    def outdated(self, row: Row[Any]) -> bool:
        """Whether a stop came while it was on its way, or perhaps had left."""
        return row.reason == TOO_OLD and PAIRS[row.conversation_id - 1][1] in self.ever_stopped

    def teardown(self) -> None:
        """Let everything end well, and see that nothing was lost."""
        try:
            self.end_well()
            self.nothing_is_lost()
        finally:
            self.runtime.engine.dispose()

    def end_well(self) -> None:
        """No more faults: leases run out, look-ups find or miss, and the lines become empty."""
        self.hands = self.landed
        for _ in range(200):
            if all(row.status not in {"queued", "sending", "unknown"} for row in self.rows()):
                break
            self.time_passes(LEASE_S + 2)
            self.claim(10)
            for hand in self.not_sent:
                self.send(hand, "taken")
            self.write_down(self.landed)
            self.one_at_a_time()
            self.what_the_carrier_got_is_right()


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Of the runtime that the examples take everything else from."""
    return f"sqlite:///{shutil.copyfile(sqlite_template, tmp_path / 'base.sqlite')}"


def test_nothing_is_lost_doubled_misordered_or_sent_after_a_stop(
    runtime: Runtime, sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What a stop waits for has landed by then.
    monkeypatch.setattr(landing, "LAND_WITHIN_S", 0)

    class OutboxHere(Outbox):
        base, template, folder = runtime, sqlite_template, tmp_path

    run_state_machine_as_test(
        OutboxHere,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            # What fails is told as it was found: to shrink it takes minutes.
            phases=(Phase.reuse, Phase.generate),
            suppress_health_check=list(HealthCheck),
        ),
    )
