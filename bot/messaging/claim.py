"""The outbox's states: claim what is at the head of its line, mark what came of it.

queued -> sending (lease, token) -> sent | failed | unknown | queued again; canceled before leaving.
"""

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    String,
    bindparam,
    case,
    exists,
    literal_column,
    select,
    update,
)

from bot.dialogue.effects import Consent
from bot.messaging.gate import Blocked, MessageClass, may_send
from bot.store.columns import seconds_from_now, utc_now
from bot.store.tables import contacts, conversations, outbound_messages, senders

LEASE_S = 20
OPEN = ("queued", "sending", "unknown")

_outbound = outbound_messages.c


def _heads_of_line() -> Select[Any]:
    """Due messages without an earlier open one in their conversation, locked for this process."""
    earlier = outbound_messages.alias("earlier")
    has_earlier = exists().where(
        earlier.c.conversation_id == _outbound.conversation_id,
        earlier.c.id < _outbound.id,
        earlier.c.status.in_([_written_out(status) for status in OPEN]),
    )
    return (
        select(
            _outbound.id,
            _outbound.message_class,
            _outbound.body,
            _outbound.segments,
            _outbound.attempts,
            _outbound.expires_at,
            conversations.c.consent,
            conversations.c.held_since,
            contacts.c.number.label("recipient"),
            senders.c.number.label("sender"),
            senders.c.enabled_at,
            senders.c.retired_at,
            utc_now().label("now"),
        )
        .join(conversations, conversations.c.id == _outbound.conversation_id)
        .join(contacts, contacts.c.id == conversations.c.contact_id)
        .join(senders, senders.c.id == conversations.c.sender_id)
        .where(_outbound.status == _written_out("queued"), _outbound.not_before <= utc_now())
        .where(~has_earlier)
        .order_by(_outbound.not_before, _outbound.id)
        .limit(bindparam("limit", type_=Integer))
        .with_for_update(of=outbound_messages, skip_locked=True)
    )


def _written_out(status: str) -> ColumnElement[str]:
    """A status in the statement's text: a plan that is kept can then use the partial indexes."""
    return literal_column(f"'{status}'", String)


_HEADS_OF_LINE = _heads_of_line()
_TAKE = (
    update(outbound_messages)
    .where(_outbound.id.in_(bindparam("ids", expanding=True)))
    .values(
        status="sending",
        attempt_token=bindparam("token"),
        attempts=_outbound.attempts + 1,
        attempted_at=utc_now(),
        lease_until=seconds_from_now(LEASE_S),
        absences=0,
        reason=None,
    )
)
_MARK = (
    update(outbound_messages)
    .where(
        _outbound.id == bindparam("message"),
        _outbound.attempt_token == bindparam("token"),
        _outbound.status == "sending",
    )
    .values(
        status=bindparam("new_status"),
        provider=bindparam("carrier"),
        provider_sid=bindparam("sid"),
        reason=bindparam("why"),
        error_code=bindparam("code"),
        not_before=seconds_from_now(bindparam("retry_in")),
        sent_at=case((bindparam("new_status", type_=String) == "sent", utc_now())),
    )
)


@dataclass(frozen=True)
class Claimed:
    """A message that this process alone may send while its lease lasts; `token` proves it.

    `leased_until` is when that is, in seconds of this process's monotonic clock; `valid_for` is in
    seconds.
    """

    id: int
    token: str
    attempt: int
    sender: str
    recipient: str
    body: str
    segments: int
    valid_for: int
    leased_until: float


@dataclass(frozen=True)
class Result:
    """What came of one attempt: the new status, with the provider's id or the reason.

    `retry_in` is in seconds. `opted_out` says that the provider holds a STOP of this person.
    """

    message: Claimed
    status: str
    provider: str
    provider_sid: str | None = None
    reason: str | None = None
    error_code: int | None = None
    retry_in: float = 0
    opted_out: bool = False


def claim(connection: Connection, limit: int) -> list[Claimed]:
    """Take up to `limit` due messages, one per conversation, and ask the gate for each again.

    Nothing is returned only where nothing is due: behind messages that the gate takes back, others
    may wait.
    """
    while heads := connection.execute(_HEADS_OF_LINE, {"limit": limit}).all():
        if allowed := [row for row in heads if _may_leave(connection, row)]:
            return _take(connection, allowed)
    return []


def _take(connection: Connection, rows: Sequence[Row[Any]]) -> list[Claimed]:
    token = secrets.token_hex(16)
    # Read before the database starts the lease, so that it never ends later here than there.
    leased_until = time.monotonic() + LEASE_S
    connection.execute(_TAKE, {"ids": [row.id for row in rows], "token": token})
    return [_claimed(row, token, leased_until) for row in rows]


def _may_leave(connection: Connection, row: Row[Any]) -> bool:
    verdict = may_send(
        MessageClass(row.message_class),
        Consent(row.consent),
        row.expires_at,
        row.now,
        held=row.held_since is not None,
        in_service=row.enabled_at is not None and row.retired_at is None,
    )
    if isinstance(verdict, Blocked):
        _take_back(connection, row.id, verdict.why)
    return not isinstance(verdict, Blocked)


def cancel(connection: Connection, conversation_id: int, reason: str) -> None:
    """Take back everything of a conversation that has not left.

    What is leaving at this moment, or perhaps has left, is out of date from now on: the gate stops
    it where it comes back to be sent again.
    """
    waits = _outbound.status == "queued"
    connection.execute(
        update(outbound_messages)
        .where(_outbound.conversation_id == conversation_id, _outbound.status.in_(OPEN))
        .values(
            status=case((waits, "canceled"), else_=_outbound.status),
            reason=reason,
            expires_at=utc_now(),
        )
    )


def _take_back(connection: Connection, message: int, reason: str) -> None:
    connection.execute(
        update(outbound_messages)
        .where(_outbound.id == message, _outbound.status == "queued")
        .values(status="canceled", reason=reason)
    )


def something_due(connection: Connection) -> bool:
    """Whether any message could leave now."""
    return connection.execute(_HEADS_OF_LINE, {"limit": 1}).first() is not None


def _claimed(row: Row[Any], token: str, leased_until: float) -> Claimed:
    left = (row.expires_at - row.now).total_seconds()
    return Claimed(
        row.id,
        token,
        row.attempts + 1,
        row.sender,
        row.recipient,
        row.body,
        row.segments,
        max(int(left), 5),
        leased_until,
    )


def mark(connection: Connection, results: Sequence[Result]) -> None:
    """Write down what came of attempts; an attempt whose token was overtaken changes nothing."""
    connection.execute(_MARK, [_marks(result) for result in results])


def _marks(result: Result) -> dict[str, Any]:
    return {
        "message": result.message.id,
        "token": result.message.token,
        "new_status": result.status,
        "carrier": result.provider,
        "sid": result.provider_sid,
        "why": result.reason,
        "code": result.error_code,
        "retry_in": result.retry_in,
    }
