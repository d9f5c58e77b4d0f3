"""The list of conversations, a page at a time by key, the one with the newest message first."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select

from bot.overview import search
from bot.overview.filters import Filters
from bot.overview.paging import PAGE, Page, cut, key_of
from bot.overview.walks import comes_after
from bot.staff import departments
from bot.staff.departments import Scope
from bot.store.columns import utc_now
from bot.store.crypto import Vault
from bot.store.session import plan_for_what_is_asked
from bot.store.tables import (
    contacts,
    conversation_cards,
    conversations,
    inbound_messages,
    outbound_messages,
    senders,
    staff,
)

_card = conversation_cards.c


@dataclass(frozen=True)
class Asked:
    """What a member asks for: the filters, and after which line of the list they go on."""

    scope: Scope
    member_id: int
    filters: Filters
    after: str = ""


def page(connection: Connection, vault: Vault, asked: Asked, limit: int = PAGE) -> Page:
    """The conversations that are asked for, as they stand now."""
    plan_for_what_is_asked(connection)
    words, script = asked.filters.words, asked.filters.script
    conditions = [*_of_senders(connection, asked), *asked.filters.conditions(asked.member_id)]
    person = search.of_person(connection, vault, words) if words else None
    if person is None and (words or script):
        wanted = search.Wanted.of(asked.filters)
        return _by_terms(connection, asked, wanted, conditions, limit)
    if person is not None:
        conditions.append(_card.conversation_id.in_(person))
        conditions += [search.was_sent(script)] if script else []
    return _by_cards(connection, asked, conditions, limit)


def _by_cards(
    connection: Connection, asked: Asked, conditions: list[ColumnElement[bool]], limit: int
) -> Page:
    if (key := key_of(asked.after)) is not None:
        conditions.append(comes_after(*key))
    newest_first = (_card.last_at.desc(), _card.conversation_id.desc())
    found = lines().where(*conditions).order_by(*newest_first)
    rows = connection.execute(found.limit(limit + 1)).all()
    return cut(rows, limit, lambda last: (last.last_at, last.conversation_id))


def _of_senders(connection: Connection, asked: Asked) -> list[ColumnElement[bool]]:
    """By the senders' ids: with a subquery in their place the planner misses the index."""
    found: list[ColumnElement[bool]] = []
    for department_id in (asked.scope.department_id, asked.filters.department):
        if department_id:
            own = departments.senders_of(connection, int(department_id))
            found.append(_card.sender_id.in_(own))
    return found


def _by_terms(
    connection: Connection,
    asked: Asked,
    wanted: search.Wanted,
    conditions: list[ColumnElement[bool]],
    limit: int,
) -> Page:
    found = search.by_terms(connection, wanted, conditions, limit, asked.after)
    these = lines().where(_card.conversation_id.in_(found.conversation_ids))
    by_id = {row.conversation_id: row for row in connection.execute(these)}
    rows = [by_id[one] for one in found.conversation_ids if one in by_id]
    return Page(rows, found.next)


def lines() -> Select[Any]:
    """What a line of the list shows; where a conversation stands comes from its own row."""
    now = conversations.c
    return (
        select(
            _card.conversation_id,
            _card.last_at,
            _card.trouble,
            _card.error_code,
            _card.on_hold,
            now.contact_id,
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
