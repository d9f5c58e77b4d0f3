"""The doorbell between those who write messages and those who send them: RQ and Redis say "look".

A ring that is lost costs a second: the rows are the record, and the clock looks for itself.
"""

import threading
import time

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer

from bot.messaging.consent import pushes
from bot.messaging.sending import claim
from bot.messaging.sending import pace as paces
from bot.messaging.sending.send import send_due
from bot.runtime import Runtime
from bot.store.session import AWAY, transact

QUEUE = "henji"
DRAIN_JOB = "bot.jobs.drain"
# While this flag lives, a drain job is waiting or at work. It outlives a dead worker by seconds; a
# drain that is busy for longer lets it lapse, and so calls another idle worker to help.
DRAINING = "henji:draining"
DRAINING_FOR_S = 5
DOORBELL = "henji:doorbell"
LISTEN_FOR_S = 2
KEEP_FAILED_S = 24 * 3600
# Redis takes a time-out of zero for none.
SHORTEST_LISTEN_S = 0.01
LONGEST_DRAIN_S = 60

log = structlog.get_logger(__name__)


def ring(runtime: Runtime) -> bool:
    """Ring the doorbell; False when Redis is or just was away, which the sweep mends."""
    if runtime.redis_rest.lasts:
        return False
    try:
        _reach(runtime)
    except RedisError as error:
        runtime.redis_rest.begin()
        log.warning("doorbell.unreachable", error=type(error).__name__)
        return False
    return True


def _reach(runtime: Runtime) -> None:
    """A listening drain wakes by the list; where none is at work, one job is enqueued."""
    pipeline = runtime.redis.pipeline(transaction=False)
    pipeline.set(DRAINING, 1, nx=True, ex=DRAINING_FOR_S)
    pipeline.lpush(DOORBELL, 1)
    pipeline.ltrim(DOORBELL, 0, 0)
    if not pipeline.execute()[0]:
        return
    queue = Queue(QUEUE, connection=runtime.redis, serializer=JSONSerializer)
    if queue.count == 0:
        queue.enqueue(
            DRAIN_JOB, result_ttl=0, failure_ttl=KEEP_FAILED_S, job_timeout=LONGEST_DRAIN_S * 3
        )


def drain(runtime: Runtime, stopping: threading.Event) -> None:
    """Send what is due, many at once, until nothing comes for two seconds or a stop is asked.

    After a minute at the latest it leaves the rest to a new job, so that no job grows old. What
    goes wrong with Redis or the database ends it; the clock mends the rest.
    """
    until = time.monotonic() + LONGEST_DRAIN_S
    try:
        send_due(runtime, stopping, until)
        pushes.push_due(runtime)
        wait = send_due(runtime, stopping, until)
        with _listener(runtime) as redis:
            while not stopping.is_set() and time.monotonic() < until and _listen(redis, wait):
                wait = send_due(runtime, stopping, until)
    except (RedisError, *AWAY) as error:
        log.warning("drain.ended", error=type(error).__name__)
    finally:
        _finish(runtime)


def _listener(runtime: Runtime) -> Redis:
    """A client that waits for longer than the doorbell may stay silent."""
    return Redis.from_url(runtime.settings.REDIS_URL, socket_timeout=LISTEN_FOR_S + 1)


def _listen(redis: Redis, wait: float | None) -> bool:
    """Wait for the doorbell, or for what falls due before that; False when neither comes."""
    redis.set(DRAINING, 1, ex=DRAINING_FOR_S)
    soon = wait is not None and wait < LISTEN_FOR_S
    patience = max(wait or 0.0, SHORTEST_LISTEN_S) if soon else LISTEN_FOR_S
    return redis.blpop([DOORBELL], timeout=patience) is not None or soon


def _finish(runtime: Runtime) -> None:
    """Lower the flag, then look once more: a row that came in between rings for itself."""
    pace = paces.of(runtime.settings)
    try:
        runtime.redis.delete(DRAINING)
        left = transact(runtime.engine, lambda connection: claim.outlook(connection, pace))
    except (RedisError, *AWAY):
        return
    if left.due:
        ring(runtime)
