"""Send what is due: claim, let fly, write down what came of it, and so on until nothing is left."""

import math
import threading
import time
from functools import partial

import structlog
from sqlalchemy import Connection

from bot.messaging.consent import stops
from bot.messaging.reports import failures, unmatched
from bot.messaging.sending import breakers, claim, pace, parts, troubles
from bot.messaging.sending.attempts import LEASE_S, Result
from bot.messaging.sending.claim import Claim
from bot.messaging.sending.facts import Ours
from bot.messaging.sending.flight import Flight
from bot.messaging.sending.marks import mark
from bot.runtime import Runtime
from bot.store.session import AWAY, transact

# What finishes or falls due within this time shares one transaction. Longer costs less work and
# launches more at once, for which all that is on the wire waits (docs/performance.md).
GATHER_S = 0.002
LOOK_AGAIN_S = 0.02
# Where a sender's pace is what messages wait for, there is less to see.
LOOK_AGAIN_PACED_S = 0.1
DATABASE_RETRY_S = 0.2

log = structlog.get_logger(__name__)


def send_due(runtime: Runtime, stopping: threading.Event, until: float = math.inf) -> float | None:
    """Claim and send until nothing is due; what is in flight when a stop is asked is finished.

    `until` (monotonic seconds) is such a stop, too. Returns in how many seconds there may be more
    to send, if that is known. Raises SQLAlchemyError where the database stays away.
    """
    sending = _Sending(runtime)
    while True:
        over = stopping.is_set() or time.monotonic() > until
        claimed = sending.mark_and_claim(0 if over else sending.flight.room)
        if sending.idle and (over or not claimed.paced):
            return claimed.wait
        if sending.idle:
            stopping.wait(min(claimed.wait or 0.0, LOOK_AGAIN_PACED_S))
        else:
            sending.gather(LOOK_AGAIN_PACED_S if claimed.paced else LOOK_AGAIN_S)


class _Sending:
    """What one call of `send_due` has in flight, and what landed and is not yet written down."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        at_once = runtime.settings.HENJI_IN_FLIGHT
        self.flight = Flight(runtime.provider, runtime.wire, at_once)
        self._landed: list[Result] = []
        self._away_until: float | None = None

    @property
    def idle(self) -> bool:
        """Whether nothing is in flight, and all that was is written down."""
        return not self.flight.under_way and not self._landed

    def gather(self, seconds: float) -> None:
        """Wait so long for something to land, and take what lands together with it."""
        time.sleep(GATHER_S)
        self._landed += self.flight.landed(seconds)

    def mark_and_claim(self, room: int) -> Claim:
        """Write down what came of attempts and take up to `room` messages, in one transaction.

        While the database is away, what landed is kept until its leases have run out.
        """
        if not self._landed and not room:
            return Claim()
        try:
            claimed = self._transact(room)
        except AWAY as error:
            self._wait_for_database(error)
            return Claim()
        self._landed, self._away_until = [], None
        self.flight.launch(claimed.messages)
        return claimed

    def _transact(self, room: int) -> Claim:
        try:
            return transact(self._runtime.engine, lambda connection: self._work(connection, room))
        except AWAY:
            raise
        except Exception as error:
            if not self._landed:
                raise
            log.warning("marks.apart", results=len(self._landed), error=type(error).__name__)
        while self._landed:
            self._mark_alone(self._landed[-1])
            self._landed.pop()
        return Claim()

    def _mark_alone(self, result: Result) -> None:
        """Write down one result with all that follows from it; where that fails, the bare mark.

        Where that fails, too, the message is looked up when its lease has run out.
        """
        for write in (_write_down, _mark):
            alone = partial(write, runtime=self._runtime, results=[result])
            try:
                transact(self._runtime.engine, alone)
            except AWAY:
                raise
            except Exception as error:
                log.error("mark.failed", message=result.message.id, exc_info=error)
            else:
                return

    def _work(self, connection: Connection, room: int) -> Claim:
        if self._landed:
            _write_down(connection, self._runtime, self._landed)
        settings = self._runtime.settings
        if not room:
            return Claim()
        through = self._runtime.provider.name
        return claim.claim(connection, room, Ours.of(settings), pace.of(settings), through)

    def _wait_for_database(self, error: Exception) -> None:
        if self.idle or (self._away_until and time.monotonic() > self._away_until):
            raise error
        if self._away_until is None:
            log.warning("database.unreachable", error=type(error).__name__)
            self._away_until = time.monotonic() + LEASE_S
        time.sleep(DATABASE_RETRY_S)


def _mark(connection: Connection, runtime: Runtime, results: list[Result]) -> None:
    mark(connection, results)


def _write_down(connection: Connection, runtime: Runtime, results: list[Result]) -> None:
    mark(connection, results)
    breakers.note(connection, results)
    sent = [result.message for result in results if result.status == "sent"]
    if long := [message.id for message in sent if message.segments > 1]:
        parts.hold_back(connection, long)
    unmatched.match_sent(
        connection, runtime, [one.provider_sid for one in results if one.provider_sid]
    )
    for result in results:
        if result.status == "failed":
            failures.look(connection, result.message.id)
        if result.opted_out:
            stops.by_carrier(connection, runtime, result.message.id, result.error_code)
        if result.alert:
            troubles.tell(connection, result)
