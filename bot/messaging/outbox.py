"""What goes out: rows to send, RQ's doorbell, and the job that sends what is due.

The rows are the record; RQ and Redis only say "look". A doorbell that is lost costs a second.
"""

import math
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import Connection, Integer, bindparam, insert

from bot.messaging.answering.render import Rendered
from bot.messaging.consent import pushes, stops
from bot.messaging.gate import UNSOLICITED, Grounds, MessageClass
from bot.messaging.reports import failures, parked
from bot.messaging.sending import claim, parts
from bot.messaging.sending.claim import Claimed, Result
from bot.messaging.sending.flight import Flight
from bot.runtime import Runtime
from bot.store.columns import seconds_from_now, utc_now
from bot.store.session import transact
from bot.store.tables import outbound_messages

QUEUE = "henji"
DRAIN_JOB = "bot.jobs.drain"
# While this flag lives, a drain job is waiting or at work. It outlives a dead worker by seconds; a
# drain that is busy for longer lets it lapse, and so calls another idle worker to help.
DRAINING = "henji:draining"
DRAINING_FOR_S = 5
DOORBELL = "henji:doorbell"
LISTEN_FOR_S = 2
KEEP_FAILED_S = 24 * 3600
LONGEST_DRAIN_S = 60
IN_FLIGHT = 128
# What finishes or falls due within this time shares one transaction.
GATHER_S = 0.005
LOOK_AGAIN_S = 0.02
USEFUL_FOR_S = 3600
UNSOLICITED_USEFUL_FOR_S = 3 * 24 * 3600

# Inline: nobody asks for the ids of the new rows.
_ENQUEUE = (
    insert(outbound_messages)
    .inline()
    .values(expires_at=seconds_from_now(bindparam("useful_for", type_=Integer)))
)

log = structlog.get_logger(__name__)


def enqueue(
    connection: Connection,
    conversation_id: int,
    messages: Iterable[Rendered],
    message_class: MessageClass,
    inbound_id: int | None = None,
    grounds: Grounds | None = None,
) -> None:
    """Add messages to a conversation's line, in order."""
    insert_lines(connection, lines(conversation_id, messages, message_class, inbound_id, grounds))


def lines(
    conversation_id: int,
    messages: Iterable[Rendered],
    message_class: MessageClass,
    inbound_id: int | None = None,
    grounds: Grounds | None = None,
) -> list[dict[str, Any]]:
    """The rows of messages for a conversation's line, in order.

    Answers are of use for an hour; what is unsolicited, and needs `grounds`, for three days, for
    it may wait for the morning or for a promise.
    """
    stated = grounds or Grounds()
    useful = UNSOLICITED_USEFUL_FOR_S if message_class in UNSOLICITED else USEFUL_FOR_S
    return [
        {
            "conversation_id": conversation_id,
            "inbound_id": inbound_id,
            "position": position,
            "message_class": message_class,
            "script_key": message.key,
            "language": message.language,
            "revision": message.revision,
            "body": message.body,
            "encoding": message.encoding,
            "segments": message.segments,
            "purpose": stated.purpose,
            "exemption": stated.exemption,
            "exemption_note": stated.note or None,
            "approved_by": stated.approved_by or None,
            "useful_for": useful,
        }
        for position, message in enumerate(messages)
    ]


def insert_lines(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows of one or many conversations, made by `lines`."""
    if rows:
        connection.execute(_ENQUEUE, rows)


def note_carrier_line(
    connection: Connection, conversation_id: int, line: Rendered, inbound_id: int
) -> None:
    """Keep what the carrier sent by itself: it shows in the log, and never leaves from here."""
    connection.execute(
        insert(outbound_messages).values(
            conversation_id=conversation_id,
            inbound_id=inbound_id,
            message_class=MessageClass.CONFIRMATION,
            script_key=line.key,
            language=line.language,
            revision=line.revision,
            body=line.body,
            encoding=line.encoding,
            segments=0,
            status="sent",
            sent_by="carrier",
            verdict="allowed",
            verdict_reasons=[{"rule": "carrier", "words": "the carrier answered by itself"}],
            expires_at=utc_now(),
            sent_at=utc_now(),
        )
    )


def wake(runtime: Runtime) -> bool:
    """Ring the doorbell; False when Redis is or just was away, which the sweep mends."""
    if runtime.redis_rest.lasts:
        return False
    try:
        _ring(runtime)
    except RedisError as error:
        runtime.redis_rest.begin()
        log.warning("doorbell.unreachable", error=type(error).__name__)
        return False
    return True


def _ring(runtime: Runtime) -> None:
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
    """Send what is due, 128 at once, until nothing comes for two seconds or a stop is asked.

    After a minute at the latest it leaves the rest to a new job, so that no job grows old.
    """
    until = time.monotonic() + LONGEST_DRAIN_S
    try:
        pushes.push_due(runtime)
        send_due(runtime, stopping, until)
        pushes.push_due(runtime)
        with _listener(runtime) as redis:
            while not stopping.is_set() and time.monotonic() < until and _listen(redis):
                send_due(runtime, stopping, until)
    finally:
        _finish(runtime)


def send_due(runtime: Runtime, stopping: threading.Event, until: float = math.inf) -> None:
    """Claim and send until nothing is due; what is in flight when a stop is asked is finished.

    `until` (monotonic seconds) is such a stop, too.
    """
    flight = Flight(runtime.provider, runtime.wire)
    results: list[Result] = []
    while True:
        over = stopping.is_set() or time.monotonic() > until
        room = 0 if over else IN_FLIGHT - flight.under_way
        flight.launch(_mark_and_claim(runtime, results, room))
        if not flight.under_way:
            return
        time.sleep(GATHER_S)
        results = flight.landed(LOOK_AGAIN_S)


def _mark_and_claim(runtime: Runtime, results: list[Result], room: int) -> list[Claimed]:
    """Write down what came of attempts and take up to `room` messages, in one transaction."""
    if not results and not room:
        return []

    def work(connection: Connection) -> list[Claimed]:
        if results:
            _write_down(connection, runtime, results)
        return claim.claim(connection, room, runtime.settings.HENJI_LEGAL_NAME) if room else []

    return transact(runtime.engine, work)


def _write_down(connection: Connection, runtime: Runtime, results: list[Result]) -> None:
    claim.mark(connection, results)
    sent = [result.message for result in results if result.status == "sent"]
    if long := [message.id for message in sent if message.segments > 1]:
        parts.hold_back(connection, long)
    parked.match_sent(connection, runtime, [result.provider_sid or "" for result in results])
    for result in results:
        if result.status == "failed":
            failures.look(connection, result.message.id)
        if result.opted_out:
            stops.by_carrier(connection, runtime, result.message.id)


def _listener(runtime: Runtime) -> Redis:
    """A client that waits for longer than the doorbell may stay silent."""
    return Redis.from_url(runtime.settings.REDIS_URL, socket_timeout=LISTEN_FOR_S + 1)


def _listen(redis: Redis) -> bool:
    """Wait for the doorbell; False when it stays silent."""
    redis.set(DRAINING, 1, ex=DRAINING_FOR_S)
    return redis.blpop([DOORBELL], timeout=LISTEN_FOR_S) is not None


def _finish(runtime: Runtime) -> None:
    """Lower the flag, then look once more: a row that came in between rings for itself."""
    try:
        runtime.redis.delete(DRAINING)
    except RedisError:
        return
    if transact(runtime.engine, claim.something_due):
        wake(runtime)
