"""Messages whose answer was lost: find out whether they left, and never guess.

A callback settles most of them; the others are looked up in the provider's own list.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection, Row, func, select, update

from bot.messaging.grounds import MessageClass
from bot.messaging.sending import acts, parked
from bot.messaging.sending.attempts import START_WITHIN_S
from bot.messaging.sending.heads import written_out
from bot.messaging.sending.listing import Listing, look_up, since
from bot.messaging.sending.outcome import MOST_ATTEMPTS, backoff
from bot.providers.wire import LONGEST_S
from bot.runtime import Runtime
from bot.store.columns import seconds_from_now, utc_now
from bot.store.session import transact
from bot.store.tables import (
    contacts,
    conversations,
    earlier_attempts,
    outbound_messages,
    senders,
)

# A claimed message leaves within a moment, its request may last for so long, and a network or a
# list may lag behind that by some seconds.
SURELY_LISTED_AFTER = timedelta(seconds=START_WITHIN_S + LONGEST_S + 5)
ABSENCES_NEEDED = 2
LOOK_AGAIN_S = 2
# So long a person may wait for what comes after a message that nobody can look up. A list that
# fails comes back; it is then asked less often, for as long as a reply is of use.
UNCLEAR_FOR = timedelta(minutes=2)
LOOK_LATER_S = 15
BATCH = 50
RESENT = (MessageClass.REPLY, MessageClass.CONFIRMATION)

log = structlog.get_logger(__name__)
_outbound = outbound_messages.c
SENDING, UNKNOWN, PARKED = (
    _outbound.status == one for one in written_out(("sending", "unknown", "parked"))
)
_earlier = earlier_attempts.c


def expire_leases(connection: Connection) -> None:
    """A process died between claim and mark: whether its messages left is unknown."""
    connection.execute(
        update(outbound_messages)
        .where(SENDING, _outbound.lease_until < utc_now())
        .values(status="unknown", reason="the sending process died", not_before=utc_now())
    )


def resolve(runtime: Runtime) -> None:
    """Look up the messages that are due for it, all at once: a list that hangs delays no other."""
    due = transact(runtime.engine, _due)
    if not due:
        return
    with ThreadPoolExecutor(len(due), thread_name_prefix="look-up") as pool:
        for done in [pool.submit(_settle, runtime, row) for row in due]:
            done.result()


def _settle(runtime: Runtime, row: Row[Any]) -> None:
    listing = look_up(runtime.provider, row)
    transact(runtime.engine, partial(_write_down, row=row, listing=listing))


def _due(connection: Connection) -> list[Row[Any]]:
    return list(
        connection.execute(
            select(
                outbound_messages,
                conversations.c.contact_id,
                contacts.c.number.label("recipient"),
                senders.c.number.label("sender"),
            )
            .join(conversations, conversations.c.id == _outbound.conversation_id)
            .join(contacts, contacts.c.id == conversations.c.contact_id)
            .join(senders, senders.c.id == conversations.c.sender_id)
            .where(UNKNOWN, _outbound.not_before <= utc_now())
            .order_by(_outbound.not_before)
            .limit(BATCH)
        )
    )


def _write_down(connection: Connection, row: Row[Any], listing: Listing | None) -> None:
    """Conclude; one at a time for each person, so that no listed message is taken twice."""
    connection.execute(
        select(contacts.c.id).where(contacts.c.id == row.contact_id).with_for_update()
    )
    now = connection.execute(select(utc_now())).scalar_one()
    changes = _conclusion(connection, row, listing, now)
    written = connection.execute(
        update(outbound_messages)
        .where(
            _outbound.id == row.id,
            _outbound.status == "unknown",
            _outbound.attempt_token == row.attempt_token,
        )
        .values(**changes)
    )
    if not written.rowcount:
        return
    if changes.get("status") == "queued":
        acts.record(connection, row, "resend", "clock", changes["reason"])
    if changes.get("status") == "parked":
        log.error("message.parked", message=row.id, reason=changes["reason"])
        parked.tell(connection)


def _conclusion(
    connection: Connection, row: Row[Any], listing: Listing | None, now: datetime
) -> dict[str, Any]:
    """What a message is set to: sent, if a listed one is surely no other's; else, once it is surely
    absent, queued again or parked."""
    waited = now - row.attempted_at
    if listing is None:
        return _unclear(waited, "the provider cannot be asked")
    if listing.failed:
        return _list_failed(row, now, waited)
    free, rivals = _unowned(connection, listing.same), _rivals(connection, row)
    if len(free) > rivals:
        sid = free[rivals]
        return {"status": "sent", "provider_sid": sid, "sent_at": utc_now(), "reason": None}
    if waited < SURELY_LISTED_AFTER:
        return _look_again()
    if why := _doubt(connection, listing, free):
        return _unclear(waited, why)
    return _absent(row)


def _doubt(connection: Connection, listing: Listing, free: Sequence[str]) -> str | None:
    """Why a message that is not known to have left is not known to be absent either."""
    if free:
        return "what is listed may be an equal message that is parked"
    if _unowned(connection, listing.wordless):
        return "the provider's list has lost its words"
    if _unowned(connection, listing.early):
        return "the same words are listed shortly before it"
    return None


def _absent(row: Row[Any]) -> dict[str, Any]:
    if row.absences + 1 < ABSENCES_NEEDED:
        return {**_look_again(), "absences": row.absences + 1}
    if row.message_class in RESENT and row.attempts >= MOST_ATTEMPTS:
        return {"status": "failed", "reason": f"surely absent, after {row.attempts} attempts"}
    if row.message_class in RESENT:
        reason = "surely absent at the provider"
        wait = seconds_from_now(backoff(row.attempts))
        return {"status": "queued", "reason": reason, "not_before": wait}
    return {"status": "parked", "reason": "maybe sent: a person must decide"}


def _unclear(waited: timedelta, why: str) -> dict[str, Any]:
    """Looked up again later, or parked when that has failed for too long."""
    if waited > UNCLEAR_FOR:
        return {"status": "parked", "reason": f"maybe sent: {why}"}
    return _look_again()


def _list_failed(row: Row[Any], now: datetime, waited: timedelta) -> dict[str, Any]:
    """Looked up until the list is back, a reply for as long as it is of use."""
    if row.message_class in RESENT and row.expires_at > now and waited > UNCLEAR_FOR:
        return {"not_before": seconds_from_now(LOOK_LATER_S)}
    return _unclear(waited, "the provider's list cannot be read")


def _look_again() -> dict[str, Any]:
    return {"not_before": seconds_from_now(LOOK_AGAIN_S)}


def _unowned(connection: Connection, sids: Sequence[str]) -> list[str]:
    """Those of these ids that no other message, and no earlier attempt, has; the oldest first."""
    owned = select(_outbound.provider_sid).where(_outbound.provider_sid.in_(sids))
    earlier = select(_earlier.provider_sid).where(_earlier.provider_sid.in_(sids))
    taken: set[str | None] = set(connection.execute(owned.union(earlier)).scalars())
    return [sid for sid in reversed(sids) if sid not in taken]


def _rivals(connection: Connection, row: Row[Any]) -> int:
    """How many parked messages with the same words to this person may own what is listed."""
    of_the_person = select(conversations.c.id).where(conversations.c.contact_id == row.contact_id)
    rivals = select(func.count()).where(
        _outbound.id != row.id,
        _outbound.conversation_id.in_(of_the_person),
        PARKED,
        _outbound.provider_sid.is_(None),
        _outbound.body == row.body,
        _outbound.attempted_at >= since(row),
    )
    return connection.execute(rivals).scalar_one()
