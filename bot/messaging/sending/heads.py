"""Heads of line: the messages that are next in their conversations.

Answers and receipts keep their order among themselves, and so do unsolicited messages; those wait
for all that the conversation has to say, which in turn never waits behind a queued one of theirs.
While one is on its way, or perhaps left, what comes back from before it waits as well.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    String,
    bindparam,
    exists,
    func,
    literal_column,
    select,
    update,
)

from bot.messaging.grounds import UNSOLICITED
from bot.messaging.sending.lanes import NOW, QUEUED, Lane
from bot.store.columns import Id, utc_now
from bot.store.tables import contacts, conversations, outbound_messages, senders

OPEN = ("queued", "sending", "unknown")
IN_DOUBT = ("sending", "unknown")

_outbound = outbound_messages.c
_other = outbound_messages.alias("other")
# What the gate asks of a message and its people, and what sending it takes.
_JUDGED: tuple[ColumnElement[Any], ...] = (
    _outbound.id,
    _outbound.message_class,
    _outbound.body,
    _outbound.segments,
    _outbound.script_key,
    _outbound.attempts,
    _outbound.error_code,
    _outbound.expires_at,
    _outbound.conversation_id,
    _outbound.account_id,
    _outbound.campaign_id,
    _outbound.acted_at,
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
    senders.c.brand,
    senders.c.legal_name,
    senders.c.enabled_at,
    senders.c.retired_at,
    utc_now().label("now"),
)


def written_out(values: Sequence[str]) -> list[ColumnElement[str]]:
    """Texts that stand in the statement: a plan that is kept can then use the partial indexes."""
    return [literal_column(f"'{value}'", String) for value in values]


def _is_behind() -> ColumnElement[bool]:
    """Whether another open message of the conversation goes first."""
    kinds = written_out(sorted(UNSOLICITED))
    unsolicited = _outbound.message_class.in_(kinds)
    other_is_solicited = _other.c.message_class.not_in(kinds)
    earlier = _other.c.id < _outbound.id
    in_doubt = _other.c.status.in_(written_out(IN_DOUBT))
    # What waits for the morning must not hold up the answer to what the person writes tonight.
    put_off = (_other.c.verdict == "later") & (_other.c.not_before > NOW)
    return exists().where(
        _other.c.conversation_id == _outbound.conversation_id,
        _other.c.id != _outbound.id,
        _other.c.status.in_(written_out(OPEN)),
        earlier | in_doubt | (unsolicited & other_is_solicited),
        unsolicited | other_is_solicited | (_other.c.status == "sending"),
        _other.c.verdict.is_(None) | ~put_off,
    )


def _to_judge() -> Select[Any]:
    """Messages with all that the gate asks of their own rows."""
    return (
        select(*_JUDGED)
        .join(conversations, conversations.c.id == _outbound.conversation_id)
        .join(contacts, contacts.c.id == conversations.c.contact_id)
        .join(senders, senders.c.id == conversations.c.sender_id)
    )


def _heads() -> Select[Any]:
    return (
        _to_judge()
        .where(
            QUEUED,
            _outbound.sender_id == bindparam("sender_id"),
            _outbound.priority == bindparam("priority"),
            _outbound.not_before <= NOW,
            ~_is_behind(),
        )
        .order_by(_outbound.not_before, _outbound.id)
        .limit(bindparam("limit", type_=Integer))
        .with_for_update(of=outbound_messages, skip_locked=True)
    )


_HEADS = _heads()
_ONE = _to_judge().where(_outbound.id == bindparam("message_id", type_=Id))
_next = outbound_messages.alias("next")
_their_next = (
    select(func.min(_next.c.id))
    .where(
        _next.c.conversation_id.in_(bindparam("conversations", expanding=True)),
        _next.c.status == written_out(["queued"])[0],
    )
    .group_by(_next.c.conversation_id)
)
_STEP_BACK = (
    update(outbound_messages)
    .where(_outbound.id.in_(_their_next), _outbound.not_before < utc_now())
    .values(not_before=utc_now())
)


def heads(connection: Connection, lane: Lane, limit: int) -> Sequence[Row[Any]]:
    """The due heads of line of a lane, locked for this process; those that waited longest first."""
    values = {"sender_id": lane.sender_id, "priority": int(lane.priority), "limit": limit}
    return connection.execute(_HEADS, values).all()


def one(connection: Connection, message_id: int) -> Row[Any]:
    """A message as `heads` gives it, wherever in its line it is."""
    return connection.execute(_ONE, {"message_id": message_id}).one()


def step_back(connection: Connection, conversation_ids: Sequence[int]) -> None:
    """Let what these conversations send next wait its turn behind others that are due by now.

    Else one with a hundred messages, each older than theirs, would go first a hundred times.
    """
    connection.execute(_STEP_BACK, {"conversations": conversation_ids})
