"""What people really wrote: the texts of a time, as they are kept, and what was answered."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, exists, select, true

from bot.dialogue.vocabulary import Intent
from bot.staff.departments import EVERYTHING, Scope
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


@dataclass(frozen=True)
class Asked:
    """Which texts: those of a time, heard by the senders of a scope, by one of them where it is
    named, in conversations after another one by its id."""

    since: datetime
    until: datetime
    scope: Scope = EVERYTHING
    sender_id: int | None = None
    after: int = 0

    @property
    def condition(self) -> ColumnElement[bool]:
        """The same of a text and its conversation."""
        one = true() if self.sender_id is None else _conversation.sender_id == self.sender_id
        return and_(
            _conversation.id > self.after,
            # Whoever wrote then has written since, or not; this saves looking at all the others.
            _conversation.heard_at >= self.since,
            self.scope.covers(_conversation.sender_id),
            one,
            _inbound.created_at >= self.since,
            _inbound.created_at < self.until,
            _inbound.status == "answered",
        )


def latest(
    connection: Connection, most: int, scope: Scope = EVERYTHING, before: int | None = None
) -> list[Row[Any]]:
    """The newest texts that were read, at most so many: id, body, carrier_intent, sender,
    recipient; of a scope, and older than a text by its id."""
    found = select(inbound_messages).join(conversations)
    found = found.where(scope.covers(_conversation.sender_id))
    if before is not None:
        found = found.where(_inbound.id < before)
    return list(connection.execute(found.order_by(_inbound.id.desc()).limit(most)))


def talks(connection: Connection, asked: Asked, most: int) -> tuple[list[PastTalk], int | None]:
    """Conversations in the order of their ids, with at most so many texts together, and the id
    after which there may be more (None: there are none).

    Each is whole, so that its questions are open where they were; of a single one that has more
    texts the first are taken.
    """
    with_account = exists().where(accounts.c.number == _contact.number).label("known")
    found = (
        select(inbound_messages, _conversation.language, with_account)
        .join(conversations, _conversation.id == _inbound.conversation_id)
        .join(contacts, _contact.id == _conversation.contact_id)
        .where(asked.condition)
        .order_by(_conversation.id, _inbound.id)
        .limit(most + 1)
    )
    rows = connection.execute(found).all()
    keys = _keys(connection, [row.id for row in rows])
    by_conversation: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        by_conversation[row.conversation_id].append(row)
    there_is_more = len(rows) > most
    if there_is_more and len(by_conversation) > 1:
        by_conversation.popitem()
    told = [_talk(texts[:most], keys) for texts in by_conversation.values()]
    return told, told[-1].conversation_id if there_is_more else None


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
