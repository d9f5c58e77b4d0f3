"""The full record of one person: all that was said, sent, agreed and paid, and why, in order."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, select

from bot.billing import accounts
from bot.compliance import proof
from bot.compliance.proof import Wanted
from bot.payments import timeline
from bot.staff.departments import EVERYTHING, Scope
from bot.store.crypto import Vault
from bot.store.tables import (
    contacts,
    conversation_notes,
    conversations,
    delivery_reports,
    holds,
    inbound_messages,
    outbound_messages,
    outbox_acts,
    senders,
    staff,
    takeovers,
)
from bot.text import mask

_heard, _said, _of = inbound_messages.c, outbound_messages.c, conversations.c
# What is told of a text, beside the text.
OF_HEARD = ("status", "intent", "trace", "error")
OF_SAID = (
    "status",
    "delivery_status",
    "message_class",
    "purpose",
    "exemption",
    "exemption_note",
    "approved_by",
    "script_key",
    "revision",
    "segments",
    "encoding",
    "verdict",
    "verdict_reasons",
    "reason",
    "sent_at",
    "carrier",
    "error_code",
    "provider_sid",
)
OF_DELIVERY = ("status", "error_code", "carrier", "times", "provider_sid")
OF_ACT = ("act", "was")
OF_CONSENT = (
    "consent",
    "purpose",
    "purpose_version",
    "method",
    "rule",
    "scope",
    "basis",
    "policy_version",
    "script_key",
    "revision",
    "evidence",
    "hash",
)


class Kind(StrEnum):
    """What a line tells of."""

    HEARD = "heard"
    SAID = "said"
    DELIVERY = "delivery"
    ACT = "act"
    NOTE = "note"
    TAKEN = "taken"
    HANDED_BACK = "handed_back"
    CONSENT = "consent"
    HOLD = "hold"
    HOLD_ENDED = "hold_ended"
    PAYMENT = "payment"


@dataclass(frozen=True)
class Line:
    """One thing that happened: when, in the conversation with which sender of ours (None: in none
    alone), by whom, its words, and what else is known of it by name."""

    at: datetime
    kind: Kind
    sender: str | None = None
    who: str = ""
    text: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """The line with its moment in ISO form."""
        return {**asdict(self), "at": self.at.isoformat()}


def of_person(
    connection: Connection, vault: Vault, number: str, scope: Scope = EVERYTHING
) -> list[Line]:
    """All lines about a number (E.164), the oldest first; a scope leaves other senders out.

    The secrets of links are hidden, and what answered a question of identity was never kept.
    """
    found = [
        *_texts(connection, number, scope),
        *_by_staff(connection, number, scope),
        *_holds(connection, number),
        *_consent(connection, vault, number, scope),
        *_payments(connection, vault, number),
    ]
    return sorted(found, key=lambda line: line.at)


def _texts(connection: Connection, number: str, scope: Scope) -> Iterator[Line]:
    """Theirs and ours, with what the carrier told of ours and what staff decided about them."""
    for row in connection.execute(_in_talks(inbound_messages, number, scope)):
        text = mask.digits(row.body) if row.status == "waiting" else row.body
        yield Line(
            row.created_at, Kind.HEARD, row.our_number, "person", text, _facts(row, OF_HEARD)
        )
    written = _in_talks(outbound_messages, number, scope).add_columns(staff.c.name)
    for row in connection.execute(written.join(staff, staff.c.id == _said.staff_id, isouter=True)):
        who, text = row.name or row.sent_by, mask.tokens(row.body)
        yield Line(row.created_at, Kind.SAID, row.our_number, who, text, _facts(row, OF_SAID))
    for row in connection.execute(_about_texts(delivery_reports, number, scope)):
        facts = _facts(row, OF_DELIVERY)
        at = row.happened_at or row.created_at
        yield Line(at, Kind.DELIVERY, row.our_number, row.carrier or row.provider, "", facts)
    for row in connection.execute(_about_texts(outbox_acts, number, scope)):
        facts = _facts(row, OF_ACT)
        yield Line(row.created_at, Kind.ACT, row.our_number, row.actor, row.reason, facts)


def _by_staff(connection: Connection, number: str, scope: Scope) -> Iterator[Line]:
    for row in connection.execute(_written_by_staff(conversation_notes, number, scope)):
        yield Line(row.created_at, Kind.NOTE, row.our_number, row.name, row.body)
    for row in connection.execute(_written_by_staff(takeovers, number, scope)):
        yield Line(row.created_at, Kind.TAKEN, row.our_number, row.name)
        if row.ended_at is not None:
            yield Line(row.ended_at, Kind.HANDED_BACK, row.our_number, row.ended_by)


def _holds(connection: Connection, number: str) -> Iterator[Line]:
    of_person = select(holds).join(contacts).where(contacts.c.number == number)
    for row in connection.execute(of_person):
        until = {"until": row.until.isoformat()} if row.until else {}
        yield Line(row.created_at, Kind.HOLD, facts={"hold": row.kind, "rule": row.rule, **until})
        if row.released_at is not None:
            who, why = row.released_by or "", row.release_reason or ""
            yield Line(row.released_at, Kind.HOLD_ENDED, None, who, why, {"hold": row.kind})


def _consent(connection: Connection, vault: Vault, number: str, scope: Scope) -> Iterator[Line]:
    for entry in proof.opened(connection, vault, Wanted(number), scope):
        at = datetime.fromisoformat(entry["created_at"])
        told = {name: entry[name] for name in OF_CONSENT if entry.get(name)}
        text = str(entry["evidence"].get("text", ""))
        yield Line(at, Kind.CONSENT, entry.get("sender"), entry["actor"], text, told)


def _payments(connection: Connection, vault: Vault, number: str) -> Iterator[Line]:
    """What was paid and how it came to it; the texts about it stand among the texts."""
    for account in accounts.of_number(connection, vault, number):
        for event in timeline.of_account(connection, account.id):
            if event.message_id is None:
                told = {
                    "step": event.what,
                    "amount_minor": event.amount_minor,
                    "currency": event.currency,
                    "detail": event.detail,
                }
                facts = {name: value for name, value in told.items() if value is not None}
                yield Line(event.at, Kind.PAYMENT, facts=facts)


def _in_talks(table: Any, number: str, scope: Scope) -> Select[Any]:
    """The rows of a table that belong to the conversations with a number, and whose they are."""
    return (
        select(table, senders.c.number.label("our_number"))
        .join(conversations, _of.id == table.c.conversation_id)
        .join(contacts, contacts.c.id == _of.contact_id)
        .join(senders, senders.c.id == _of.sender_id)
        .where(contacts.c.number == number, scope.covers(_of.sender_id))
    )


def _about_texts(table: Any, number: str, scope: Scope) -> Select[Any]:
    ours = _in_talks(outbound_messages, number, scope).subquery()
    return select(table, ours.c.our_number).join(ours, ours.c.id == table.c.outbound_id)


def _written_by_staff(table: Any, number: str, scope: Scope) -> Select[Any]:
    found = _in_talks(table, number, scope).add_columns(staff.c.name)
    return found.join(staff, staff.c.id == table.c.staff_id)


def _facts(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    """What a row tells by these names; a moment in ISO form."""
    told = {name: getattr(row, name) for name in names}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in told.items()
        if value not in (None, "", 0, [], {})
    }
