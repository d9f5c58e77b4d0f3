"""What in the tables waits for a person, or for a process that is not running."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, func, select

from bot.store.columns import seconds_from_now, utc_now
from bot.store.tables import conversations, inbound_messages, outbound_messages

# What went wrong earlier nobody will mend any more.
LOOK_BACK_DAYS = 7

_inbound = inbound_messages.c
_outbound = outbound_messages.c


@dataclass(frozen=True)
class Queue:
    """How many wait, and for how long the oldest of them has (nothing waits: no time)."""

    count: int
    oldest: timedelta


@dataclass(frozen=True)
class Backlog:
    """The last seven days' texts and messages by status, and the queues of this moment.

    `unrouted` counts texts by the number they were sent to, `failures` messages by the provider's
    error code (None: there was none). `unanswered` are texts, `unsent` messages that are due,
    `people` conversations whose person asked for a human, `held` those with a doubt about a stop.
    """

    inbound: Mapping[str, int]
    outbound: Mapping[str, int]
    unrouted: Mapping[str, int]
    failures: Mapping[int | None, int]
    unanswered: Queue
    unsent: Queue
    people: Queue
    held: Queue


def backlog(connection: Connection) -> Backlog:
    """Count what is left, by the database's clock."""
    start = seconds_from_now(-LOOK_BACK_DAYS * 24 * 3600)
    heard, said = _inbound.created_at > start, _outbound.created_at > start
    wanted, held = conversations.c.person_wanted_at, conversations.c.held_since
    return Backlog(
        inbound=_tally(connection, _inbound.status, heard),
        outbound=_tally(connection, _outbound.status, said),
        unrouted=_tally(connection, _inbound.recipient, heard & (_inbound.status == "unrouted")),
        failures=_tally(connection, _outbound.error_code, said & (_outbound.status == "failed")),
        unanswered=unanswered(connection),
        unsent=unsent(connection),
        people=queue(connection, wanted, wanted.is_not(None)),
        held=queue(connection, held, held.is_not(None)),
    )


def unanswered(connection: Connection, *of: ColumnElement[bool]) -> Queue:
    """The texts that wait for their answer, of the conversations for which `of` is true."""
    talk = conversations.c.id == _inbound.conversation_id
    theirs = [exists().where(talk, *of)] if of else []
    return queue(connection, _inbound.created_at, _inbound.status == "waiting", *theirs)


def unsent(connection: Connection, *of: ColumnElement[bool]) -> Queue:
    """The messages that are due and have not left, of those for which `of` is true."""
    due = (_outbound.status == "queued") & (_outbound.not_before <= utc_now())
    return queue(connection, _outbound.not_before, due, *of)


def heard_by_number(connection: Connection) -> Mapping[str, int]:
    """How many texts of the last seven days came to each number, ours or not."""
    start = seconds_from_now(-LOOK_BACK_DAYS * 24 * 3600)
    return _tally(connection, _inbound.recipient, _inbound.created_at > start)


def _tally(
    connection: Connection, column: ColumnElement[Any], which: ColumnElement[bool]
) -> dict[Any, int]:
    counted = select(column, func.count()).where(which).group_by(column).order_by(func.count())
    return {row[0]: row[1] for row in reversed(connection.execute(counted).all())}


def queue(
    connection: Connection, since: ColumnElement[datetime], *which: ColumnElement[bool]
) -> Queue:
    """The rows for which all of this is true; each waits since the moment in its column."""
    counted = select(func.count(), func.min(since), utc_now()).where(*which)
    count, first, now = connection.execute(counted).one()
    return Queue(count, now - first if first else timedelta())
