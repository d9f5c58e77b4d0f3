"""What goes out: rows to send, RQ's doorbell, and the job that sends what is due.

The rows are the record; RQ and Redis only say "look". A doorbell that is lost costs a second.
"""

import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import Connection, Integer, bindparam, insert, select

from bot.messaging.answering.render import Rendered
from bot.messaging.consent import pushes
from bot.messaging.grounds import Grounds, MessageClass
from bot.messaging.sending import claim
from bot.messaging.sending import pace as paces
from bot.messaging.sending.priority import OF_CLASS, Priority
from bot.messaging.sending.send import send_due
from bot.messaging.sending.useful import useful_for
from bot.runtime import Runtime
from bot.store.columns import Id, seconds_from_now, utc_now
from bot.store.session import AWAY, transact
from bot.store.tables import conversations, outbound_messages

QUEUE = "henji"
STAFF = "staff"
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

# Inline: nobody asks for the ids of the new rows.
_ENQUEUE = (
    insert(outbound_messages)
    .inline()
    .values(
        sender_id=select(conversations.c.sender_id)
        .where(conversations.c.id == bindparam("of_conversation", type_=Id))
        .scalar_subquery(),
        expires_at=seconds_from_now(bindparam("useful_for", type_=Integer)),
    )
)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class About:
    """What a message is about: a payment on the account takes back what is unsolicited, and the
    timeline of the link shows it; and the campaign that sends it, if one does. What tells of an act
    of the person leaves at night while that is fresh."""

    account_id: int | None = None
    payment_link_id: int | None = None
    campaign_id: int | None = None
    acted_at: datetime | None = None


NOTHING = About()


def enqueue(
    connection: Connection,
    conversation_id: int,
    messages: Iterable[Rendered],
    message_class: MessageClass,
    inbound_id: int | None = None,
    grounds: Grounds | None = None,
    priority: Priority | None = None,
    about: About = NOTHING,
    lasts: timedelta | None = None,
) -> None:
    """Add messages to a conversation's line, in order; see `rows`.

    `lasts` is for how long they are of use, where that is not as long as others of their class.
    """
    made = rows(conversation_id, messages, message_class, inbound_id, grounds, priority, about)
    useful = {} if lasts is None else {"useful_for": int(lasts.total_seconds())}
    insert_rows(connection, [{**row, **useful} for row in made])


def enqueue_by_staff(
    connection: Connection,
    conversation_id: int,
    message: Rendered,
    staff_id: int,
    message_class: MessageClass = MessageClass.REPLY,
    grounds: Grounds | None = None,
    about: About = NOTHING,
) -> None:
    """Add what a member of staff wrote to a conversation's line; see `rows`."""
    made = rows(conversation_id, [message], message_class, grounds=grounds, about=about)
    insert_rows(connection, [{**row, "sent_by": STAFF, "staff_id": staff_id} for row in made])


def rows(
    conversation_id: int,
    messages: Iterable[Rendered],
    message_class: MessageClass,
    inbound_id: int | None = None,
    grounds: Grounds | None = None,
    priority: Priority | None = None,
    about: About = NOTHING,
) -> list[Mapping[str, object]]:
    """Messages for a conversation's line, in order, to be inserted with those of others.

    What is unsolicited needs `grounds`. `priority` is that of the class, if not given.
    """
    stated = grounds or Grounds()
    return [
        {
            "conversation_id": conversation_id,
            "of_conversation": conversation_id,
            "inbound_id": inbound_id,
            "account_id": about.account_id,
            "payment_link_id": about.payment_link_id,
            "campaign_id": about.campaign_id,
            "acted_at": about.acted_at,
            "position": position,
            "message_class": message_class,
            "priority": OF_CLASS[message_class] if priority is None else priority,
            "script_key": message.key,
            "language": message.language,
            "revision": message.revision,
            "publication_id": message.publication,
            "body": message.body,
            "encoding": message.encoding,
            "segments": message.segments,
            "purpose": stated.purpose,
            "exemption": stated.exemption,
            "exemption_note": stated.note or None,
            "approved_by": stated.approved_by or None,
            "useful_for": useful_for(message_class),
        }
        for position, message in enumerate(messages)
    ]


def insert_rows(connection: Connection, rows: Sequence[Mapping[str, object]]) -> None:
    """Add messages to the lines of any conversations, in order, in one round trip."""
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
            publication_id=line.publication,
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
        wake(runtime)
