"""What people really wrote: the texts of a time, as they are kept, and what was answered."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, exists, select

from bot.dialogue.vocabulary import Intent
from bot.store.tables import (
    accounts,
    contacts,
    conversations,
    inbound_messages,
    outbound_messages,
)
from bot.text.language import Language

_inbound, _outbound = inbound_messages.c, outbound_messages.c
_conversation, _contact = conversations.c, contacts.c


@dataclass(frozen=True)
class PastText:
    """A text as it is kept (digits that prove something are gone), and the keys that answered."""

    id: int
    body: str
    at: datetime
    carrier: Intent | None
    keys: tuple[str, ...]


@dataclass(frozen=True)
class PastTalk:
    """The texts of one conversation, oldest first; `known` where it has an account."""

    conversation_id: int
    language: Language
    known: bool
    texts: tuple[PastText, ...]


def latest(connection: Connection, most: int) -> list[Row[Any]]:
    """The newest texts that were read, at most so many: id, body, carrier_intent, sender."""
    found = select(inbound_messages).where(_inbound.conversation_id.is_not(None))
    return list(connection.execute(found.order_by(_inbound.id.desc()).limit(most)))


def talks(connection: Connection, since: datetime, until: datetime, most: int) -> list[PastTalk]:
    """The conversations of a time, with at most so many texts together."""
    with_account = exists().where(accounts.c.number == _contact.number).label("known")
    found = (
        select(inbound_messages, _conversation.language, with_account)
        .join(conversations, _conversation.id == _inbound.conversation_id)
        .join(contacts, _contact.id == _conversation.contact_id)
        .where(
            _inbound.created_at >= since,
            _inbound.created_at < until,
            _inbound.status == "answered",
        )
        .order_by(_inbound.id)
        .limit(most)
    )
    rows = connection.execute(found).all()
    keys = _keys(connection, [row.id for row in rows])
    by_conversation: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        by_conversation[row.conversation_id].append(row)
    return [_talk(rows, keys) for rows in by_conversation.values()]


def _keys(connection: Connection, ids: Sequence[int]) -> Mapping[int, Sequence[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    said = select(_outbound.inbound_id, _outbound.script_key).where(_outbound.inbound_id.in_(ids))
    for row in connection.execute(said.order_by(_outbound.id)):
        found[row.inbound_id].append(row.script_key)
    return found


def _talk(rows: Sequence[Row[Any]], keys: Mapping[int, Sequence[str]]) -> PastTalk:
    first = rows[0]
    texts = tuple(
        PastText(
            row.id,
            row.body,
            row.created_at,
            Intent(row.carrier_intent) if row.carrier_intent else None,
            tuple(keys.get(row.id, ())),
        )
        for row in rows
    )
    return PastTalk(first.conversation_id, Language(first.language), bool(first.known), texts)
