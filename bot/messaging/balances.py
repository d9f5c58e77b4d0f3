"""Keep what people owe up to date from the balance source, and answer texts that wait for it."""

import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import structlog
from sqlalchemy import Connection, select

from bot import alerts
from bot.alerts import Kind
from bot.billing import lookups
from bot.billing.lookups import Standing
from bot.errors import SourceAway
from bot.messaging import debts, inbox
from bot.runtime import Runtime
from bot.store.session import transact
from bot.store.tables import contacts, conversations, inbound_messages

# A person waits for the answer.
LOOK_AGAIN_S = 0.25
AT_ONCE = 8
SOURCE = "balance source"
WORDS = "What people owe cannot be looked up: {}. They hear what was known before, as of then."

log = structlog.get_logger(__name__)


def look_up_due(runtime: Runtime, stopping: threading.Event) -> float | None:
    """Look up every number that texts wait for, and answer them; when to look again, in seconds."""
    if runtime.balances.max_age is None:
        return None
    try:
        numbers = transact(runtime.engine, lookups.begin)
        if numbers:
            with ThreadPoolExecutor(AT_ONCE) as pool:
                list(pool.map(partial(_answer, runtime), numbers))
    except Exception:
        log.exception("balances.failed")
        return None
    return LOOK_AGAIN_S


def refresh(runtime: Runtime, number: str) -> None:
    """Look a number up where what is known of it is not new; for a page, outside a transaction."""
    max_age = runtime.balances.max_age
    if max_age is None:
        return
    stands = transact(
        runtime.engine, lambda connection: lookups.standing(connection, [number], max_age)
    )
    if stands[number] in {Standing.STALE, Standing.ASKED}:
        _look_up(runtime, number)


def _answer(runtime: Runtime, number: str) -> None:
    _look_up(runtime, number)
    for conversation_id in transact(
        runtime.engine, lambda connection: _waiting(connection, number)
    ):
        inbox.answer(runtime, conversation_id)


def _look_up(runtime: Runtime, number: str) -> None:
    source = runtime.balances
    try:
        found = source.look_up(number)
    except SourceAway as away:
        why = str(away)
        log.warning("balances.away", error=why)
        transact(runtime.engine, lambda connection: _note_failure(connection, number, why))
        return

    def keep(connection: Connection) -> None:
        debts.renew(connection, runtime.vault, number, found, source.settles_within)
        lookups.end(connection, number)
        alerts.settle(connection, Kind.BALANCES, SOURCE, "clock", "it tells again")

    transact(runtime.engine, keep)


def _note_failure(connection: Connection, number: str, why: str) -> None:
    lookups.end(connection, number, why)
    alerts.alert(connection, Kind.BALANCES, SOURCE, WORDS.format(why))


def _waiting(connection: Connection, number: str) -> list[int]:
    """The conversations of a number in which a text waits."""
    found = (
        select(conversations.c.id)
        .join(contacts, contacts.c.id == conversations.c.contact_id)
        .join(inbound_messages, inbound_messages.c.conversation_id == conversations.c.id)
        .where(contacts.c.number == number, inbound_messages.c.status == "waiting")
        .distinct()
    )
    return list(connection.execute(found).scalars())
