"""Two ways to what was said, each the newest first and each bounded.

Message by message is the way where many conversations are asked about: one of the next messages
with the terms is in one of them. Conversation by conversation is the way where few are. A page
looks at so much and no more, and says where to go on.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    func,
    literal,
    select,
    tuple_,
)

from bot.overview.matching import has_terms
from bot.overview.newest import MESSAGE, end, newest
from bot.overview.paging import Key, written
from bot.store.tables import conversation_cards, message_terms

# How many messages, or conversations, are looked at together, until a page is full, its time is up,
# or all are done.
MESSAGES = CONVERSATIONS = (200, *[300] * 6)
# Of a million conversations one in a hundred: of more, some of the next messages are in one.
FEW = 10_000
# Terms that are in no more messages than this are looked for in all of them.
RARE = 1000
_term, _card = message_terms.c, conversation_cards.c
Conditions = Sequence[ColumnElement[bool]]


@dataclass(frozen=True)
class Hit:
    """A message with the terms, and the key of what comes after it on this way."""

    kind: str
    message_id: int
    conversation_id: int
    key: str


@dataclass(frozen=True)
class Look:
    """The hits of one look, and the key of what it did not look at; None where that was all."""

    hits: Sequence[Hit]
    rest: str | None


def are_few(connection: Connection, conditions: Conditions) -> bool:
    """Whether few conversations meet the conditions."""
    some = select(_card.conversation_id).where(*conditions).limit(FEW + 1).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one() <= FEW


def rare(connection: Connection, terms: Sequence[str]) -> Sequence[Row[Any]] | None:
    """All messages with terms that hardly any has, from the newest on; None for any other terms."""
    rows = newest(connection, terms, end(connection), RARE + 1)
    return None if len(rows) > RARE else rows


def among(
    connection: Connection, rows: Sequence[Row[Any]], conditions: Conditions, before: int | None
) -> Iterator[Look]:
    """Those of these messages before an id, whose conversations meet the conditions."""
    earlier = [row for row in rows if before is None or row.id < before]
    hits = [_hit(row, str(row.id)) for row in _meeting(connection, earlier, conditions)]
    yield Look(hits, None)


def by_messages(
    connection: Connection, terms: Sequence[str], conditions: Conditions, before: int | None
) -> Iterator[Look]:
    """The messages of conversations that meet the conditions, before an id of `message_terms`."""
    before = before or end(connection)
    for most in MESSAGES:
        rows = newest(connection, terms, before, most)
        is_last = len(rows) < most
        hits = [_hit(row, str(row.id)) for row in _meeting(connection, rows, conditions)]
        yield Look(hits, None if is_last else str(rows[-1].id))
        if is_last:
            return
        before = rows[-1].id


def by_conversations(
    connection: Connection,
    wanted: Sequence[Sequence[str]],
    conditions: Conditions,
    after: Key | None,
) -> Iterator[Look]:
    """Conversations in the order of the list, after a line of it, in which some message has all of
    the first terms, and some message, that or another, all of each further."""
    for most in CONVERSATIONS:
        cards = connection.execute(_cards(conditions, after).limit(most)).all()
        keys = {card.conversation_id: written(*_line(card)) for card in cards}
        rows = _within(connection, wanted[0], keys)
        for terms in wanted[1:]:
            have = {row.conversation_id for row in _within(connection, terms, keys)}
            rows = [row for row in rows if row.conversation_id in have]
        place = {each: at for at, each in enumerate(keys)}
        rows.sort(key=lambda row: (place[row.conversation_id], -row.id))
        is_last = len(cards) < most
        hits = [_hit(row, keys[row.conversation_id]) for row in rows]
        yield Look(hits, None if is_last else written(*_line(cards[-1])))
        if is_last:
            return
        after = _line(cards[-1])


def comes_after(moment: datetime, conversation_id: int) -> ColumnElement[bool]:
    """Whether a card comes after a line of the list; an index can begin there."""
    line = literal(moment, _card.last_at.type), literal(conversation_id)
    return tuple_(_card.last_at, _card.conversation_id) < tuple_(*line)


def _meeting(
    connection: Connection, rows: Sequence[Row[Any]], conditions: Conditions
) -> list[Row[Any]]:
    """Those of the messages whose conversation meets the conditions: one probe for each."""
    if not conditions:
        return list(rows)
    ids = {row.conversation_id for row in rows}
    meeting = select(_card.conversation_id).where(_card.conversation_id.in_(ids), *conditions)
    met: set[int] = set(connection.execute(meeting).scalars())
    return [row for row in rows if row.conversation_id in met]


def _cards(conditions: Conditions, after: Key | None) -> Select[Any]:
    newest_first = (_card.last_at.desc(), _card.conversation_id.desc())
    found = select(_card.conversation_id, _card.last_at).where(*conditions).order_by(*newest_first)
    return found if after is None else found.where(comes_after(*after))


def _within(
    connection: Connection, terms: Sequence[str], conversation_ids: Collection[int]
) -> list[Row[Any]]:
    own = _term.conversation_id.in_(conversation_ids)
    return list(connection.execute(select(*MESSAGE).where(own, has_terms(terms))))


def _hit(row: Row[Any], key: str) -> Hit:
    return Hit(row.kind, row.message_id, row.conversation_id, key)


def _line(card: Row[Any]) -> Key:
    return card.last_at, card.conversation_id
