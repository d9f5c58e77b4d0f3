"""The search: which conversations hold these words, or belong to this person."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, exists, select

from bot.overview import names, walks
from bot.overview.filters import Filters
from bot.overview.matching import has_terms
from bot.overview.paging import key_of
from bot.overview.terms import holds, needed
from bot.overview.walks import Conditions, Hit, Look
from bot.store.crypto import Vault
from bot.store.tables import (
    accounts,
    contacts,
    conversation_cards,
    conversations,
    inbound_messages,
    message_terms,
    outbound_messages,
)
from bot.text import mask, phone
from bot.text.whole import whole

# How many conversations of people are shown at the most.
MOST = 300
# How many texts are read at a time.
AT_ONCE = 100
# After so long no further look begins; half of what a page may take (docs/performance.md).
LOOKS_FOR_S = 0.07
_card = conversation_cards.c


@dataclass(frozen=True)
class Wanted:
    """What a message must have: all of these terms and, letter by letter, these words; and what
    some message of the same conversation must have, that or another. `is_past`: the newest
    messages are in none of the conversations that are asked about."""

    terms: Sequence[str]
    words: str = ""
    beside: Sequence[str] = ()
    is_past: bool = False

    @classmethod
    def of(cls, filters: Filters) -> "Wanted":
        """What holds the words, in a conversation that was sent the script; either may be empty."""
        sent = _terms_of(filters.script) if filters.script else []
        is_past = bool(filters.until)
        if not filters.words:
            return cls(sent, is_past=is_past)
        return cls(needed(filters.words), filters.words, sent, is_past)


@dataclass(frozen=True)
class Found:
    """Conversations, the newest first, and the key of the next page; None where there is none."""

    conversation_ids: list[int]
    next: str | None = None


def was_sent(script: str) -> ColumnElement[bool]:
    """Whether a conversation was ever sent a script, named by its key or one of its revisions."""
    return _has(_terms_of(script))


def _terms_of(script: str) -> list[str]:
    return [f"{'key' if '.' in script else 'rev'}:{script}"]


def _has(terms: Sequence[str]) -> ColumnElement[bool]:
    """Whether some message of a card's conversation has these terms."""
    some = message_terms.alias("some")
    own = some.c.conversation_id == _card.conversation_id
    return exists().where(own, has_terms(terms, some.c.terms))


def of_person(connection: Connection, vault: Vault, words: str) -> list[int] | None:
    """The conversations of a number, a customer number or a name; None where it is none of them."""
    numbers = set(_by_customer_number(connection, vault, words))
    if (number := phone.parse(words)) is not None:
        numbers.add(number)
    numbers |= set(names.find(connection, vault, words))
    if not numbers:
        return None
    found = (
        select(conversations.c.id)
        .join(contacts, contacts.c.id == conversations.c.contact_id)
        .where(contacts.c.number.in_(numbers))
        .limit(MOST)
    )
    return list(connection.execute(found).scalars())


def by_terms(
    connection: Connection,
    wanted: Wanted,
    conditions: Conditions,
    limit: int,
    after: str = "",
) -> Found:
    """Conversations in which a message has what is wanted and whose card meets the conditions.

    The newest come first, by that message or as in the list, whichever way is the shorter; a page
    goes on the way of the one before it. One that is not full need not be the last.
    """
    if not wanted.terms:
        return Found([])
    found: dict[int, None] = {}
    rest, until = None, time.monotonic() + LOOKS_FOR_S
    for look in _looks(connection, wanted, conditions, after):
        rest = look.rest
        for hit in _holding(connection, look.hits, wanted.words):
            found[hit.conversation_id] = None
            if len(found) == limit:
                return Found(list(found), hit.key)
        if time.monotonic() > until:
            break
    return Found(list(found), rest)


def _looks(
    connection: Connection, wanted: Wanted, conditions: Conditions, after: str
) -> Iterator[Look]:
    """All that is rare at once, else one way or the other, whichever is the shorter."""
    line, beside = key_of(after), [wanted.beside] if wanted.beside else []
    before = whole(after)
    if beside and (sent := walks.rare(connection, wanted.beside)) is not None:
        own = _card.conversation_id.in_({row.conversation_id for row in sent})
        conditions, beside = [*conditions, own], []
    also = [_has(terms) for terms in beside]
    if conditions and line is None:
        if (rows := walks.rare(connection, wanted.terms)) is not None:
            return walks.among(connection, rows, [*conditions, *also], before)
        if not after and (wanted.is_past or walks.are_few(connection, conditions)):
            return walks.by_conversations(connection, [wanted.terms, *beside], conditions, None)
    if line is not None:
        return walks.by_conversations(connection, [wanted.terms, *beside], conditions, line)
    return walks.by_messages(connection, wanted.terms, [*conditions, *also], before)


def _holding(connection: Connection, hits: Sequence[Hit], words: str) -> Iterator[Hit]:
    """Those whose texts really hold the words; as many at a time as make a page."""
    for begin in range(0, len(hits), AT_ONCE):
        some = hits[begin : begin + AT_ONCE]
        bodies = _bodies(connection, some) if words else {}
        for hit in some:
            if not words or holds(bodies.get((hit.kind, hit.message_id), ""), words):
                yield hit


def _bodies(connection: Connection, hits: Sequence[Hit]) -> dict[tuple[str, int], str]:
    found: dict[tuple[str, int], str] = {}
    for kind, table in (("in", inbound_messages), ("out", outbound_messages)):
        ids = [hit.message_id for hit in hits if hit.kind == kind]
        texts = connection.execute(select(table.c.id, table.c.body).where(table.c.id.in_(ids)))
        found |= {(kind, row.id): mask.tokens(row.body) for row in texts}
    return found


def _by_customer_number(connection: Connection, vault: Vault, words: str) -> list[str]:
    number = accounts.c.customer_number_index.in_(vault.indexes("".join(words.split())))
    return list(connection.execute(select(accounts.c.number).where(number)).scalars())
