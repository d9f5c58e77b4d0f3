"""Holds on a person, with what they wrote as evidence; released by a person, by name and reason."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, exists, select, update

from bot.dialogue.holds import HoldKind
from bot.store.columns import utc_now
from bot.store.session import insert
from bot.store.tables import conversations, holds, outbound_messages

LONGEST_RULE = 128


def quarantined(contact_id: Any) -> ColumnElement[bool]:
    """Whether a contact's number was reported as somebody else's, as an expression."""
    return exists().where(
        holds.c.contact_id == contact_id,
        holds.c.kind == HoldKind.WRONG_PERSON,
        holds.c.released_at.is_(None),
    )


def withheld(contact_id: Any) -> ColumnElement[bool]:
    """Whether a hold forbids to tell a contact what is owed, as an expression.

    A lawyer speaks for the person, or the number may be somebody else's by now. A promise, or an
    open question whether to stop, only keeps back what nobody asked for.
    """
    return exists().where(
        holds.c.contact_id == contact_id,
        holds.c.kind.in_((HoldKind.LAWYER, HoldKind.FAILURES)),
        holds.c.released_at.is_(None),
    )


def place(
    connection: Connection,
    contact_id: int,
    kind: HoldKind,
    rule: str,
    inbound_id: int | None = None,
    until: datetime | None = None,
) -> None:
    """Hold unsolicited messages back; the same kind again renews the hold and its evidence."""
    new = {"rule": rule[:LONGEST_RULE], "inbound_id": inbound_id, "until": until}
    row = insert(connection, holds).values(contact_id=contact_id, kind=kind, **new)
    connection.execute(
        row.on_conflict_do_update(
            index_elements=["contact_id", "kind"],
            index_where=holds.c.released_at.is_(None),
            set_=new,
        )
    )


def release(
    connection: Connection, contact_id: int, kind: HoldKind, actor: str, reason: str
) -> bool:
    """End a hold, and let what it put off be asked about again; False where there is none."""
    ended = connection.execute(
        update(holds)
        .where(
            holds.c.contact_id == contact_id, holds.c.kind == kind, holds.c.released_at.is_(None)
        )
        .values(released_at=utc_now(), released_by=actor, release_reason=reason)
    )
    if ended.rowcount:
        _ask_again(connection, contact_id)
    return bool(ended.rowcount)


def _ask_again(connection: Connection, contact_id: int) -> None:
    theirs = select(conversations.c.id).where(conversations.c.contact_id == contact_id)
    connection.execute(
        update(outbound_messages)
        .where(
            outbound_messages.c.conversation_id.in_(theirs),
            outbound_messages.c.status == "queued",
            outbound_messages.c.verdict == "later",
        )
        .values(not_before=utc_now())
    )


def active(connection: Connection, contact_ids: list[int]) -> list[Row[Any]]:
    """The holds on these people that have not ended: contact_id, kind, rule, until."""
    found = select(holds.c.contact_id, holds.c.kind, holds.c.rule, holds.c.until).where(
        holds.c.contact_id.in_(contact_ids),
        holds.c.released_at.is_(None),
        holds.c.until.is_(None) | (holds.c.until > utc_now()),
    )
    return list(connection.execute(found))
