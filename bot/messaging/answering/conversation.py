"""A conversation is one of our senders and one person's number; its row is its lock."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, Executable, Row, Select, bindparam, select

from bot.billing import accounts, verification
from bot.compliance import countries, holds, opt_outs
from bot.dialogue.decision import View
from bot.dialogue.effects import Consent
from bot.dialogue.guard import Counts
from bot.dialogue.turn import Account, Facts
from bot.senders.company import Company
from bot.setting_types import Disclosure
from bot.settings import Settings
from bot.store import bulk
from bot.store.columns import among, utc_now
from bot.store.session import insert_in
from bot.store.tables import contacts, conversations, senders
from bot.text.language import Language, of_number

Locked = Row[tuple[object, ...]]
# Our number and theirs, as they stand in a text.
Numbers = tuple[str, str]

# A statement that is kept remembers the key of its compiled form: 100 µs instead of 300 a use.
_FOUND = (
    select(
        conversations,
        contacts.c.number,
        contacts.c.verification_failures,
        contacts.c.verification_locked_until,
        senders.c.number.label("sender"),
        senders.c.brand,
        senders.c.brand_en,
        senders.c.legal_name,
        senders.c.support_phone,
        senders.c.questions,
        holds.quarantined(contacts.c.id).label("quarantined"),
        holds.withheld(contacts.c.id).label("withheld"),
        utc_now().label("now"),
    )
    .join(contacts)
    .join(senders)
    # One order for everybody who locks several.
    .order_by(contacts.c.id)
)


def _locked(found: Select[Any], wait: bool = True) -> Select[Any]:
    """A contact that is not locked would be read as it was before the wait: stale tries. It comes
    first, as in `make`: two orders would be a deadlock among texts of one new number."""
    return found.with_for_update(of=[contacts, conversations], skip_locked=not wait)


_AMONG = _FOUND.where(among(senders.c.number, "ours"), among(contacts.c.number, "theirs"))
_LOCKED_BY_NUMBERS = {wait: _locked(_AMONG, wait) for wait in (True, False)}
_LOCKED_BY_ID = _locked(_FOUND.where(conversations.c.id == bindparam("conversation_id")))
_SENDER = select(senders.c.id).where(senders.c.number == bindparam("ours"))


def find_all(
    connection: Connection, pairs: Collection[Numbers], wait: bool = True
) -> dict[Numbers, Locked]:
    """The conversations of pairs of numbers that there are, as `lock` gives them.

    Without `wait`, those that another transaction has locked are left out.
    """
    numbers = {"ours": [ours for ours, _ in pairs], "theirs": [theirs for _, theirs in pairs]}
    rows = connection.execute(_LOCKED_BY_NUMBERS[wait], numbers)
    return {(row.sender, row.number): row for row in rows}


def find(connection: Connection, ours: str, theirs: str) -> Locked | None:
    """The conversation of two numbers as `lock` gives it; None where there is none yet."""
    return find_all(connection, [(ours, theirs)]).get((ours, theirs))


def sender_id(connection: Connection, number: str) -> int | None:
    """The id of one of our senders; None for a number that is none of ours."""
    found: int | None = connection.execute(_SENDER, {"ours": number}).scalar()
    return found


def make_all(connection: Connection, sender_ids: Mapping[Numbers, int]) -> None:
    """Conversations for pairs of numbers; somebody else may be making one at the same time."""
    theirs = sorted({number for _, number in sender_ids})
    languages = accounts.languages_of(connection, theirs)
    ids = _contacts(connection, theirs)
    stoppers = opt_outs.stoppers(connection, ids.values())
    rows = []
    for (_, number), sender in sender_ids.items():
        contact = ids[number]
        # Who stopped every sender of ours has stopped one that they never heard of, too.
        stopped = contact in stoppers and opt_outs.is_stopped(connection, contact, sender)
        consent = Consent.STOPPED if stopped else Consent.UNKNOWN
        language = languages.get(number) or of_number(number)
        pair = {"sender_id": sender, "contact_id": contact}
        rows.append({**pair, "language": language, "consent": consent})
    bulk.insert_once(connection, conversations, ("sender_id", "contact_id"), rows)


def _contacts(connection: Connection, numbers: Sequence[str]) -> Mapping[str, int]:
    """The ids of numbers' contacts, made where there are none, locked in the numbers' order."""
    rows = [{"number": number} for number in numbers]
    made = connection.execute(_make_contact(connection.dialect.name), rows)
    return {row.number: row.id for row in made}


def make(connection: Connection, sender: int, number: str) -> Locked:
    """The conversation of one of our senders with a number, as `lock` gives it.

    Somebody else may be making it at the same time; then it is theirs that is returned.
    """
    make_all(connection, {("", number): sender})
    made = _FOUND.where(conversations.c.sender_id == sender, contacts.c.number == number)
    return connection.execute(_locked(made)).one()


@cache
def _make_contact(dialect: str) -> Executable:
    """One that exists is updated to what it is: only so it is locked and returned."""
    row = insert_in(dialect, contacts)
    made = row.on_conflict_do_update(
        index_elements=["number"], set_={"number": row.excluded.number}
    )
    return made.returning(contacts.c.id, contacts.c.number)


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
        muted=row.muted_at is not None,
        guard=Counts.read(row.guard),
        taken=row.taken_until is not None and row.taken_until > row.now,
    )


def company_of(row: Locked, settings: Settings) -> Company:
    """Whom the bot speaks for in a locked conversation."""
    return Company.of(settings, row.brand, row.brand_en, row.legal_name, row.support_phone)


def facts_of(row: Locked, known: Sequence[Account], away: bool, settings: Settings) -> Facts:
    """The facts that flows ask for, from the accounts known of the number; nothing is known of whom
    the company does not know, or must not tell. `away`: their source could not be asked."""
    return Facts(
        () if row.quarantined or row.withheld else tuple(known),
        tries_left(row),
        quarantined=row.quarantined,
        withheld=row.withheld,
        unavailable=away and not known,
        verified=proved_account(row),
        disclosed=settings.HENJI_DISCLOSURE is Disclosure.IN_TEXT,
        today=_today(row),
        least_part=settings.HENJI_LEAST_PART,
    )


def proved_account(row: Locked) -> int | None:
    """The account that the person proved by text in the last ten minutes."""
    return row.verified_account_id if verification.holds(row.verified_at, row.now) else None


def _today(row: Locked) -> date:
    return countries.of_number(row.number, countries.shipped()).day(row.now)


def tries_left(row: Locked) -> int:
    """How many wrong answers about who they are the person of a locked conversation has left."""
    return verification.tries_left(
        row.verification_failures, row.verification_locked_until, row.now
    )
