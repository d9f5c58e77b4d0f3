"""A conversation is one of our senders and one person's number; its row is its lock."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import cache

from sqlalchemy import Connection, Executable, Row, bindparam, select

from bot.billing import accounts, verification
from bot.compliance import countries, holds, opt_outs
from bot.dialogue.decision import View
from bot.dialogue.effects import Consent
from bot.dialogue.turn import Facts
from bot.senders.company import Company
from bot.settings import Settings
from bot.store.columns import utc_now
from bot.store.crypto import Vault
from bot.store.session import insert_in
from bot.store.tables import contacts, conversations, senders
from bot.text import language as languages
from bot.text.language import Language

Locked = Row[tuple[object, ...]]

# A statement that is kept remembers the key of its compiled form: 100 µs instead of 300 a use.
_LOCKED = (
    select(
        conversations,
        contacts.c.number,
        contacts.c.verification_failures,
        contacts.c.verification_locked_until,
        senders.c.brand,
        senders.c.brand_en,
        senders.c.support_phone,
        holds.quarantined(contacts.c.id).label("quarantined"),
        utc_now().label("now"),
    )
    .join(contacts)
    .join(senders)
    # A contact that is not locked would be read as it was before the wait: stale tries. It comes
    # first, as in `make`: two orders would be a deadlock among texts of one new number.
    .with_for_update(of=[contacts, conversations])
)
_LOCKED_BY_ID = _LOCKED.where(conversations.c.id == bindparam("conversation_id"))
_LOCKED_BY_NUMBERS = _LOCKED.where(
    senders.c.number == bindparam("ours"), contacts.c.number == bindparam("theirs")
)
_LOCKED_BY_PAIR = _LOCKED.where(
    conversations.c.sender_id == bindparam("sender_id"),
    conversations.c.contact_id == bindparam("contact_id"),
)
_SENDER = select(senders.c.id).where(senders.c.number == bindparam("ours"))


def find(connection: Connection, ours: str, theirs: str) -> Locked | None:
    """The conversation of two numbers as `lock` gives it; None where there is none yet."""
    return connection.execute(_LOCKED_BY_NUMBERS, {"ours": ours, "theirs": theirs}).one_or_none()


def sender_id(connection: Connection, number: str) -> int | None:
    """The id of one of our senders; None for a number that is none of ours."""
    found: int | None = connection.execute(_SENDER, {"ours": number}).scalar()
    return found


def make(connection: Connection, sender: int, number: str) -> Locked:
    """The conversation of one of our senders with a number, as `lock` gives it.

    Somebody else may be making it at the same time; then it is theirs that is returned.
    """
    dialect = connection.dialect.name
    contact_id: int = connection.execute(_make_contact(dialect), {"number": number}).scalar_one()
    pair = {"sender_id": sender, "contact_id": contact_id}
    # Who stopped every sender of ours has stopped one that they never heard of, too.
    stopped = opt_outs.is_stopped(connection, contact_id, sender)
    consent = Consent.STOPPED if stopped else Consent.UNKNOWN
    row = {**pair, "language": _first_language(connection, number), "consent": consent}
    connection.execute(_make_conversation(dialect), row)
    return connection.execute(_LOCKED_BY_PAIR, pair).one()


def _first_language(connection: Connection, number: str) -> Language:
    return accounts.language_of(connection, number) or languages.of_number(number)


@cache
def _make_contact(dialect: str) -> Executable:
    """One that exists is updated to what it is: only so it is locked and returned."""
    row = insert_in(dialect, contacts)
    made = row.on_conflict_do_update(
        index_elements=["number"], set_={"number": row.excluded.number}
    )
    return made.returning(contacts.c.id)


@cache
def _make_conversation(dialect: str) -> Executable:
    row = insert_in(dialect, conversations).inline()
    return row.on_conflict_do_nothing(index_elements=["sender_id", "contact_id"])


def lock(connection: Connection, conversation_id: int) -> Locked:
    """The conversation with its contact's number and tries, and `now`, both rows locked."""
    return connection.execute(_LOCKED_BY_ID, {"conversation_id": conversation_id}).one()


def view_of(row: Locked) -> View:
    """What a decision sees of a locked conversation."""
    return View(
        language=Language(row.language),
        language_chosen=row.language_chosen,
        flow=row.flow,
        state=row.state,
        slots=row.slots,
        idle=row.now - row.spoke_at if row.spoke_at else timedelta(),
        waiting=row.now - row.person_wanted_at if row.person_wanted_at else None,
        consent=Consent(row.consent),
        helped_since_stop=row.helped_since_stop,
        misunderstood=row.misunderstood,
        held=row.held_since is not None,
    )


def company_of(row: Locked, settings: Settings) -> Company:
    """Whom the bot speaks for in a locked conversation."""
    own = {"brand": row.brand, "brand_en": row.brand_en, "support_phone": row.support_phone}
    return Company.of(settings, **own)


def facts_of(connection: Connection, vault: Vault, row: Locked, needs: Iterable[str]) -> Facts:
    """The facts that a flow asked for; nothing is known of whom the company does not know."""
    today = _today(row) if "today" in needs else None
    if "account" not in needs:
        return Facts(today=today)
    known = () if row.quarantined else accounts.of_number(connection, vault, row.number)
    return Facts(known, tries_left(row), row.quarantined, today)


def _today(row: Locked) -> date:
    return countries.of_number(row.number, countries.shipped()).day(row.now)


def tries_left(row: Locked) -> int:
    """How many wrong answers about who they are the person of a locked conversation has left."""
    return verification.tries_left(
        row.verification_failures, row.verification_locked_until, row.now
    )
