"""The clock's round that keeps the figures of each day, so that no page counts messages.

Each turn counts today, and one day before it: first those that never were, the newest of them
first, and then, over and over, those of the last month, to which late reports and answers may
still have come.
"""

import threading
import time
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy import Connection, func, select

from bot.overview.dashboard.counting import count_day
from bot.runtime import Runtime
from bot.store.columns import utc_now
from bot.store.session import insert, transact
from bot.store.tables import clock_rounds, inbound_messages, outbound_messages
from bot.text.format import TOKYO

ROUND = "figures"
EVERY_S = 10.0
# Of its thread's time, a twentieth at the most: a large company's day is counted less often.
REST = 20
# Days to which something may still come; older ones stay as they are, whatever is deleted.
COUNTED_AGAIN = 31

log = structlog.get_logger(__name__)
_round = clock_rounds.c


@dataclass(frozen=True)
class Progress:
    """Every day from `since` to that of `counted_at` was counted; `back` is how many days before
    that the last turn went. `whole` says that there was nothing before `since`."""

    counted_at: datetime
    since: date
    back: int = 0
    whole: bool = False


@dataclass
class Keeping:
    """The round; one object for as long as a clock works."""

    due: float = 0.0

    def __call__(self, runtime: Runtime, stopping: threading.Event) -> None:
        """Take a turn, if it is time for one."""
        began = time.monotonic()
        if began < self.due:
            return
        try:
            turn(runtime)
        except Exception:
            log.exception("figures.failed")
        self.due = time.monotonic() + max(EVERY_S, REST * (time.monotonic() - began))


def turn(runtime: Runtime) -> None:
    """Count today, and one of the days before it."""
    now, before, first = transact(runtime.engine, _found)
    today = _day(now)
    count_day(runtime.engine, today)
    since, back = _next(today, before, first)
    if back:
        count_day(runtime.engine, today - timedelta(days=back))
    done = Progress(now, since, back, whole=since <= first)
    transact(runtime.engine, lambda connection: _keep(connection, done))


def progress(connection: Connection) -> Progress | None:
    """How far the days have been counted; None where none was."""
    row = connection.execute(select(clock_rounds).where(_round.name == ROUND)).one_or_none()
    if row is None:
        return None
    marks = row.unfinished
    since = date.fromisoformat(marks["since"])
    return Progress(row.covered_until, since, marks["back"], marks["whole"])


def _next(today: date, before: Progress | None, first: date) -> tuple[date, int]:
    """Since when all will have been counted, and how many days back to count (0: none)."""
    if before is None or today - _day(before.counted_at) > timedelta(days=COUNTED_AGAIN):
        since = today
    else:
        since = before.since
    if since > first:
        since -= timedelta(days=1)
        return since, (today - since).days
    last = min(COUNTED_AGAIN, (today - first).days)
    back = before.back + 1 if before is not None and before.back < last else 1
    return since, min(back, last)


def _found(connection: Connection) -> tuple[datetime, Progress | None, date]:
    """The present, the progress, and the day of the first message."""
    now = connection.execute(select(utc_now())).scalar_one()
    moments = (inbound_messages.c.created_at, outbound_messages.c.sent_at)
    firsts = [connection.execute(select(func.min(each))).scalar() for each in moments]
    return now, progress(connection), _day(min([now, *filter(None, firsts)]))


def _day(moment: datetime) -> date:
    return moment.astimezone(TOKYO).date()


def _keep(connection: Connection, done: Progress) -> None:
    marks = {"since": done.since.isoformat(), "back": done.back, "whole": done.whole}
    values = {"covered_until": done.counted_at, "unfinished": marks}
    row = insert(connection, clock_rounds).values(name=ROUND, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["name"], set_=values))
