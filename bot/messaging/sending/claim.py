"""The outbox's states: claim what is at the head of its line, mark what came of it.

queued -> sending (lease, token) -> sent | failed | unknown | queued again; canceled before leaving.
"""

import secrets
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
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

from bot.messaging.gate import Allowed, Blocked, Later, Reason, may_send
from bot.messaging.sending import facts, recall
from bot.messaging.sending.facts import Background
from bot.messaging.sending.verdicts import kept
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
        # What waits for the morning must not hold up the answer to what the person writes tonight.
        earlier.c.verdict.is_(None) | (earlier.c.verdict != "later"),
    )
    return (
        select(
            _outbound.id,
            _outbound.message_class,
            _outbound.body,
            _outbound.segments,
            _outbound.attempts,
            _outbound.expires_at,
            _outbound.conversation_id,
            _outbound.purpose,
            _outbound.exemption,
            _outbound.exemption_note,
            _outbound.approved_by,
            conversations.c.consent,
            conversations.c.held_since,
            conversations.c.heard_at,
            conversations.c.contact_id,
            conversations.c.sender_id,
            contacts.c.number.label("recipient"),
            senders.c.number.label("sender"),
            senders.c.legal_name,
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
        verdict="allowed",
        verdict_reasons=bindparam("why"),
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
        provider=bindparam("through"),
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


def claim(connection: Connection, limit: int, legal_name: str = "") -> list[Claimed]:
    """Take up to `limit` due messages, one per conversation, and ask the gate for each again.

    Nothing is returned only where nothing is due or free: behind messages that the gate keeps back,
    others may wait. `legal_name` is that of senders without one of their own; some texts must
    carry it.
    """
    while heads := connection.execute(_HEADS_OF_LINE, {"limit": limit}).all():
        known = facts.background(connection, heads)
        free = [row for row in heads if facts.is_known(row, known)]
        if taken := _allowed(connection, free, known, legal_name):
            return _take(connection, taken)
        if not free:
            break
    return []


def _allowed(
    connection: Connection, rows: Sequence[Row[Any]], known: Background, legal_name: str
) -> dict[tuple[Reason, ...], list[Row[Any]]]:
    """The messages that may leave, by the reasons why; the others are kept back."""
    allowed: dict[tuple[Reason, ...], list[Row[Any]]] = defaultdict(list)
    for row in rows:
        verdict = may_send(facts.facts_of(row, known, legal_name))
        if isinstance(verdict, Allowed):
            allowed[verdict.reasons].append(row)
            facts.count(row, known)
        else:
            _keep_back(connection, row, verdict)
    return allowed


def _take(
    connection: Connection, allowed: Mapping[tuple[Reason, ...], Sequence[Row[Any]]]
) -> list[Claimed]:
    token = secrets.token_hex(16)
    # Read before the database starts the lease, so that it never ends later here than there.
    leased_until = time.monotonic() + LEASE_S
    for reasons, rows in allowed.items():
        ids = [row.id for row in rows]
        connection.execute(_TAKE, {"ids": ids, "token": token, "why": kept(reasons)})
    return [_claimed(row, token, leased_until) for rows in allowed.values() for row in rows]


def _keep_back(connection: Connection, row: Row[Any], verdict: Later | Blocked) -> None:
    if isinstance(verdict, Blocked):
        recall.take_back(connection, _outbound.id == row.id, verdict.why, kept(verdict.reasons))
        return
    connection.execute(
        update(outbound_messages)
        .where(_outbound.id == row.id)
        .values(
            not_before=verdict.at,
            reason=verdict.why,
            verdict="later",
            verdict_reasons=kept(verdict.reasons),
        )
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
        "through": result.provider,
        "sid": result.provider_sid,
        "why": result.reason,
        "code": result.error_code,
        "retry_in": result.retry_in,
    }
