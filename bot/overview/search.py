"""The search: which conversations hold these words, or belong to this person."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, exists, func, select

from bot.overview import names
from bot.overview.matching import has_terms
from bot.overview.terms import holds, needed
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

# How many messages are looked at for one page of conversations.
MOST = 300
# How many of the newest messages are looked through one by one: it takes 1.5 µs for each.
NEAR = 50_000
_term, _card = message_terms.c, conversation_cards.c


@dataclass(frozen=True)
class Wanted:
    """What a message must have: all of these terms and, letter by letter, these words."""

    terms: Sequence[str]
    words: str = ""

    @classmethod
    def of_words(cls, words: str) -> "Wanted":
        """What holds these words."""
        return cls(needed(words), words)

    @classmethod
    def of_script(cls, script: str) -> "Wanted":
        """What was sent by a script, named by its key or one of its revisions."""
        return cls([f"{'key' if '.' in script else 'rev'}:{script}"])


@dataclass(frozen=True)
class Found:
    """Conversations that hold the words, the newest message first, and where to go on."""

    conversation_ids: list[int]
    before: int | None = None


def was_sent(script: str) -> ColumnElement[bool]:
    """Whether a conversation was ever sent a script, named by its key or one of its revisions."""
    sent = message_terms.alias("sent")
    terms = Wanted.of_script(script).terms
    return exists().where(
        sent.c.conversation_id == _card.conversation_id, has_terms(terms, sent.c.terms)
    )


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
    conditions: Sequence[ColumnElement[bool]],
    limit: int,
    before: int | None,
) -> Found:
    """Conversations in which a message has what is wanted and whose card meets the conditions.

    What is said often is found among the newest messages, which are looked through one by one; the
    index of terms would bring all of it, and the planner cannot tell which word is rare.
    """
    if not wanted.terms:
        return Found([])
    having = _having(wanted, conditions)
    top = before or (connection.execute(select(func.max(_term.id))).scalar() or 0) + 1
    near = having.where(_term.id < top, _term.id >= top - NEAR).order_by(_term.id.desc())
    found = _taken(connection, near.limit(MOST), wanted, limit)
    if len(found.conversation_ids) == limit or top <= NEAR:
        return found
    # The sum keeps the planner from walking back through every message.
    far = having.where(_term.id < top).order_by((_term.id + 0).desc())
    return _taken(connection, far.limit(MOST), wanted, limit)


def _having(wanted: Wanted, conditions: Sequence[ColumnElement[bool]]) -> Select[Any]:
    return (
        select(_term.id, _term.kind, _term.message_id, _term.conversation_id)
        .join(conversation_cards, _card.conversation_id == _term.conversation_id)
        .where(has_terms(wanted.terms), *conditions)
    )


def _taken(connection: Connection, query: Select[Any], wanted: Wanted, limit: int) -> Found:
    """The conversations of these messages, once each, where the words really stand in them."""
    rows = connection.execute(query).all()
    bodies = _bodies(connection, rows) if wanted.words else {}
    found: dict[int, int] = {}
    for row in rows:
        body = bodies.get((row.kind, row.message_id), "")
        if not wanted.words or holds(body, wanted.words):
            found.setdefault(row.conversation_id, row.id)
        if len(found) == limit:
            return Found(list(found), row.id)
    return Found(list(found), rows[-1].id if len(rows) == MOST else None)


def _bodies(connection: Connection, rows: Sequence[Any]) -> dict[tuple[str, int], str]:
    found: dict[tuple[str, int], str] = {}
    for kind, table in (("in", inbound_messages), ("out", outbound_messages)):
        ids = [row.message_id for row in rows if row.kind == kind]
        texts = connection.execute(select(table.c.id, table.c.body).where(table.c.id.in_(ids)))
        found |= {(kind, row.id): mask.tokens(row.body) for row in texts}
    return found


def _by_customer_number(connection: Connection, vault: Vault, words: str) -> list[str]:
    number = accounts.c.customer_number_index.in_(vault.indexes("".join(words.split())))
    return list(connection.execute(select(accounts.c.number).where(number)).scalars())
