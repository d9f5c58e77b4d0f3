"""How fast a sender may send: a bucket of tokens, which the database keeps for all workers.

The bucket is one moment, `free_at`: when all that was sent so far is worked off at the sender's
rate (the generic cell rate algorithm, ITU-T I.371). A sender may be ahead of it by `burst`.
"""

import math
import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, bindparam, select, update

from bot.messaging.sending.lanes import Lane
from bot.settings import Settings
from bot.store.columns import seconds_from_now
from bot.store.session import insert
from bot.store.tables import sender_paces

# A worker looks for what it may send some ten times a second; two make up for a look that is late.
BURST_OF_A_SECOND = 0.1
SMALLEST_BURST = 2
# The longest message, and so the furthest that one may be ahead.
MOST_SEGMENTS = 10
# A new bucket is one of a sender that has rested.
FULL_AFTER_S = 60

_pace = sender_paces.c
_LOCK = (
    select(_pace.sender_id, _pace.free_at)
    .where(_pace.sender_id.in_(bindparam("senders", expanding=True)))
    .with_for_update(skip_locked=True)
)
_KEEP = (
    update(sender_paces)
    .where(_pace.sender_id == bindparam("of"))
    .values(free_at=bindparam("moment"))
)


@dataclass(frozen=True)
class Pace:
    """So many units a second and sender; a unit is a message, or with `by_segment` a segment.

    In any stretch of T seconds at most `rate * T + burst` units begin to leave; where segments are
    counted, what a message has beyond the last free one comes on top, and is waited for after it.
    """

    rate: float
    by_segment: bool = False

    @property
    def burst(self) -> int:
        """How many units may leave at once after a rest."""
        return max(SMALLEST_BURST, math.ceil(self.rate * BURST_OF_A_SECOND))

    def cost(self, segments: int) -> int:
        """The units of one message."""
        return max(segments, 1) if self.by_segment else 1

    def room(self, free_at: datetime, now: datetime) -> float:
        """How many units may leave now; below one, none may."""
        return self.burst - self._ahead(free_at, now) * self.rate

    def wait(self, free_at: datetime, now: datetime) -> float:
        """Seconds until one unit may leave."""
        return max(0.0, self._ahead(free_at, now) - (self.burst - 1) / self.rate)

    def after(self, free_at: datetime, now: datetime, units: int) -> datetime:
        """The bucket after so many units more."""
        return now + timedelta(seconds=self._ahead(free_at, now) + units / self.rate)

    def _ahead(self, free_at: datetime, now: datetime) -> float:
        """By how many seconds a sender is ahead of its rate.

        No more than can be: a clock of the database that was set back must not silence anybody.
        """
        most = (self.burst + MOST_SEGMENTS) / self.rate
        return min(max(0.0, (free_at - now).total_seconds()), most)


def of(settings: Settings) -> Pace | None:
    """The pace that the settings ask for; None where nothing bounds it."""
    if not settings.HENJI_SENDER_MPS:
        return None
    return Pace(settings.HENJI_SENDER_MPS, settings.HENJI_SENDER_MPS_COUNTS == "segments")


class Allowance:
    """What each sender may still send in one claim; its buckets are held until it is committed.

    A sender whose bucket another worker holds may send nothing: that one is sending for it.
    """

    def __init__(self, connection: Connection, pace: Pace | None, lanes: Sequence[Lane]) -> None:
        self._pace = pace
        self._now = lanes[0].now if lanes else datetime.now(UTC)
        self._free_at: dict[int, datetime] = {}
        self._charged: set[int] = set()
        if pace is not None and lanes:
            new = {lane.sender_id for lane in lanes if lane.free_at is None}
            self._free_at = _lock(connection, {lane.sender_id for lane in lanes}, new)

    def messages(self, lane: Lane) -> int:
        """How many messages of a lane may leave."""
        if self._pace is None:
            return sys.maxsize
        free_at = self._free_at.get(lane.sender_id)
        return 0 if free_at is None else max(0, math.floor(self._pace.room(free_at, self._now)))

    def charge(self, lane: Lane, segments: Sequence[int]) -> None:
        """Messages of so many segments each are taken from a lane."""
        if self._pace is not None and segments:
            units = sum(self._pace.cost(number) for number in segments)
            free_at = self._free_at[lane.sender_id]
            self._free_at[lane.sender_id] = self._pace.after(free_at, self._now, units)
            self._charged.add(lane.sender_id)

    def wait(self, lane: Lane) -> float | None:
        """In how many seconds one more may leave; None where another worker knows."""
        free_at = self._free_at.get(lane.sender_id)
        if self._pace is None or free_at is None:
            return None
        return self._pace.wait(free_at, self._now)

    def keep(self, connection: Connection) -> None:
        """Write down the buckets of those who send."""
        for sender_id in sorted(self._charged):
            connection.execute(_KEEP, {"of": sender_id, "moment": self._free_at[sender_id]})


def _lock(
    connection: Connection, sender_ids: Collection[int], new: Collection[int]
) -> dict[int, datetime]:
    if new:
        rows = [
            {"sender_id": one, "free_at": seconds_from_now(-FULL_AFTER_S)} for one in sorted(new)
        ]
        connection.execute(insert(connection, sender_paces).values(rows).on_conflict_do_nothing())
    found = connection.execute(_LOCK, {"senders": sorted(sender_ids)})
    return {row.sender_id: row.free_at for row in found}
