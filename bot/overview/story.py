"""One conversation: what was said in it and why, and where the person stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from bot.billing import accounts as registered
from bot.compliance import holds
from bot.dialogue.turn import Account
from bot.staff.departments import Scope
from bot.store.columns import utc_now
from bot.store.crypto import Vault
from bot.store.tables import (
    consent_events,
    consent_evidence,
    contacts,
    conversation_notes,
    conversations,
    inbound_messages,
    outbound_messages,
    payment_links,
    payments,
    promises,
    purpose_consents,
    senders,
    staff,
    takeovers,
)
from bot.text import mask

PAGE = 60
MOST = 30


@dataclass(frozen=True)
class Bubble:
    """One line of the talk: a text of theirs (`kind` in), of ours (out), a note, or a takeover."""

    kind: str
    at: datetime
    body: str
    row: Row[Any]

    @property
    def key(self) -> str:
        """What tells it from every other line."""
        return f"{self.kind}-{self.row.id}"


@dataclass(frozen=True)
class Side:
    """What stands beside the talk."""

    accounts: Sequence[Account]
    holds: Sequence[Row[Any]]
    purposes: Sequence[Row[Any]]
    ledger: Sequence[Row[Any]]
    proven: int
    links: Sequence[Row[Any]]
    promises: Sequence[Row[Any]]


def find(connection: Connection, scope: Scope, conversation_id: int) -> Row[Any] | None:
    """The conversation with its numbers, holder and `now`; None where it is not to be seen."""
    return connection.execute(
        select(
            conversations,
            contacts.c.number,
            senders.c.number.label("sender"),
            staff.c.name.label("holder"),
            utc_now().label("now"),
        )
        .join(contacts, contacts.c.id == conversations.c.contact_id)
        .join(senders, senders.c.id == conversations.c.sender_id)
        .join(staff, staff.c.id == conversations.c.taken_by, isouter=True)
        .where(conversations.c.id == conversation_id, scope.covers(conversations.c.sender_id))
    ).one_or_none()


def bubbles(
    connection: Connection, conversation_id: int, before: datetime | None = None
) -> list[Bubble]:
    """The last lines of the talk, or those before a moment, oldest first; sixty of each kind."""
    found = [
        *_texts(connection, conversation_id, before),
        *_words(connection, conversation_id, before),
        *_by_staff(connection, "note", conversation_notes, conversation_id, before),
        *_by_staff(connection, "taken", takeovers, conversation_id, before),
    ]
    order = {"in": 0, "taken": 1, "out": 2, "note": 3}
    found.sort(key=lambda bubble: (bubble.at, order[bubble.kind], bubble.row.id))
    return found[-PAGE:]


def side(connection: Connection, vault: Vault, row: Row[Any]) -> Side:
    """Accounts, holds, consent, payments and promises of a conversation."""
    event = consent_events.c
    ledger = select(consent_events).where(event.contact_id == row.contact_id)
    purposes = select(purpose_consents).where(purpose_consents.c.conversation_id == row.id)
    paid = (
        select(
            payment_links.c.id,
            payment_links.c.status,
            payment_links.c.created_at,
            payment_links.c.paid_at,
            payments.c.amount_minor,
            payments.c.currency,
        )
        .join(payments, payments.c.payment_link_id == payment_links.c.id, isouter=True)
        .where(payment_links.c.conversation_id == row.id)
        .order_by(payment_links.c.id.desc())
        .limit(MOST)
    )
    promised = select(promises).where(promises.c.conversation_id == row.id)
    return Side(
        registered.of_number(connection, vault, row.number),
        holds.active(connection, [row.contact_id]),
        connection.execute(purposes.order_by(purpose_consents.c.purpose)).all(),
        connection.execute(ledger.order_by(event.id.desc()).limit(MOST)).all(),
        _proven(connection, row.contact_id),
        connection.execute(paid).all(),
        connection.execute(promised.order_by(promises.c.id.desc()).limit(MOST)).all(),
    )


def _proven(connection: Connection, contact_id: int) -> int:
    """How many entries about a person have evidence."""
    evidence, event = consent_evidence.c, consent_events.c
    counted = (
        select(func.count())
        .join_from(consent_events, consent_evidence, evidence.hash == event.hash)
        .where(event.contact_id == contact_id, evidence.sealed != "")
    )
    return int(connection.execute(counted).scalar_one())


def _texts(connection: Connection, conversation_id: int, before: datetime | None) -> list[Bubble]:
    message = inbound_messages.c
    found = select(inbound_messages).where(message.conversation_id == conversation_id)
    if before is not None:
        found = found.where(message.created_at < before)
    rows = connection.execute(found.order_by(message.id.desc()).limit(PAGE)).all()
    # What waits may be the answer to a question of identity.
    return [
        Bubble(
            "in",
            row.created_at,
            mask.digits(row.body) if row.status == "waiting" else row.body,
            row,
        )
        for row in rows
    ]


def _words(connection: Connection, conversation_id: int, before: datetime | None) -> list[Bubble]:
    message = outbound_messages.c
    found = (
        select(outbound_messages, staff.c.name.label("writer"))
        .join(staff, staff.c.id == message.staff_id, isouter=True)
        .where(message.conversation_id == conversation_id)
    )
    if before is not None:
        found = found.where(message.created_at < before)
    rows = connection.execute(found.order_by(message.id.desc()).limit(PAGE)).all()
    return [Bubble("out", row.created_at, mask.tokens(row.body), row) for row in rows]


def _by_staff(
    connection: Connection, kind: str, table: Any, conversation_id: int, before: datetime | None
) -> list[Bubble]:
    found = (
        select(table, staff.c.name.label("writer"))
        .join(staff, staff.c.id == table.c.staff_id)
        .where(table.c.conversation_id == conversation_id)
    )
    if before is not None:
        found = found.where(table.c.created_at < before)
    rows = connection.execute(found.order_by(table.c.id.desc()).limit(PAGE)).all()
    return [Bubble(kind, row.created_at, getattr(row, "body", ""), row) for row in rows]
