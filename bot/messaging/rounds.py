"""What the clock does beside its sweep of every second: rounds that may take longer.

Those that ask the provider have a thread of their own, so that a slow list holds up nothing else.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import structlog
from sqlalchemy import select

from bot.compliance import opt_out_links
from bot.messaging import doorbell, telling
from bot.messaging.answering import loops
from bot.messaging.reconciling import night
from bot.messaging.reconciling.missed import Going
from bot.messaging.reports import counts, retries, unmatched, watch
from bot.messaging.taking_over import takeover
from bot.runtime import Runtime
from bot.store.columns import utc_now
from bot.store.session import transact

LOOK_S = 0.5
# Hours in which a status may still change every minute.
COUNTED_ANEW = timedelta(hours=3)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Round:
    """Something to do every so many seconds, as long as `going` says so."""

    name: str
    every_s: float
    work: Callable[[Runtime, Going], None]


def match(runtime: Runtime, going: Going) -> None:
    """Match the reports that came before it was known whose they are."""
    if transact(runtime.engine, lambda connection: unmatched.match_all(connection, runtime)):
        doorbell.ring(runtime)


def retry(runtime: Runtime, going: Going) -> None:
    """Send once more what was not delivered and is due."""
    if transact(runtime.engine, retries.requeue_due):
        doorbell.ring(runtime)


def count(runtime: Runtime, going: Going) -> None:
    """Count what became of the messages of the last hours."""
    with runtime.engine.begin() as connection:
        now = connection.execute(select(utc_now())).scalar_one()
    counts.refresh(runtime.engine, now - COUNTED_ANEW)


def watch_rates(runtime: Runtime, going: Going) -> None:
    """Tell of delivery rates that fell."""
    transact(runtime.engine, watch.watch)


def calm(runtime: Runtime, going: Going) -> None:
    """Let conversations that fell silent speak again, once it is quiet in them."""
    transact(runtime.engine, loops.calm)


def hand_back(runtime: Runtime, going: Going) -> None:
    """Give the bot back what a member of staff took over and did not go on with."""
    transact(runtime.engine, takeover.expire)


def forget(runtime: Runtime, going: Going) -> None:
    """Delete the opt-out links that have ended."""
    while going() and transact(runtime.engine, opt_out_links.forget):
        pass


def rounds(runtime: Runtime) -> Sequence[Sequence[Round]]:
    """The rounds of each thread."""
    books = [
        Round("match reports", 60, match),
        Round("try again", 5, retry),
        Round("count", 60, count),
        Round("watch rates", 300, watch_rates),
        Round("calm", 60, calm),
        Round("hand back", 5, hand_back),
        Round("forget links", 3600, forget),
    ]
    asking = [Round("reconcile", 60, night.at_night)]
    if minutes := runtime.settings.HENJI_POLL_MINUTES:
        asking.append(Round("poll", minutes * 60, night.poll))
    return [books, asking, [Round("tell of alerts", 1, telling.tell_due)]]


@contextmanager
def turning(runtime: Runtime, *more: Sequence[Round]) -> Iterator[None]:
    """The rounds turn while this lasts, and each of `more` in a thread of its own; what is at work
    when it ends is finished or cut off."""
    over = threading.Event()
    threads = [
        threading.Thread(target=_turn, args=(runtime, these, over))
        for these in (*rounds(runtime), *more)
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _turn(runtime: Runtime, these: Sequence[Round], over: threading.Event) -> None:
    due = dict.fromkeys(these, 0.0)
    while not over.is_set():
        for one in these:
            if not over.is_set() and time.monotonic() >= due[one]:
                _once(runtime, one, over)
                due[one] = time.monotonic() + one.every_s
        over.wait(LOOK_S)


def _once(runtime: Runtime, one: Round, over: threading.Event) -> None:
    """A round that fails is logged, and keeps no other from its turn."""
    try:
        one.work(runtime, lambda: not over.is_set())
    except Exception:
        log.exception("round.failed", round=one.name)
