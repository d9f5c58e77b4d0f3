"""A stop lets what is on its way to the provider land: once it is answered, nothing leaves."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Select, select, update

from bot.errors import Crowded
from bot.messaging.sending.attempts import START_WITHIN_S
from bot.providers.wire import CONNECT_S
from bot.store import session
from bot.store.columns import seconds_from_now
from bot.store.session import AWAY, after_commit
from bot.store.tables import outbound_messages

Result = TypeVar("Result")

# A request may begin so long after its claim, and then connect for so long; shorter than anybody
# waits for a lock.
LAND_WITHIN_S = START_WITHIN_S + CONNECT_S + 0.3
LOOK_AGAIN_S = 0.005
# For so long after that it may take to write the stop down.
HOLD_BACK_S = 2
# Each look takes a connection out of the pool.
LOOK_SELDOM_S = 0.05
# How many wait at once in one process: fewer than half of a web process's threads, and fewer than
# its connections, so that a carrier that hangs keeps nobody waiting but them.
MOST_WAITING = 12
# Where a connection keeps that its transaction may be undone and done again.
MAY_BE_UNDONE = "henji may be undone"

_outbound = outbound_messages.c
_places = threading.BoundedSemaphore(MOST_WAITING)


class StillLeaving(Exception):
    """A stop of conversations was undone, for something is on its way; `in_flight` asks what."""

    def __init__(self, conversation_ids: Sequence[int], in_flight: Select[Any]) -> None:
        super().__init__("something is on its way to who stops")
        self.conversation_ids, self.in_flight = conversation_ids, in_flight


def transact(engine: Engine, work: Callable[[Connection], Result]) -> Result:
    """Run `work`, which may stop messages, in one transaction; see `let_land`.

    Where something is on its way it is undone, and done again after that has landed: nobody waits
    with a connection or a lock in hand. Raises Crowded where too many wait already.
    """
    try:
        return attempt(engine, work)
    except StillLeaving as leaving:
        with _a_place():
            _watch(engine, leaving.in_flight)
            return session.transact(engine, work)


def attempt(engine: Engine, work: Callable[[Connection], Result]) -> Result:
    """Run `work` likewise, but wait for nothing; raises StillLeaving, with nothing written but
    that what is queued behind shall wait."""
    try:
        return session.transact(engine, partial(_once, work))
    except StillLeaving as leaving:
        session.transact(engine, partial(_hold_back, conversation_ids=leaving.conversation_ids))
        raise


def _once(work: Callable[[Connection], Result], connection: Connection) -> Result:
    about = connection.info
    about[MAY_BE_UNDONE] = True
    try:
        return work(connection)
    finally:
        about.pop(MAY_BE_UNDONE, None)


def let_land(connection: Connection, conversation_ids: Sequence[int]) -> None:
    """Wait, five seconds at most, for what these conversations have on its way to the provider:
    after that, whatever was claimed has reached it, or never will.

    A stop is committed after it, so that nothing leaves after a stop. A transaction that was begun
    here is undone at first, and waited for without it; what was claimed meanwhile, in it. On SQLite
    the marks that are waited for could not be written in it; there the stop is committed first,
    and whoever said it hears of it after the wait.
    """
    in_flight = _in_flight(conversation_ids)
    if MAY_BE_UNDONE not in connection.info and connection.dialect.name == "postgresql":
        _wait_while(lambda: connection.execute(in_flight.limit(1)).first() is not None)
    elif (these := _these(connection, in_flight)) is not None:
        if MAY_BE_UNDONE in connection.info:
            raise StillLeaving(conversation_ids, these)
        after_commit(connection, partial(_watch, connection.engine, these))


def _hold_back(connection: Connection, conversation_ids: Sequence[int]) -> None:
    """Let what is queued behind wait until the stop takes it back; if it never does, it leaves."""
    until = seconds_from_now(LAND_WITHIN_S + HOLD_BACK_S)
    queued = _outbound.conversation_id.in_(conversation_ids) & (_outbound.status == "queued")
    connection.execute(
        update(outbound_messages)
        .where(queued, _outbound.not_before < until)
        .values(not_before=until)
    )


def _in_flight(conversation_ids: Sequence[int]) -> Select[Any]:
    """What of conversations was claimed so lately that it may yet leave."""
    lately = _outbound.attempted_at > seconds_from_now(-LAND_WITHIN_S)
    theirs = _outbound.conversation_id.in_(conversation_ids)
    return select(_outbound.id).where(theirs, _outbound.status == "sending", lately)


def _these(connection: Connection, in_flight: Select[Any]) -> Select[Any] | None:
    """The same, of those alone that are in flight now; None where nothing is."""
    ids: list[int] = list(connection.execute(in_flight).scalars())
    return in_flight.where(_outbound.id.in_(ids)).limit(1) if ids else None


@contextmanager
def _a_place() -> Iterator[None]:
    if not _places.acquire(blocking=False):
        raise Crowded("Too many stops wait for what is leaving; try again in a moment.") from None
    try:
        yield
    finally:
        _places.release()


def _watch(engine: Engine, in_flight: Select[Any]) -> None:
    """Wait without holding a connection."""

    def is_in_flight() -> bool:
        found = session.transact(engine, lambda connection: connection.execute(in_flight).first())
        return found is not None

    # A busy database must not make a stop look as if it had failed.
    with suppress(*AWAY):
        _wait_while(is_in_flight, LOOK_SELDOM_S)


def _wait_while(is_in_flight: Callable[[], bool], look_again_s: float = LOOK_AGAIN_S) -> None:
    until = time.monotonic() + LAND_WITHIN_S
    while is_in_flight() and time.monotonic() < until:
        time.sleep(look_again_s)
