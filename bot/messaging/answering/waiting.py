"""The texts that wait for an answer: whose turn it is, and what becomes of the others."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    bindparam,
    case,
    func,
    literal_column,
    select,
    update,
)

from bot.dialogue.vocabulary import Intent
from bot.store.columns import among
from bot.store.tables import inbound_messages
from bot.text import mask

MOST_ATTEMPTS = 3

_inbound = inbound_messages.c

# The text to answer next of each conversation and, if there is one, its successor: the oldest
# first, but a STOP must not wait behind a text that a flow cannot answer.
_IN_TURN = (
    select(
        _inbound.id,
        _inbound.conversation_id,
        _inbound.provider,
        _inbound.provider_sid,
        _inbound.sender,
        _inbound.recipient,
        _inbound.body,
        _inbound.carrier_intent,
        _inbound.intent,
        _inbound.written_at,
        _inbound.created_at,
        func.row_number()
        .over(
            partition_by=_inbound.conversation_id,
            order_by=(case((_inbound.intent == Intent.STOP, 0), else_=1), _inbound.id),
        )
        .label("turn"),
    )
    .where(
        among(_inbound.conversation_id, "conversations"),
        # Written out: a plan that is kept can then use the index of what waits.
        _inbound.status == literal_column("'waiting'"),
    )
    .subquery()
)
_NEXT = select(_IN_TURN).where(_IN_TURN.c.turn <= 2).order_by(_IN_TURN.c.turn)
_OVERTAKEN = (
    update(inbound_messages)
    .where(_inbound.id == bindparam("this"))
    .values(status="answered", error="overtaken by a STOP", body=bindparam("masked"))
)


def next_of(
    connection: Connection, conversation_ids: Sequence[int]
) -> Mapping[int, Sequence[Row[Any]]]:
    """By conversation the one or two texts whose turn is next; none where nothing waits."""
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(_NEXT, {"conversations": list(conversation_ids)}):
        found[row.conversation_id].append(row)
    return found


def overtake(connection: Connection, stop: Row[Any]) -> None:
    """What waited before a STOP is settled by it: an older START must not lift it again."""
    older = select(_inbound.id.label("this"), _inbound.body).where(
        _inbound.conversation_id == stop.conversation_id,
        _inbound.status == "waiting",
        _inbound.id < stop.id,
    )
    rows = connection.execute(older).all()
    if rows:
        masked = [{"this": row.this, "masked": mask.digits(row.body)} for row in rows]
        connection.execute(_OVERTAKEN, masked)


def note_failure(connection: Connection, inbound_id: int) -> None:
    """Count a failed attempt; after three the conversation goes on without the text."""
    failed = connection.execute(
        update(inbound_messages)
        .where(_inbound.id == inbound_id, _inbound.status == "waiting")
        .values(attempts=_inbound.attempts + 1, error="a flow could not answer; see the log")
        .returning(_inbound.attempts, _inbound.body)
    ).one_or_none()
    if failed is not None and failed.attempts >= MOST_ATTEMPTS:
        connection.execute(
            update(inbound_messages)
            .where(_inbound.id == inbound_id)
            .values(status="failed", body=mask.digits(failed.body))
        )
