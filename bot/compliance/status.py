"""Where a number stands, and why: consent by sender and purpose, stops, and holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from bot.compliance import reviews
from bot.compliance.reviews import Held
from bot.dialogue.effects import Consent
from bot.store.tables import consent_events, conversations, opt_outs, senders
from bot.store.tables import purpose_consents as consents

_consent = consents.c
_event = consent_events.c
_stop = opt_outs.c
_talk = conversations.c


@dataclass(frozen=True)
class Why:
    """The entry of the ledger that brought a state about; without personal data."""

    entry: int
    at: datetime
    method: str
    rule: str
    actor: str
    basis: str | None


@dataclass(frozen=True)
class Agreed:
    """Consent between one of our senders and the number, for one purpose."""

    sender: str
    purpose: str
    state: Consent
    since: datetime
    why: Why | None


@dataclass(frozen=True)
class Stop:
    """A stop that holds: of a purpose or (None) of all, of a sender or (None) of all of them."""

    purpose: str | None
    sender: str | None
    method: str
    since: datetime


@dataclass(frozen=True)
class Status:
    """All of it; a number that we never heard of has nothing of either."""

    agreed: tuple[Agreed, ...] = ()
    stops: tuple[Stop, ...] = ()
    holds: tuple[Held, ...] = ()


def of_number(connection: Connection, number: str) -> Status:
    """The status of a number in E.164 form."""
    contact = reviews.contact_of(connection, number)
    if contact is None:
        return Status()
    return Status(
        tuple(_agreed(connection, contact)),
        tuple(_stops(connection, contact)),
        tuple(reviews.held(connection, contact)),
    )


def _agreed(connection: Connection, contact: int) -> Iterator[Agreed]:
    reasons = _newest_entries(connection, contact)
    rows = connection.execute(
        select(consents, senders.c.number)
        .join(conversations, _talk.id == _consent.conversation_id)
        .join(senders, senders.c.id == _talk.sender_id)
        .where(_talk.contact_id == contact)
        .order_by(senders.c.id, _consent.purpose)
    )
    for row in rows:
        entry = reasons.get((row.conversation_id, row.purpose))
        # What a stop elsewhere ended has no entry of its own: the stop tells why.
        why = _why(entry) if entry is not None and entry.consent == row.state else None
        yield Agreed(row.number, row.purpose, Consent(row.state), row.changed_at, why)


def _newest_entries(connection: Connection, contact: int) -> dict[tuple[int, str], Row[Any]]:
    """The ledger's last entry for each conversation and purpose."""
    newest = (
        select(func.max(_event.id))
        .where(_event.contact_id == contact)
        .group_by(_event.conversation_id, _event.purpose)
    )
    rows = connection.execute(select(consent_events).where(_event.id.in_(newest)))
    return {(row.conversation_id, row.purpose): row for row in rows}


def _why(row: Row[Any]) -> Why:
    return Why(row.id, row.created_at, row.method, row.rule, row.actor, row.basis)


def _stops(connection: Connection, contact: int) -> list[Stop]:
    rows = connection.execute(
        select(_stop.purpose, senders.c.number, _stop.method, _stop.created_at)
        .join(senders, senders.c.id == _stop.sender_id, isouter=True)
        .where(_stop.contact_id == contact, _stop.lifted_at.is_(None))
        .order_by(_stop.id)
    )
    return [Stop(row.purpose, row.number, row.method, row.created_at) for row in rows]
