"""What mends the rest: texts left unanswered, messages left unsent, with or without Redis."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy import Connection, select

from bot.messaging import inbox, outbox
from bot.messaging.consent import expiry, pushes
from bot.messaging.sending import claim, uncertain
from bot.runtime import Runtime
from bot.store.columns import seconds_from_now
from bot.store.session import transact
from bot.store.tables import inbound_messages

# Younger texts are being answered by the request that brought them.
LEFT_BEHIND_S = 2
BATCH = 100

log = structlog.get_logger(__name__)


def sweep(runtime: Runtime, stopping: threading.Event) -> None:
    """One round: answer, settle what is uncertain, and see that what is due gets sent.

    What fails is logged, and keeps nothing else from its turn.
    """
    with _apart("answer"):
        _answer_left_behind(runtime)
    with _apart("expire consents"):
        transact(runtime.engine, lambda connection: expiry.expire(connection, runtime))
    with _apart("expire leases"):
        transact(runtime.engine, uncertain.expire_leases)
    with _apart("look up"):
        uncertain.resolve(runtime)
    with _apart("push"):
        pushes.push_due(runtime)
    with _apart("send"):
        if transact(runtime.engine, claim.something_due) and not outbox.wake(runtime):
            outbox.send_due(runtime, stopping)


@contextmanager
def _apart(step: str) -> Iterator[None]:
    try:
        yield
    except Exception:
        log.exception("sweep.failed", step=step)


def _answer_left_behind(runtime: Runtime) -> None:
    for conversation_id in transact(runtime.engine, _left_behind):
        with _apart("answer one"):
            inbox.answer(runtime, conversation_id)


def _left_behind(connection: Connection) -> list[int]:
    inbound = inbound_messages.c
    waiting = (
        select(inbound.conversation_id)
        .where(inbound.status == "waiting", inbound.created_at < seconds_from_now(-LEFT_BEHIND_S))
        .distinct()
        .limit(BATCH)
    )
    return list(connection.execute(waiting).scalars())
