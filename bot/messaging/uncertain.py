"""Messages whose answer was lost: find out whether they left, and never guess.

A callback settles most of them; the others are looked up in the provider's own list.
"""

import time
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, Row, select, update

from bot.errors import SendError
from bot.messaging.gate import MessageClass
from bot.providers import Listed
from bot.runtime import Runtime
from bot.store.columns import seconds_from_now, utc_now
from bot.store.session import transact
from bot.store.tables import contacts, conversations, outbound_messages

# A request may wait in a network for as long as its time-out, and a list may lag behind.
SURELY_LISTED_AFTER = timedelta(seconds=15)
ABSENCES_NEEDED = 2
LOOK_AGAIN_S = 2
CLOCKS_DIFFER_BY = timedelta(seconds=120)
BATCH = 50
# The sweep has more to do than to wait for a slow list; what is left is looked up by the next.
LOOK_UPS_FOR_S = 2.0
RESENT = (MessageClass.REPLY, MessageClass.CONFIRMATION)

log = structlog.get_logger(__name__)
_outbound = outbound_messages.c


def expire_leases(connection: Connection) -> None:
    """A process died between claim and mark: whether its messages left is unknown."""
    connection.execute(
        update(outbound_messages)
        .where(_outbound.status == "sending", _outbound.lease_until < utc_now())
        .values(status="unknown", reason="the sending process died", not_before=utc_now())
    )


def resolve(runtime: Runtime) -> None:
    """Look up the messages that are due for it; while the provider cannot be asked, they wait."""
    until = time.monotonic() + LOOK_UPS_FOR_S
    for row in transact(runtime.engine, _due):
        if time.monotonic() > until:
            return
        try:
            listed = runtime.provider.sent_to(row.recipient, row.created_at - CLOCKS_DIFFER_BY)
        except SendError as error:
            # The next would most likely fail as well, and the sweep has other work to do.
            log.warning("lookup.failed", message=row.id, error=str(error))
            return
        _settle(runtime, row, listed)


def _settle(runtime: Runtime, row: Row[Any], listed: list[Listed] | Any) -> None:
    sids = [found.sid for found in listed if found.body.strip() == row.body.strip()]
    transact(runtime.engine, lambda connection: _write_down(connection, row, sids))


def _due(connection: Connection) -> list[Row[Any]]:
    return list(
        connection.execute(
            select(outbound_messages, contacts.c.number.label("recipient"))
            .join(conversations, conversations.c.id == _outbound.conversation_id)
            .join(contacts, contacts.c.id == conversations.c.contact_id)
            .where(_outbound.status == "unknown", _outbound.not_before <= utc_now())
            .order_by(_outbound.not_before)
            .limit(BATCH)
        )
    )


def _write_down(connection: Connection, row: Row[Any], sids: list[str]) -> None:
    """Sent, if a listed message is no other row's; else, once surely absent, again or parked."""
    now = connection.execute(select(utc_now())).scalar_one()
    if free := _unowned(connection, sids):
        changes: dict[str, Any] = {"status": "sent", "provider_sid": free, "sent_at": now}
    elif now - row.attempted_at < SURELY_LISTED_AFTER or row.absences + 1 < ABSENCES_NEEDED:
        changes = {"absences": row.absences + 1, "not_before": seconds_from_now(LOOK_AGAIN_S)}
    elif row.message_class in RESENT:
        changes = {"status": "queued", "reason": "surely absent at the provider"}
    else:
        changes = {"status": "parked", "reason": "maybe sent: a person must decide"}
    connection.execute(
        update(outbound_messages)
        .where(
            _outbound.id == row.id,
            _outbound.status == "unknown",
            _outbound.attempt_token == row.attempt_token,
        )
        .values(**changes)
    )


def _unowned(connection: Connection, sids: list[str]) -> str | None:
    owned = connection.execute(
        select(_outbound.provider_sid).where(_outbound.provider_sid.in_(sids))
    )
    taken: set[str | None] = set(owned.scalars())
    return next((sid for sid in reversed(sids) if sid not in taken), None)
