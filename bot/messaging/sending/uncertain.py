"""Messages whose answer was lost: find out whether they left, and never guess.

A callback settles most of them; the others are looked up in the provider's own list.
"""

import time
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection, Row, select, update

from bot.messaging.gate import MessageClass
from bot.runtime import Runtime
from bot.store.columns import seconds_from_now, utc_now
from bot.store.session import transact
from bot.store.tables import contacts, conversations, earlier_attempts, outbound_messages

# A request may wait in a network for as long as its time-out, and a list may lag behind.
SURELY_LISTED_AFTER = timedelta(seconds=15)
ABSENCES_NEEDED = 2
LOOK_AGAIN_S = 2
# So long a person may wait for what comes after a message that nobody can look up.
UNCLEAR_FOR = timedelta(minutes=2)
CLOCKS_DIFFER_BY = timedelta(seconds=120)
BATCH = 50
# The sweep has more to do than to wait for a slow list; what is left is looked up by the next.
LOOK_UPS_FOR_S = 2.0
RESENT = (MessageClass.REPLY, MessageClass.CONFIRMATION)

log = structlog.get_logger(__name__)
_outbound = outbound_messages.c
_earlier = earlier_attempts.c


def expire_leases(connection: Connection) -> None:
    """A process died between claim and mark: whether its messages left is unknown."""
    connection.execute(
        update(outbound_messages)
        .where(_outbound.status == "sending", _outbound.lease_until < utc_now())
        .values(status="unknown", reason="the sending process died", not_before=utc_now())
    )


def resolve(runtime: Runtime) -> None:
    """Look up the messages that are due for it, one after the other, for two seconds at most."""
    until = time.monotonic() + LOOK_UPS_FOR_S
    for row in transact(runtime.engine, _due):
        if time.monotonic() > until:
            return
        found = _look_up(runtime, row)
        transact(runtime.engine, partial(_write_down, row=row, sids=found))


def _look_up(runtime: Runtime, row: Row[Any]) -> list[str] | None:
    """The ids of the listed messages with the same words; None where the list did not come."""
    try:
        listed = runtime.provider.sent_to(row.recipient, row.created_at - CLOCKS_DIFFER_BY)
        # Twilio lists a message whose words were redacted without a body.
        return [found.sid for found in listed if (found.body or "").strip() == row.body.strip()]
    except Exception as error:  # a bug must not keep the other messages from being looked up
        log.warning("lookup.failed", message=row.id, exc_info=error)
        return None


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


def _write_down(connection: Connection, row: Row[Any], sids: list[str] | None) -> None:
    now = connection.execute(select(utc_now())).scalar_one()
    waited = now - row.attempted_at
    changes = _unclear(row, waited) if sids is None else _settled(connection, row, sids, waited)
    connection.execute(
        update(outbound_messages)
        .where(
            _outbound.id == row.id,
            _outbound.status == "unknown",
            _outbound.attempt_token == row.attempt_token,
        )
        .values(**changes)
    )


def _unclear(row: Row[Any], waited: timedelta) -> dict[str, Any]:
    """Looked up again later, or parked when that has failed for too long."""
    if waited > UNCLEAR_FOR:
        return _parked(row, "maybe sent: the provider cannot be asked")
    return {"not_before": seconds_from_now(LOOK_AGAIN_S)}


def _settled(
    connection: Connection, row: Row[Any], sids: list[str], waited: timedelta
) -> dict[str, Any]:
    """Sent, if a listed message is no other row's; else, once surely absent, again or parked."""
    if free := _unowned(connection, sids):
        return {"status": "sent", "provider_sid": free, "sent_at": utc_now()}
    if waited < SURELY_LISTED_AFTER or row.absences + 1 < ABSENCES_NEEDED:
        return {"absences": row.absences + 1, "not_before": seconds_from_now(LOOK_AGAIN_S)}
    if row.message_class in RESENT:
        return {"status": "queued", "reason": "surely absent at the provider"}
    return _parked(row, "maybe sent: a person must decide")


def _parked(row: Row[Any], reason: str) -> dict[str, Any]:
    log.error("message.parked", message=row.id, reason=reason)
    return {"status": "parked", "reason": reason}


def _unowned(connection: Connection, sids: list[str]) -> str | None:
    owned = select(_outbound.provider_sid).where(_outbound.provider_sid.in_(sids))
    earlier = select(_earlier.provider_sid).where(_earlier.provider_sid.in_(sids))
    taken: set[str | None] = set(connection.execute(owned.union(earlier)).scalars())
    return next((sid for sid in reversed(sids) if sid not in taken), None)
