"""Ask the provider whose a number is, and hold what it says should not be sent.

It costs money, so nothing asks by itself: staff do, and the company's own systems.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from bot.compliance import holds
from bot.dialogue.effects import Consent
from bot.dialogue.holds import HoldKind
from bot.errors import LookUpRefused
from bot.providers import ChecksNumbers, NumberStatus
from bot.runtime import Runtime
from bot.setting_types import LookUp
from bot.store.session import insert, transact
from bot.store.tables import consent_events, contacts, conversations, inbound_messages

OFF = "Numbers are not looked up: HENJI_NUMBER_LOOKUP says what may be asked, for money."


@dataclass(frozen=True)
class Checked:
    """What the provider knows of a number, since when the number was known to be its owner's, and
    the hold that was placed, if any was."""

    status: NumberStatus
    since: date | None = None
    held: HoldKind | None = None


def check(runtime: Runtime, number: str) -> Checked:
    """Look a number up (E.164) and place the hold that the answer calls for, with it as evidence.

    Raises LookUpRefused where it is switched off or the provider offers none, and a SendError
    where the provider does not answer: then nothing is held.
    """
    provider, asked = _provider(runtime)
    since = transact(runtime.engine, lambda connection: _theirs_since(connection, number))
    status = provider.check_number(number, since, asked)
    call = _called_for(status, since)
    if call is not None:
        kind, words = call
        rule = f"{runtime.provider.name} says: {words}"
        transact(runtime.engine, lambda it: holds.place(it, _contact(it, number), kind, rule))
    return Checked(status, since, call and call[0])


def _provider(runtime: Runtime) -> tuple[ChecksNumbers, frozenset[LookUp]]:
    asked = runtime.settings.look_ups
    if not asked:
        raise LookUpRefused(OFF)
    if not isinstance(runtime.provider, ChecksNumbers):
        raise LookUpRefused(f"{runtime.provider.name} offers no look-up of numbers here.")
    return runtime.provider, asked


def _called_for(status: NumberStatus, since: date | None) -> tuple[HoldKind, str] | None:
    if status.reassigned:
        return HoldKind.WRONG_PERSON, f"the number was given to somebody else since {since}"
    if status.takes_texts is False:
        return HoldKind.NO_TEXTS, f"the line is of the kind {status.line}"
    return None


def _theirs_since(connection: Connection, number: str) -> date | None:
    """The last day on which the number was its owner's for sure: they wrote from it, or agreed."""
    found = [connection.execute(of).scalar() for of in (_wrote(number), _agreed(number))]
    moments: list[datetime] = [moment for moment in found if moment is not None]
    return max(moments).date() if moments else None


def _wrote(number: str) -> Select[Any]:
    return (
        select(func.max(inbound_messages.c.created_at))
        .join(conversations, conversations.c.id == inbound_messages.c.conversation_id)
        .join(contacts, contacts.c.id == conversations.c.contact_id)
        .where(contacts.c.number == number)
    )


def _agreed(number: str) -> Select[Any]:
    return (
        select(func.max(consent_events.c.created_at))
        .join(contacts, contacts.c.id == consent_events.c.contact_id)
        .where(contacts.c.number == number, consent_events.c.consent == Consent.GRANTED)
    )


def _contact(connection: Connection, number: str) -> int:
    """The contact with a number, made where we never heard of it."""
    once = insert(connection, contacts).values(number=number).on_conflict_do_nothing()
    connection.execute(once)
    found = select(contacts.c.id).where(contacts.c.number == number)
    return int(connection.execute(found).scalar_one())
