"""The search: which conversations hold these words, or belong to this person."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

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
_term, _card = message_terms.c, conversation_cards.c


@dataclass(frozen=True)
class Found:
    """Conversations that hold the words, the newest message first, and where to go on."""

    conversation_ids: list[int]
    before: int | None = None


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


def by_text(
    connection: Connection,
    words: str,
    conditions: Sequence[ColumnElement[bool]],
    limit: int,
    before: int | None,
) -> Found:
    """Conversations in which a message holds the words and whose card meets the conditions."""
    terms = needed(words)
    if not terms:
        return Found([])
    wanted = (
        select(_term.id, _term.kind, _term.message_id, _term.conversation_id)
        .join(conversation_cards, _card.conversation_id == _term.conversation_id)
        .where(has_terms(terms), *conditions)
        .order_by(_term.id.desc())
        .limit(MOST)
    )
    rows = connection.execute(wanted if before is None else wanted.where(_term.id < before)).all()
    bodies = _bodies(connection, rows)
    found: dict[int, int] = {}
    for row in rows:
        if holds(bodies.get((row.kind, row.message_id), ""), words):
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
    number = accounts.c.customer_number_index == vault.index("".join(words.split()))
    return list(connection.execute(select(accounts.c.number).where(number)).scalars())
