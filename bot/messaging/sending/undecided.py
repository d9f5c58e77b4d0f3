"""Messages that did not leave as they should, for a person of the company to look at."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Subquery, case, select, union_all

from bot.errors import OutboxRefused
from bot.messaging.sending.backlog import LOOK_BACK_DAYS
from bot.staff.departments import EVERYTHING, Scope
from bot.store.columns import seconds_from_now, utc_now
from bot.store.tables import (
    contacts,
    conversations,
    outbound_messages,
    outbox_acts,
    senders,
)
from bot.store.tables.messages import TOO_OLD

# A healthy bot sends in seconds.
STUCK_AFTER_S = 60

_outbound = outbound_messages.c


class Trouble(StrEnum):
    """What is the matter with a message.

    STUCK was due a minute ago and waits still; UNKNOWN perhaps left and is being looked up; PARKED
    perhaps left and nobody can tell; FAILED was refused for good or tried too often; EXPIRED was of
    no use any more before it could leave.
    """

    STUCK = "stuck"
    UNKNOWN = "unknown"
    PARKED = "parked"
    FAILED = "failed"
    EXPIRED = "expired"


_IS: Mapping[Trouble, ColumnElement[bool]] = {
    Trouble.STUCK: (_outbound.status == "queued")
    & (_outbound.not_before < seconds_from_now(-STUCK_AFTER_S)),
    Trouble.UNKNOWN: _outbound.status == "unknown",
    Trouble.PARKED: _outbound.status == "parked",
    Trouble.FAILED: _outbound.status == "failed",
    Trouble.EXPIRED: (_outbound.status == "canceled")
    & (_outbound.reason == TOO_OLD)
    & (_outbound.created_at > seconds_from_now(-LOOK_BACK_DAYS * 24 * 3600)),
}


@dataclass(frozen=True)
class Undecided:
    """One of them; `number` is the recipient's, and whole, as `body` is; `language` is its own."""

    id: int
    conversation_id: int
    trouble: Trouble
    message_class: str
    script_key: str
    number: str
    language: str
    body: str
    attempts: int
    error_code: int | None
    reason: str | None
    created_at: datetime


def undecided(
    connection: Connection,
    kinds: Collection[Trouble] = tuple(Trouble),
    before: int | None = None,
    limit: int = 100,
    scope: Scope = EVERYTHING,
) -> Sequence[Undecided]:
    """The newest of these kinds within a scope, of an id below `before` if one is given."""
    newest = (newest_of(kind, limit, scope, before) for kind in kinds)
    ids = union_all(*(select(each.c.id) for each in newest)).subquery()
    found = _messages().where(_outbound.id.in_(select(ids.c.id))).order_by(_outbound.id.desc())
    return [_told(row) for row in connection.execute(found.limit(limit))]


def newest_of(
    kind: Trouble, limit: int, scope: Scope = EVERYTHING, before: int | None = None
) -> Subquery:
    """The ids of the newest of one kind: each kind has an index of its own, all together none."""
    found = select(_outbound.id).where(_IS[kind], scope.covers(_outbound.sender_id))
    if before is not None:
        found = found.where(_outbound.id < before)
    return found.order_by(_outbound.id.desc()).limit(limit).subquery()


def _told(row: Row[Any]) -> Undecided:
    return Undecided(
        row.id,
        row.conversation_id,
        Trouble(row.trouble),
        row.message_class,
        row.script_key,
        row.recipient,
        row.language,
        row.body,
        row.attempts,
        row.error_code,
        row.reason,
        row.created_at,
    )


def one(connection: Connection, message_id: int) -> Row[Any]:
    """All of one message, in any status, with `trouble` (None: none); raises OutboxRefused."""
    row = connection.execute(_messages().where(_outbound.id == message_id)).one_or_none()
    if row is None:
        raise OutboxRefused("unknown", f"There is no message {message_id}.")
    return row


def conversations_of(
    connection: Connection, message_ids: Collection[int], scope: Scope
) -> Mapping[int, int]:
    """The conversation of each of these messages that lies within a scope."""
    found = select(_outbound.id, _outbound.conversation_id).where(
        _outbound.id.in_(message_ids), scope.covers(_outbound.sender_id)
    )
    return {row.id: row.conversation_id for row in connection.execute(found)}


def acts_on(connection: Connection, message_id: int) -> Sequence[Row[Any]]:
    """What was done to a message besides sending it, the oldest first."""
    acts = select(outbox_acts).where(outbox_acts.c.outbound_id == message_id)
    return connection.execute(acts.order_by(outbox_acts.c.id)).all()


_trouble = case(*((condition, kind) for kind, condition in _IS.items()))


def _messages() -> Select[Any]:
    return (
        select(
            outbound_messages,
            _trouble.label("trouble"),
            conversations.c.contact_id,
            contacts.c.number.label("recipient"),
            senders.c.number.label("sender"),
            utc_now().label("now"),
        )
        .join(conversations, conversations.c.id == _outbound.conversation_id)
        .join(contacts, contacts.c.id == conversations.c.contact_id)
        .join(senders, senders.c.id == conversations.c.sender_id)
    )
