"""An hour of a paced sender in simulated time: the worker's own claims and marks, hurried on."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, text

from bench import queue
from bot.messaging.sending import claim, pace
from bot.messaging.sending.attempts import Claimed, Result
from bot.messaging.sending.claim import Claim
from bot.messaging.sending.marks import mark
from bot.runtime import Runtime

# So many have something to send; and so late a worker looks that waits for its pace, which is the
# latest at which the burst still makes up for it.
PEOPLE = 500
LATE_S = 0.17
_NOW = text("SELECT clock_timestamp()")
_LET_PASS = text("UPDATE sender_paces SET free_at = free_at - make_interval(secs => :seconds)")


@dataclass
class Sent:
    """What left, with the simulated second in which it did."""

    messages: list[tuple[float, Claimed]] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """When the last one left."""
        return self.messages[-1][0]

    @property
    def once(self) -> bool:
        """Whether each left once."""
        return len({message.id for _, message in self.messages}) == len(self.messages)

    @property
    def in_order(self) -> bool:
        """Whether everybody's left in the order in which they were queued."""
        each: dict[str, list[int]] = defaultdict(list)
        for _, message in self.messages:
            each[message.recipient].append(message.id)
        return all(ids == sorted(ids) for ids in each.values())

    def most_within(self, seconds: float) -> int:
        """The most that left within any stretch of time."""
        times, first, most = [at for at, _ in self.messages], 0, 0
        for last, at in enumerate(times):
            while times[first] <= at - seconds:
                first += 1
            most = max(most, last - first + 1)
        return most


class Hurried:
    """A clock for the senders' buckets: it moves by what it is told, however long that took."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._looked_at: datetime | None = None

    def let_pass(self, connection: Connection, seconds: float) -> None:
        """So many seconds since it was last asked."""
        now = connection.execute(_NOW).scalar_one()
        really = (now - (self._looked_at or now)).total_seconds()
        connection.execute(_LET_PASS, {"seconds": seconds - really})
        self.seconds += seconds
        self._looked_at = now


def run(runtime: Runtime, messages: int) -> Sent:
    """Queue so many messages for 500 people, and let them leave at the pace of the settings."""
    queue.fill(runtime, min(PEOPLE, messages), -(-messages // PEOPLE))
    sent, clock, wait = Sent(), Hurried(), 0.0
    landed: list[Claimed] = []
    while len(sent.messages) < messages:
        with runtime.engine.begin() as connection:
            found = _look(connection, runtime, clock, landed, wait)
        sent.messages += [(clock.seconds, message) for message in found.messages]
        landed, wait = list(found.messages), (found.wait or 0.0) + LATE_S
    return sent


def _look(
    connection: Connection,
    runtime: Runtime,
    clock: Hurried,
    landed: list[Claimed],
    passed: float,
) -> Claim:
    """So many seconds later: mark what landed and claim what may leave, in one transaction."""
    clock.let_pass(connection, passed)
    if landed:
        mark(connection, [Result(one, "sent", "twilio", f"SM{one.id}") for one in landed])
    return claim.claim(connection, 128, pace=pace.of(runtime.settings))
