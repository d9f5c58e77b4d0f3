"""Tell the provider, after the commit, of stops and starts that it did not hear itself.

A stop is told after its confirmation has left, a start before: the provider refuses in between.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import structlog
from sqlalchemy import Connection, Row, exists, insert, select, update

from bot.compliance.standing import Pair
from bot.dialogue.effects import Consent
from bot.errors import SendError
from bot.messaging.sending.heads import OPEN
from bot.providers import ConsentOrder, KeepsConsents
from bot.runtime import Runtime
from bot.setting_types import OptOutMode
from bot.settings import Settings
from bot.store.columns import seconds_from_now, utc_now
from bot.store.session import transact
from bot.store.tables import consent_pushes, contacts, conversations, outbound_messages, senders

MOST_ATTEMPTS = 12
BATCH = 100
LEASE_S = 60
# How long the answer to a START waits for the provider to know of it.
START_WAITS_S = 5

_push = consent_pushes.c
_outbound = outbound_messages.c
log = structlog.get_logger(__name__)


def queue(
    connection: Connection, runtime: Runtime, pair: Pair, status: Literal["opt-out", "opt-in"]
) -> None:
    """Remember to tell the provider; nothing where it keeps no list, or ours is the only one."""
    settings = runtime.settings
    if settings.HENJI_OPTOUT_MODE is OptOutMode.APP_MANAGED:
        return
    if not isinstance(runtime.provider, KeepsConsents):
        return
    rows = [
        {"conversation_id": one, "status": status, "correlation": secrets.token_hex(16)}
        for one in _concerned(connection, settings, pair, status)
    ]
    connection.execute(insert(consent_pushes), rows)
    if status == "opt-in":
        _let_wait(connection, pair.conversation_id, START_WAITS_S)


def push_due(runtime: Runtime) -> None:
    """Tell the provider what is due; what it does not take is tried again, twelve times in all."""
    if not isinstance(runtime.provider, KeepsConsents):
        return
    due = transact(runtime.engine, _claim)
    if not due:
        return
    try:
        errors = runtime.provider.keep_consents([_order(row, runtime.settings) for row in due])
    except SendError as error:
        log.warning("consents.not_pushed", error=str(error))
        errors = {row.correlation: str(error) for row in due}
    transact(runtime.engine, lambda connection: _write_down(connection, due, errors))


def _concerned(connection: Connection, settings: Settings, pair: Pair, status: str) -> list[int]:
    """The conversations to tell of: one for a Messaging Service, which pools all numbers."""
    if status == "opt-in" or settings.sender_pool:
        return [pair.conversation_id]
    stopped = select(conversations.c.id).where(
        conversations.c.contact_id == pair.contact_id, conversations.c.consent == Consent.STOPPED
    )
    return list(connection.execute(stopped).scalars())


def _let_wait(connection: Connection, conversation_id: int, seconds: float) -> None:
    connection.execute(
        update(outbound_messages)
        .where(
            _outbound.conversation_id == conversation_id,
            _outbound.status == "queued",
            _outbound.verdict.is_(None),
        )
        .values(not_before=seconds_from_now(seconds))
    )


def _claim(connection: Connection) -> list[Row[Any]]:
    """What is due, in order: not before an earlier push, nor a stop before its confirmation."""
    earlier = consent_pushes.alias("earlier")
    has_earlier = exists().where(
        earlier.c.conversation_id == _push.conversation_id,
        earlier.c.id < _push.id,
        earlier.c.state == "pending",
    )
    unsent = exists().where(
        _outbound.conversation_id == _push.conversation_id, _outbound.status.in_(OPEN)
    )
    due = (
        select(consent_pushes, contacts.c.number.label("contact"), senders.c.number)
        .join(conversations, conversations.c.id == _push.conversation_id)
        .join(contacts, contacts.c.id == conversations.c.contact_id)
        .join(senders, senders.c.id == conversations.c.sender_id)
        .where(_push.state == "pending", _push.not_before <= utc_now(), ~has_earlier)
        .where((_push.status == "opt-in") | ~unsent)
        .order_by(_push.id)
        .limit(BATCH)
        .with_for_update(of=consent_pushes, skip_locked=True)
    )
    rows = list(connection.execute(due))
    connection.execute(
        update(consent_pushes)
        .where(_push.id.in_([row.id for row in rows]))
        .values(attempts=_push.attempts + 1, not_before=seconds_from_now(LEASE_S))
    )
    return rows


def _order(row: Row[Any], settings: Settings) -> ConsentOrder:
    at: datetime = row.created_at
    sender = settings.sender_pool or row.number
    return ConsentOrder(row.correlation, sender, row.contact, row.status == "opt-out", at)


def _write_down(
    connection: Connection, rows: Sequence[Row[Any]], errors: Mapping[str, str]
) -> None:
    for row in rows:
        error = errors.get(row.correlation)
        last = row.attempts + 1 >= MOST_ATTEMPTS
        state = "done" if not error else "failed" if last else "pending"
        wait = min(2.0**row.attempts, 300.0)
        connection.execute(
            update(consent_pushes)
            .where(_push.id == row.id)
            .values(state=state, error=error and error[:200], not_before=seconds_from_now(wait))
        )
        if state == "done" and row.status == "opt-in":
            _let_wait(connection, row.conversation_id, 0)
