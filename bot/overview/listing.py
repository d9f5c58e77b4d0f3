"""The list of conversations, a page at a time by key, the one with the newest message first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, or_, select

from bot.overview import search
from bot.overview.filters import Filters
from bot.staff import departments
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
LARGEST_ID = 2**63
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
    words, script = asked.filters.words, asked.filters.script
    conditions = [*_of_senders(connection, asked), *asked.filters.conditions(asked.member_id)]
    wanted = None
    if words:
        person = search.of_person(connection, vault, words)
        if person is None:
            wanted = search.Wanted.of_words(words)
        else:
            conditions.append(_card.conversation_id.in_(person))
    if script and words:
        conditions.append(search.was_sent(script))
    elif script:
        wanted = search.Wanted.of_script(script)
    if wanted is None:
        return _by_cards(connection, asked, conditions, limit)
    return _by_terms(connection, asked, wanted, conditions, limit)


def _by_cards(
    connection: Connection, asked: Asked, conditions: list[ColumnElement[bool]], limit: int
) -> Page:
    if (key := key_of(asked.after)) is not None:
        conditions.append(_comes_after(*key))
    newest_first = (_card.last_at.desc(), _card.conversation_id.desc())
    found = lines().where(*conditions).order_by(*newest_first)
    rows = connection.execute(found.limit(limit + 1)).all()
    return cut(rows, limit, lambda last: (last.last_at, last.conversation_id))


def cut(
    rows: Sequence[Row[Any]], limit: int, key: Callable[[Row[Any]], tuple[datetime, int]]
) -> Page:
    """A page of rows of which one more than fits was read; `key` is what `key_of` reads."""
    if len(rows) <= limit:
        return Page(rows)
    moment, number = key(rows[limit - 1])
    return Page(rows[:limit], f"{moment.isoformat()}~{number}")


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
    before = int(asked.after) if asked.after.isdecimal() else None
    found = search.by_terms(connection, wanted, conditions, limit, before)
    these = lines().where(_card.conversation_id.in_(found.conversation_ids))
    by_id = {row.conversation_id: row for row in connection.execute(these)}
    rows = [by_id[one] for one in found.conversation_ids if one in by_id]
    return Page(rows, None if found.before is None else str(found.before))


def _comes_after(moment: datetime, conversation_id: int) -> ColumnElement[bool]:
    return or_(
        _card.last_at < moment,
        and_(_card.last_at == moment, _card.conversation_id < conversation_id),
    )


def key_of(after: str) -> tuple[datetime, int] | None:
    """The moment and the id after which a page begins; None where it is the first."""
    moment, _, number = after.partition("~")
    try:
        found = datetime.fromisoformat(moment), int(number)
    except ValueError:
        return None
    return found if found[0].tzinfo and abs(found[1]) < LARGEST_ID else None


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
