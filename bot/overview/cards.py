"""Cards: what the list of conversations is filtered and ordered by, one row for each of them."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
    and_,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
)

from bot.store.columns import seconds_from_now, utc_now
from bot.store.session import insert
from bot.store.tables import (
    contacts,
    conversation_cards,
    conversations,
    holds,
    inbound_messages,
    outbound_messages,
)

A_WEEK_S = 7 * 24 * 3600
BATCH = 500
# A text that came waits while these are compared: for a hundred it is 10 ms.
FLAGGED = 100

_card, _conversation = conversation_cards.c, conversations.c
_inbound, _outbound = inbound_messages.c, outbound_messages.c
_LOST = ("failed", "undelivered")
_DOUBTFUL = ("failed", "parked", "unknown")
_bad = outbound_messages.alias("bad")


def refresh(connection: Connection, conversation_ids: Collection[int]) -> None:
    """Write the cards of these conversations anew, as they stand."""
    ids = sorted(set(conversation_ids))
    for begin in range(0, len(ids), BATCH):
        rows = [_card_of(row) for row in connection.execute(_facts(ids[begin : begin + BATCH]))]
        if not rows:
            continue
        row = insert(connection, conversation_cards)
        names = [name for name in rows[0] if name != "conversation_id"]
        kept = {name: row.excluded[name] for name in names} | {"touched_at": utc_now()}
        connection.execute(
            row.on_conflict_do_update(index_elements=["conversation_id"], set_=kept), rows
        )


def flagged(connection: Connection, after: int) -> list[int]:
    """The next conversations whose card has a flag that may end without any message."""
    found = (
        select(_card.conversation_id)
        .where(
            _card.conversation_id > after,
            or_(
                _card.wanted_at.is_not(None),
                _card.taken_by.is_not(None),
                _card.trouble.is_not(None),
                _card.held,
                _card.on_hold,
            ),
        )
        .order_by(_card.conversation_id)
        .limit(FLAGGED)
    )
    return list(connection.execute(found).scalars())


def differing(connection: Connection, conversation_ids: Collection[int]) -> list[int]:
    """Those of these conversations whose card does not tell any more how they stand."""
    kept = {
        row.conversation_id: row
        for row in connection.execute(
            select(conversation_cards).where(_card.conversation_id.in_(conversation_ids))
        )
    }
    found = []
    for row in connection.execute(_facts(conversation_ids)):
        card, now = kept.get(row.conversation_id), _card_of(row)
        if card is None or any(
            getattr(card, name) != now[name] for name in now if name != "touched_at"
        ):
            found.append(row.conversation_id)
    return found


def _card_of(row: Row[Any]) -> dict[str, Any]:
    moments = [moment for moment in (row.heard_at, row.said_at, row.created_at) if moment]
    return {
        "conversation_id": row.conversation_id,
        "sender_id": row.sender_id,
        "last_at": max(moments[:2] or moments),
        "last_inbound_id": row.last_inbound_id,
        "last_outbound_id": row.last_outbound_id,
        "language": row.language,
        "flow": row.flow or "",
        "consent": row.consent,
        "wanted_at": row.person_wanted_at,
        "taken_by": row.taken_by if row.is_taken else None,
        "held": row.held_since is not None,
        "on_hold": bool(row.on_hold),
        "trouble": row.trouble,
        "error_code": row.error_code,
        "touched_at": row.now,
    }


def _facts(conversation_ids: Collection[int]) -> Select[Any]:
    heard, said, trouble = _last(inbound_messages), _last(outbound_messages), _trouble()
    on_hold = exists().where(
        holds.c.contact_id == _conversation.contact_id,
        holds.c.released_at.is_(None),
        holds.c.until.is_(None) | (holds.c.until > utc_now()),
    )
    return (
        select(
            _conversation.id.label("conversation_id"),
            _conversation.sender_id,
            _conversation.language,
            _conversation.flow,
            _conversation.consent,
            _conversation.person_wanted_at,
            _conversation.taken_by,
            (_conversation.taken_until > utc_now()).label("is_taken"),
            _conversation.held_since,
            _conversation.created_at,
            inbound_messages.c.id.label("last_inbound_id"),
            inbound_messages.c.created_at.label("heard_at"),
            outbound_messages.c.id.label("last_outbound_id"),
            outbound_messages.c.created_at.label("said_at"),
            case(
                (_bad.c.id.is_(None), None),
                (_bad.c.status.in_(_DOUBTFUL), _bad.c.status),
                else_=literal_column("'undelivered'"),
            ).label("trouble"),
            _bad.c.error_code,
            on_hold.label("on_hold"),
            utc_now().label("now"),
        )
        .join(contacts, contacts.c.id == _conversation.contact_id)
        .join(inbound_messages, _inbound.id == heard, isouter=True)
        .join(outbound_messages, _outbound.id == said, isouter=True)
        .join(_bad, _bad.c.id == trouble, isouter=True)
        .where(_conversation.id.in_(conversation_ids))
    )


def _last(messages: Any) -> Any:
    """The id of a conversation's last message of one kind: one probe of its index."""
    other = messages.alias()
    last = select(func.max(other.c.id)).where(other.c.conversation_id == _conversation.id)
    return last.correlate(conversations).scalar_subquery()


def _trouble() -> Any:
    """The id of a conversation's last message of this week that did not get through."""
    other = outbound_messages.alias()
    return (
        select(func.max(other.c.id))
        .where(
            other.c.conversation_id == _conversation.id,
            other.c.created_at > seconds_from_now(-A_WEEK_S),
            or_(
                other.c.status.in_(_DOUBTFUL),
                and_(other.c.status == "sent", other.c.delivery_status.in_(_LOST)),
            ),
        )
        .correlate(conversations)
        .scalar_subquery()
    )
