"""The comparison of every night, and the look for lost texts in between: each done once, and none
left out, whatever happens to the process that does them."""

from dataclasses import asdict
from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection, Row, select, update

from bot.errors import SendError
from bot.messaging.reconciling import missed
from bot.messaging.reconciling.missed import GRACE, Going
from bot.messaging.reconciling.reconcile import Progress, reconcile
from bot.messaging.reports import counts
from bot.providers import KeepsRecords
from bot.runtime import Runtime
from bot.store.columns import utc_now
from bot.store.session import insert, transact
from bot.store.tables import clock_rounds, senders
from bot.text import phone
from bot.text.format import TOKYO

NIGHT, POLL = "reconcile", "poll"
# When least is sent and nobody is awake to be answered; in Japan.
AT = time(3)
# The last word on a message may come long after it was sent: Twilio tries for ten hours.
LOOK_BACK = timedelta(days=1)
MOST_BACK = timedelta(days=30)
# What is older than this the night takes in.
POLL_BACK = timedelta(days=1)

log = structlog.get_logger(__name__)
_round = clock_rounds.c


def at_night(runtime: Runtime, going: Going) -> None:
    """Reconcile where a night has begun since the last time, or go on where that was cut off."""
    if not isinstance(runtime.provider, KeepsRecords):
        return
    progress = transact(runtime.engine, _progress)
    if progress is None:
        return

    def keep(so_far: Progress) -> None:
        transact(runtime.engine, lambda it: _keep(it, NIGHT, unfinished=so_far.stored()))

    try:
        done = reconcile(runtime, runtime.provider, progress, keep, going)
    except SendError as error:
        log.warning("reconcile.interrupted", error=str(error))
        return
    if done:
        counts.refresh(runtime.engine, progress.since)
        transact(runtime.engine, partial(_finish, progress=progress))
        log.info("reconcile.done", statuses=progress.found.statuses, texts=progress.found.texts)


def poll(runtime: Runtime, going: Going) -> None:
    """Take in the texts that never reached us, since the last time that this was asked."""
    if not isinstance(runtime.provider, KeepsRecords):
        return
    row = transact(runtime.engine, partial(_row, name=POLL))
    until = row.now - GRACE
    if row.covered_until >= until:
        return
    since = max(row.covered_until, row.now - POLL_BACK)
    numbers = transact(runtime.engine, _numbers)
    try:
        for number in numbers:
            texts = missed.missed(runtime, runtime.provider, number, since, until)
            missed.take_in(runtime, texts, going)
    except SendError as error:
        log.warning("poll.interrupted", error=str(error))
        return
    if going():
        transact(runtime.engine, lambda it: _keep(it, POLL, covered_until=until))


def _numbers(connection: Connection) -> list[str]:
    """Our senders that can be written to."""
    numbers: list[str] = list(connection.execute(select(senders.c.number)).scalars())
    return [number for number in numbers if phone.is_e164(number)]


def last_night(now: datetime) -> datetime:
    """The last moment at which a night's round fell due."""
    there = now.astimezone(TOKYO)
    tonight = datetime.combine(there.date(), AT, TOKYO)
    return tonight if tonight <= there else tonight - timedelta(days=1)


def _progress(connection: Connection) -> Progress | None:
    """Where to go on, or a new beginning; None where the last night is done."""
    row = _row(connection, NIGHT)
    if row.unfinished is not None and (known := Progress.read(row.unfinished)):
        return known
    if row.covered_until >= last_night(row.now):
        return None
    since = max(row.covered_until - LOOK_BACK, row.now - MOST_BACK)
    return Progress(since, row.now)


def _row(connection: Connection, name: str) -> Row[Any]:
    """A round's row, made where there is none: what was before that nobody has promised."""
    first = insert(connection, clock_rounds).values(name=name, covered_until=utc_now())
    connection.execute(first.on_conflict_do_nothing(index_elements=["name"]))
    found = select(clock_rounds, utc_now().label("now")).where(_round.name == name)
    return connection.execute(found).one()


def _keep(connection: Connection, name: str, **changes: Any) -> None:
    connection.execute(update(clock_rounds).where(_round.name == name).values(**changes))


def _finish(connection: Connection, progress: Progress) -> None:
    _keep(
        connection,
        NIGHT,
        covered_until=progress.until,
        unfinished=None,
        found=asdict(progress.found),
        finished_at=utc_now(),
    )
