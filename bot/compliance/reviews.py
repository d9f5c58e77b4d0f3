"""Holds as staff see and release them, the open question whether to stop among them."""

from collections.abc import Mapping
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
    null,
    select,
    true,
    update,
)

from bot.compliance import holds
from bot.dialogue.holds import HoldKind
from bot.store.columns import utc_now
from bot.store.session import insert
from bot.store.tables import contacts, conversations
from bot.store.tables import holds as table

QUESTION = "asked whether to stop"

_hold = table.c
_talk = conversations.c
_KIND = literal(HoldKind.STOP_QUESTION.value).label("kind")


@dataclass(frozen=True)
class Held:
    """What keeps unsolicited messages from a person; `until` None: until somebody settles it.

    `contact_id` stands for the person where the number (E.164) is shown masked.
    """

    contact_id: int
    number: str
    kind: HoldKind
    rule: str
    since: datetime
    until: datetime | None


def contact_of(connection: Connection, number: str) -> int | None:
    """The id of the contact with a number in E.164 form; None where we never heard of it."""
    found: int | None = connection.execute(
        select(contacts.c.id).where(contacts.c.number == number)
    ).scalar()
    return found


def held(
    connection: Connection, contact_id: int | None = None, kind: HoldKind | None = None
) -> list[Held]:
    """The holds that have not ended, of everybody or one contact, the oldest first."""
    whose = true() if contact_id is None else contacts.c.id == contact_id
    rows = [row for found in (placed(), _asked()) for row in connection.execute(found.where(whose))]
    every = (told(row) for row in rows)
    wanted = (one for one in every if kind in {None, one.kind})
    return sorted(wanted, key=lambda one: one.since)


def release(
    connection: Connection,
    contact_id: int,
    kind: HoldKind,
    actor: str,
    reason: str,
    ours: ColumnElement[bool] | None = None,
) -> bool:
    """End a hold, by whom and why; False where there is none of that kind.

    A hold is on the person, whoever of us they text with; a question whether to stop is asked in a
    conversation, and ends in those that `ours` says of their row (all of them).
    """
    if kind is not HoldKind.STOP_QUESTION:
        return holds.release(connection, contact_id, kind, actor, reason)
    theirs = (_talk.contact_id == contact_id) & _talk.held_since.is_not(None)
    if ours is not None:
        theirs &= ours
    if not connection.execute(update(conversations).where(theirs).values(held_since=None)).rowcount:
        return False
    row = {"contact_id": contact_id, "kind": kind, "rule": QUESTION, "released_at": utc_now()}
    settled = insert(connection, table).values(**row, released_by=actor, release_reason=reason)
    connection.execute(settled)
    return True


def waiting(connection: Connection) -> Mapping[HoldKind, int]:
    """How many holds of each kind wait until a person reviews them."""
    found = connection.execute(
        select(_hold.kind, func.count())
        .where(_hold.released_at.is_(None), _hold.until.is_(None))
        .group_by(_hold.kind)
        .order_by(_hold.kind)
    )
    return {HoldKind(row[0]): int(row[1]) for row in found}


def told(row: Row[Any]) -> Held:
    """A row of `placed` as a value."""
    contact_id, number, kind, rule, since, until = tuple(row)[:6]
    return Held(contact_id, number, HoldKind(kind), rule, since, until)


def placed() -> Select[Any]:
    """The holds that were placed on people and have not ended; what `told` reads."""
    return (
        select(
            contacts.c.id, contacts.c.number, _hold.kind, _hold.rule, _hold.created_at, _hold.until
        )
        .join(contacts, contacts.c.id == _hold.contact_id)
        .where(_hold.released_at.is_(None), _hold.until.is_(None) | (_hold.until > utc_now()))
    )


def _asked() -> Select[Any]:
    return (
        select(contacts.c.id, contacts.c.number, _KIND, literal(QUESTION), _talk.held_since, null())
        .join(contacts, contacts.c.id == _talk.contact_id)
        .where(_talk.held_since.is_not(None))
    )
