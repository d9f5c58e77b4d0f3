"""What mends the rest: texts left unanswered, messages left unsent, with or without Redis."""

import threading

from sqlalchemy import Connection, select

from bot.messaging import claim, expiry, inbox, outbox, pushes, uncertain
from bot.runtime import Runtime
from bot.store.columns import seconds_from_now
from bot.store.session import transact
from bot.store.tables import inbound_messages

# Younger texts are being answered by the request that brought them.
LEFT_BEHIND_S = 2
BATCH = 100


def sweep(runtime: Runtime, stopping: threading.Event) -> None:
    """One round: answer, settle what is uncertain, and see that what is due gets sent."""
    for conversation_id in transact(runtime.engine, _left_behind):
        inbox.answer(runtime, conversation_id)
    transact(runtime.engine, lambda connection: expiry.expire(connection, runtime))
    transact(runtime.engine, uncertain.expire_leases)
    uncertain.resolve(runtime)
    pushes.push_due(runtime)
    if transact(runtime.engine, claim.something_due) and not outbox.wake(runtime):
        outbox.send_due(runtime, stopping)


def _left_behind(connection: Connection) -> list[int]:
    inbound = inbound_messages.c
    waiting = (
        select(inbound.conversation_id)
        .where(inbound.status == "waiting", inbound.created_at < seconds_from_now(-LEFT_BEHIND_S))
        .distinct()
        .limit(BATCH)
    )
    return list(connection.execute(waiting).scalars())
