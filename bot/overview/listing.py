"""The list of conversations, a page at a time by key, the one with the newest message first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, or_, select

from bot.overview import search
from bot.overview.filters import Filters
from bot.staff.departments import Scope
from bot.store.columns import utc_now
from bot.store.crypto import Vault
from bot.store.tables import (
    contacts,
    conversation_cards,
    conversations,
    inbound_messages,
    outbound_messages,
    senders,
    staff,
)

PAGE = 50
_card = conversation_cards.c


@dataclass(frozen=True)
class Asked:
    """What a member asks for: the filters, and after which line of the list they go on."""

    scope: Scope
    member_id: int
    filters: Filters
    after: str = ""


@dataclass(frozen=True)
class Page:
    """Some conversations, and the key of the next page; None where there is none."""

    rows: Sequence[Row[Any]]
    next: str | None = None


def page(connection: Connection, vault: Vault, asked: Asked, limit: int = PAGE) -> Page:
    """The conversations that are asked for, as they stand now."""
    conditions = [asked.scope.covers(_card.sender_id), *asked.filters.conditions(asked.member_id)]
    if words := asked.filters.words:
        person = search.of_person(connection, vault, words)
        if person is not None:
            conditions.append(_card.conversation_id.in_(person))
        else:
            return _with_words(connection, asked, conditions, limit)
    if (key := _key(asked.after)) is not None:
        conditions.append(_comes_after(*key))
    ordered = (
        _lines().where(*conditions).order_by(_card.last_at.desc(), _card.conversation_id.desc())
    )
    rows = connection.execute(ordered.limit(limit + 1)).all()
    if len(rows) <= limit:
        return Page(rows)
    last = rows[limit - 1]
    return Page(rows[:limit], f"{last.last_at.isoformat()}~{last.conversation_id}")


def _with_words(
    connection: Connection, asked: Asked, conditions: list[ColumnElement[bool]], limit: int
) -> Page:
    before = int(asked.after) if asked.after.isdecimal() else None
    found = search.by_text(connection, asked.filters.words, conditions, limit, before)
    lines = _lines().where(_card.conversation_id.in_(found.conversation_ids))
    by_id = {row.conversation_id: row for row in connection.execute(lines)}
    rows = [by_id[one] for one in found.conversation_ids if one in by_id]
    return Page(rows, None if found.before is None else str(found.before))


def _comes_after(moment: datetime, conversation_id: int) -> ColumnElement[bool]:
    return or_(
        _card.last_at < moment,
        and_(_card.last_at == moment, _card.conversation_id < conversation_id),
    )


def _key(after: str) -> tuple[datetime, int] | None:
    moment, _, conversation_id = after.partition("~")
    try:
        return datetime.fromisoformat(moment), int(conversation_id)
    except ValueError:
        return None


def _lines() -> Select[Any]:
    """What a line of the list shows; where a conversation stands comes from its own row."""
    now = conversations.c
    return (
        select(
            _card.conversation_id,
            _card.last_at,
            _card.trouble,
            _card.error_code,
            _card.on_hold,
            contacts.c.number,
            senders.c.number.label("sender"),
            now.language,
            now.flow,
            now.state,
            now.consent,
            now.person_wanted_at,
            now.held_since,
            now.muted_at,
            now.taken_until,
            now.taken_by,
            staff.c.name.label("holder"),
            inbound_messages.c.body.label("heard"),
            inbound_messages.c.created_at.label("heard_at"),
            inbound_messages.c.status.label("heard_status"),
            outbound_messages.c.body.label("said"),
            outbound_messages.c.created_at.label("said_at"),
            outbound_messages.c.sent_by.label("said_by"),
            utc_now().label("now"),
        )
        .join(conversations, now.id == _card.conversation_id)
        .join(contacts, contacts.c.id == now.contact_id)
        .join(senders, senders.c.id == now.sender_id)
        .join(staff, staff.c.id == now.taken_by, isouter=True)
        .join(inbound_messages, inbound_messages.c.id == _card.last_inbound_id, isouter=True)
        .join(outbound_messages, outbound_messages.c.id == _card.last_outbound_id, isouter=True)
    )
