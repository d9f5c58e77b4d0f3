"""What mends the rest: texts left unanswered, messages left unsent, with or without Redis."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog
from sqlalchemy import Connection, func, select

from bot.messaging import balances, doorbell, inbox
from bot.messaging.consent import expiry, pushes
from bot.messaging.sending import claim, uncertain
from bot.messaging.sending import pace as paces
from bot.messaging.sending.send import send_due
from bot.runtime import Runtime
from bot.store.columns import seconds_from_now
from bot.store.session import transact
from bot.store.tables import inbound_messages

# Younger texts are being answered by the request that brought them.
LEFT_BEHIND_S = 2
BATCH = 100
# A worker answers the doorbell at once. Where something was due for so many rounds, it is dead,
# frozen or cannot keep up, and the clock sends, too.
LET_RING = 5

Round = Callable[[Runtime, threading.Event], float | None]

log = structlog.get_logger(__name__)


def mend(runtime: Runtime, stopping: threading.Event) -> None:
    """Answer what was left behind, and end what has had its time: the database alone is asked."""
    with _apart("answer"):
        _answer_left_behind(runtime)
    with _apart("expire consents"):
        transact(runtime.engine, lambda connection: expiry.expire(connection, runtime))
    with _apart("expire leases"):
        transact(runtime.engine, uncertain.expire_leases)


def look_up(runtime: Runtime, stopping: threading.Event) -> None:
    """Ask the provider about what is uncertain, however long it takes to answer."""
    with _apart("look up"):
        uncertain.resolve(runtime)


def push(runtime: Runtime, stopping: threading.Event) -> None:
    """Tell the provider of stops and starts."""
    with _apart("push"):
        pushes.push_due(runtime)


class Sending:
    """See that what is due gets sent: by a worker, and from here where there is none."""

    def __init__(self) -> None:
        self._neglected = 0

    def __call__(self, runtime: Runtime, stopping: threading.Event) -> float | None:
        """Ring where something is due; returns in how many seconds more falls due, if known."""
        wait = None
        with _apart("send"):
            pace = paces.of(runtime.settings)
            outlook = transact(runtime.engine, lambda connection: claim.outlook(connection, pace))
            wait = outlook.wait
            self._neglected = self._neglected + 1 if outlook.due else 0
            if outlook.due and not (doorbell.ring(runtime) and self._neglected < LET_RING):
                wait = send_due(runtime, stopping)
        return wait


def rounds() -> tuple[Round, ...]:
    """What the clock does, each in a thread of its own: one that waits holds up no other."""
    return (mend, look_up, push, balances.look_up_due, Sending())


def sweep(runtime: Runtime, stopping: threading.Event) -> None:
    """One round of everything, one after the other.

    What fails is logged, and keeps nothing else from its turn.
    """
    for once in rounds():
        once(runtime, stopping)


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
    """The conversations with texts to be answered, whoever waits longest first."""
    inbound = inbound_messages.c
    waiting = (
        select(inbound.conversation_id)
        .where(inbound.status == "waiting", inbound.created_at < seconds_from_now(-LEFT_BEHIND_S))
        .group_by(inbound.conversation_id)
        .order_by(func.min(inbound.created_at))
        .limit(BATCH)
    )
    return list(connection.execute(waiting).scalars())
