"""The worker and the clock: the processes that send, and that mend what was left behind."""

import functools
import os
import signal
import threading
import time
from types import FrameType

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer
from rq.worker import WorkerStatus
from sqlalchemy.exc import SQLAlchemyError

from bot.app import build_runtime, register_sender, take_published
from bot.campaigns.queueing import rounds as campaign_rounds
from bot.messaging import doorbell, sweep
from bot.messaging.rounds import turning
from bot.messaging.sweep import Round
from bot.overview.dashboard.keeping import Keeping
from bot.overview.indexing import Indexing
from bot.payments.nightly import Nightly
from bot.payments.rounds import rounds as payment_rounds
from bot.runtime import Runtime
from bot.settings import load, to_serve
from bot.store.lock import only_one

CLOCK = "clock"
TICK_S = 1.0
RETRY_S = 1.0
# The longest request, and what came of it written down; hosts wait for thirty seconds.
STOPS_WITHIN_S = 25.0

logger = structlog.get_logger(__name__)
stopping = threading.Event()


@functools.cache
def runtime() -> Runtime:
    """The runtime of this process."""
    made = build_runtime(load(*to_serve()))
    register_sender(made)
    take_published(made, stopping)
    return made


def drain() -> None:
    """RQ's only job: send what is due."""
    doorbell.drain(runtime(), stopping)


class _Worker(SimpleWorker):
    """Runs jobs in its own process and thread, so that connections live on; tells them to stop."""

    # Redis that is back is noticed at once, one that vanished without a word within 15 seconds.
    max_connection_wait_time = 1.0
    TTL_S = 20

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        _stop(signum, frame)
        if self.get_state() == WorkerStatus.BUSY:
            # Asking Redis from here, as RQ does, would break into what the job is doing.
            self._stop_requested = True
        else:
            super().request_stop(signum, frame)  # type: ignore[no-untyped-call]


def work() -> None:
    """Run a worker until SIGTERM or SIGINT; while Redis is away, wait for it.

    RQ's worker ends where Redis fails it; another takes its place.
    """
    url = runtime().settings.REDIS_URL
    while not stopping.is_set():
        try:
            connection = Redis.from_url(url)
            queue = Queue(doorbell.QUEUE, connection=connection, serializer=JSONSerializer)
            _Worker(
                [queue],
                connection=connection,
                serializer=JSONSerializer,
                worker_ttl=_Worker.TTL_S,
            ).work(logging_level="WARNING")
        except RedisError as error:
            logger.warning("redis.unreachable", error=type(error).__name__)
        except StopRequested:  # by a signal just before or after the worker's own work
            break
        stopping.wait(RETRY_S)
    runtime().wire.close()


def tick() -> None:
    """Run the clock until SIGTERM or SIGINT: each round once a second, on one host at a time."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _stop)
    while not stopping.is_set():
        try:
            _sweep_while_mine()
        except SQLAlchemyError as error:
            logger.warning("database.unreachable", error=type(error).__name__)
        stopping.wait(RETRY_S)


def _stop(number: int, frame: FrameType | None) -> None:
    """A handler interrupts the thread that may be waiting for the event, and holds its lock."""
    threading.Thread(target=stopping.set).start()
    # A Redis or database that hangs must not keep a deploy waiting; what was begun is looked up.
    last = threading.Timer(STOPS_WITHIN_S, os._exit, args=(1,))
    last.daemon = True
    last.start()


def _sweep_while_mine() -> None:
    nightly = Nightly()
    with only_one(runtime().engine, CLOCK) as mine:
        if not mine():
            return
        over = threading.Event()
        rounds = [
            threading.Thread(target=_repeat, args=(once, over))
            for once in (*sweep.rounds(), Indexing(), Keeping())
        ]
        for thread in rounds:
            thread.start()
        try:
            with turning(runtime(), payment_rounds(), campaign_rounds()):
                while not stopping.wait(TICK_S) and mine():
                    nightly.start_if_due(runtime())
        finally:
            over.set()
            for thread in rounds:
                thread.join()


def _repeat(once: Round, over: threading.Event) -> None:
    """Do one kind of round a second, or as soon as it says, until it is over."""
    while not over.is_set():
        began = time.monotonic()
        wait = once(runtime(), over)
        soon = TICK_S if wait is None else min(wait, TICK_S)
        over.wait(max(0.0, soon - (time.monotonic() - began)))
