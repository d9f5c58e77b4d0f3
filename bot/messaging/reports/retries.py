"""Undelivered messages that are sent once more, when their time has come."""

from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from bot.dialogue.effects import Consent
from bot.messaging.grounds import MessageClass
from bot.store.columns import utc_now
from bot.store.tables import conversations, earlier_attempts, outbound_messages

BATCH = 100
ANSWERS = (MessageClass.REPLY, MessageClass.CONFIRMATION)

_outbound = outbound_messages.c


def requeue_due(connection: Connection) -> int:
    """Put the messages that are due back into their lines; returns how many.

    What is of no use by now stays undelivered. The gate is asked again before they leave.
    """
    due = connection.execute(
        select(outbound_messages, conversations.c.consent, conversations.c.heard_at)
        .add_columns(utc_now().label("now"))
        .join(conversations, conversations.c.id == _outbound.conversation_id)
        .where(_outbound.retry_at <= utc_now())
        .order_by(_outbound.retry_at)
        .limit(BATCH)
        .with_for_update(of=outbound_messages, skip_locked=True)
    ).all()
    return sum(_settle(connection, row) for row in due)


def _settle(connection: Connection, row: Row[Any]) -> bool:
    useless = _useless(row)
    changes = {"reason": useless} if useless else _anew(connection, row)
    connection.execute(
        update(outbound_messages).where(_outbound.id == row.id).values(retry_at=None, **changes)
    )
    return not useless


def _useless(row: Row[Any]) -> str | None:
    """Why a message is not sent once more; None where it is."""
    if row.consent == Consent.STOPPED:
        return "undelivered; the recipient stopped since"
    if row.expires_at <= row.now:
        return "undelivered; too old by now to be of use"
    if row.message_class in ANSWERS and row.heard_at > row.created_at:
        return "undelivered; the recipient has written something else since"
    return None


def _anew(connection: Connection, row: Row[Any]) -> dict[str, Any]:
    """What the row is set to; what it told of the attempt before is kept apart."""
    connection.execute(
        insert(earlier_attempts).values(
            outbound_id=row.id,
            provider=row.provider,
            provider_sid=row.provider_sid,
            delivery_status=row.delivery_status,
            error_code=row.error_code,
            carrier=row.carrier,
            sent_at=row.sent_at,
        )
    )
    return {
        "status": "queued",
        "reason": f"undelivered with code {row.error_code}; tried once more",
        "not_before": utc_now(),
        "retries": row.retries + 1,
        "attempt_token": None,
        "provider_sid": None,
        "delivery_status": None,
        "error_code": None,
        "carrier": None,
        "sent_at": None,
        "verdict": None,
    }
