"""The worker and the clock: the processes that send, and that mend what was left behind."""

import functools
import signal
import threading
import time
from types import FrameType

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer
from sqlalchemy.exc import SQLAlchemyError

from bot.app import build_runtime, register_sender
from bot.messaging import outbox
from bot.messaging.sweep import sweep
from bot.payments.nightly import Nightly
from bot.runtime import Runtime
from bot.settings import TO_SERVE, load
from bot.store.lock import only_one

CLOCK = "clock"
TICK_S = 1.0
RETRY_S = 1.0

logger = structlog.get_logger(__name__)
stopping = threading.Event()


@functools.cache
def runtime() -> Runtime:
    """The runtime of this process."""
    made = build_runtime(load(*TO_SERVE))
    register_sender(made)
    return made


def drain() -> None:
    """RQ's only job: send what is due."""
    outbox.drain(runtime(), stopping)


class _Worker(SimpleWorker):
    """Runs jobs in its own process and thread, so that connections live on; tells them to stop."""

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        _stop(signum, frame)
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]


def work() -> None:
    """Run a worker until SIGTERM or SIGINT; while Redis is away, wait for it."""
    url = runtime().settings.REDIS_URL
    while not stopping.is_set():
        try:
            connection = Redis.from_url(url)
            queue = Queue(outbox.QUEUE, connection=connection, serializer=JSONSerializer)
            _Worker([queue], connection=connection, serializer=JSONSerializer).work(
                logging_level="WARNING"
            )
            return
        except RedisError as error:
            logger.warning("redis.unreachable", error=type(error).__name__)
            stopping.wait(RETRY_S)


def tick() -> None:
    """Run the clock until SIGTERM or SIGINT: one sweep a second, on one host at a time."""
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


def _sweep_while_mine() -> None:
    nightly = Nightly()
    with only_one(runtime().engine, CLOCK) as mine:
        while mine() and not stopping.is_set():
            started = time.monotonic()
            sweep(runtime(), stopping)
            nightly.start_if_due(runtime())
            stopping.wait(max(0.0, TICK_S - (time.monotonic() - started)))
