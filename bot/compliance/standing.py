"""Where a person stands: consent by conversation and purpose, and the stops that reach further.

Every caller holds the lock of the contact, so that orders at the same instant come one by one.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    Boolean,
    Connection,
    Executable,
    Row,
    bindparam,
    case,
    exists,
    select,
    update,
)

from bot.compliance import opt_outs, purposes
from bot.compliance.ledger import Method
from bot.dialogue.consent import Step, advance
from bot.dialogue.effects import Consent
from bot.settings import Settings
from bot.store.columns import seconds_from_now, utc_now
from bot.store.session import insert_in
from bot.store.tables import conversations, purpose_consents

ANSWER_WITHIN_S = 24 * 3600

_consent = purpose_consents.c
_talk = conversations.c
# Kept: every person's first text asks it.
_STATES = select(
    _consent.purpose, _consent.state, (_consent.asked_until > utc_now()).label("in_time")
).where(_consent.conversation_id == bindparam("conversation"))


@dataclass(frozen=True)
class Pair:
    """A conversation: one of our senders and one contact, by their ids."""

    conversation_id: int
    contact_id: int
    sender_id: int


@dataclass(frozen=True)
class Changed:
    """One step that was taken: of a purpose in a version of its document; None: of all of them.

    `started` says that it was a START, which lifts stops.
    """

    consent: Consent
    purpose: str | None = None
    version: str | None = None
    started: bool = False


def take(connection: Connection, pair: Pair, step: Step, keys: Iterable[str] = ()) -> list[Changed]:
    """Ask, grant or refuse in one conversation; a stopped purpose stays stopped.

    Without keys an answer is to what was asked and is still open, else to the main purpose.
    """
    states, asked = _states(connection, pair)
    states |= dict.fromkeys(stopped(connection, pair), Consent.STOPPED)
    changed = []
    for key in keys or asked or (purposes.MAIN,):
        document = purposes.current(purposes.shipped(), key)
        state = advance(states.get(key, Consent.UNKNOWN), step)
        changed.append(Changed(state, key, document.reference))
    _keep(connection, pair, changed)
    return changed


def look(connection: Connection, pair: Pair) -> dict[str, Consent]:
    """Where one conversation stands with every purpose, stops from elsewhere included."""
    states, _ = _states(connection, pair)
    stopped_here = dict.fromkeys(stopped(connection, pair), Consent.STOPPED)
    return dict.fromkeys(purposes.shipped(), Consent.UNKNOWN) | states | stopped_here


def stop(
    connection: Connection,
    settings: Settings,
    pair: Pair,
    method: Method,
    purpose: str | None = None,
) -> list[int]:
    """Stop every purpose, or one, as far as HENJI_OPTOUT_SCOPE reaches.

    Returns those that it silences: all that it reaches, which are locked, but for those that were
    stopped before, whose one confirmation may still have to leave.
    """
    reach = opt_outs.reach(connection, settings, pair.sender_id)
    scope = settings.HENJI_OPTOUT_SCOPE
    for sender in reach:
        opt_outs.keep(connection, pair.contact_id, sender, purpose, method, scope)
    rows = _locked(connection, pair, reach)
    reached = [row.id for row in rows]
    if purpose is None:
        _silence(connection, reached)
    else:
        version = purposes.current(purposes.shipped(), purpose).reference
        _keep(connection, pair, [Changed(Consent.STOPPED, purpose, version)])
    _withdraw(connection, reached, purpose)
    return [row.id for row in rows if row.consent != Consent.STOPPED]


def _locked(
    connection: Connection, pair: Pair, reach: Collection[int | None]
) -> Sequence[Row[Any]]:
    """The conversations of the person that a stop reaches, with their consent."""
    in_reach = (
        select(_talk.id, _talk.consent)
        .where(_talk.contact_id == pair.contact_id)
        .order_by(_talk.id)
        .with_for_update()
    )
    if None not in reach:
        in_reach = in_reach.where(_talk.sender_id.in_(reach))
    return connection.execute(in_reach).all()


def _silence(connection: Connection, reached: Collection[int]) -> None:
    """Nothing is said in these conversations any more, and no question is open."""
    silent: dict[str, Any] = {
        "consent": Consent.STOPPED,
        "flow": None,
        "state": "start",
        "slots": {},
        "held_since": None,
    }
    connection.execute(update(conversations).where(_talk.id.in_(reached)).values(silent))


def _withdraw(connection: Connection, reached: Collection[int], purpose: str | None) -> None:
    """Consent to a purpose, or to all, is withdrawn in these conversations."""
    which = _consent.conversation_id.in_(reached)
    connection.execute(
        update(purpose_consents)
        .where(which if purpose is None else which & (_consent.purpose == purpose))
        .values(state=Consent.STOPPED, asked_until=None, changed_at=utc_now())
    )


def start(connection: Connection, pair: Pair, purpose: str | None = None) -> list[Changed]:
    """Lift every stop that reaches this conversation, and grant its main purpose.

    With a purpose, only the stops of that one are lifted, and it is the one that is granted. What
    else was lifted, here or in other conversations, is as if it had never been asked about.
    """
    opt_outs.lift(connection, pair.contact_id, pair.sender_id, purpose)
    _lift(connection, pair)
    document = purposes.current(purposes.shipped(), purpose or purposes.MAIN)
    granted = Changed(Consent.GRANTED, document.key, document.reference, started=purpose is None)
    _keep(connection, pair, [granted])
    return [granted]


def expire(connection: Connection, limit: int) -> list[tuple[int, Changed]]:
    """Close questions of consent that nobody answered in time; returns them by conversation."""
    due = (
        select(_consent.conversation_id, _consent.purpose, _consent.version)
        .where(_consent.state == Consent.ASKED, _consent.asked_until <= utc_now())
        .order_by(_consent.asked_until)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = connection.execute(due).all()
    for row in rows:
        this = (_consent.conversation_id == row.conversation_id) & (_consent.purpose == row.purpose)
        state = advance(Consent.ASKED, Step.EXPIRE)
        connection.execute(
            update(purpose_consents).where(this).values(state=state, changed_at=utc_now())
        )
    return [
        (row.conversation_id, Changed(Consent.UNKNOWN, row.purpose, row.version)) for row in rows
    ]


def _states(connection: Connection, pair: Pair) -> tuple[dict[str, Consent], list[str]]:
    """The states of one conversation, and the purposes whose question is still open in time."""
    rows = connection.execute(_STATES, {"conversation": pair.conversation_id}).all()
    states = {row.purpose: Consent(row.state) for row in rows}
    asked = sorted(row.purpose for row in rows if row.state == Consent.ASKED and row.in_time)
    return states, asked


def stopped(connection: Connection, pair: Pair) -> set[str]:
    """The purposes that a stop reaches in this conversation."""
    found = opt_outs.purposes_stopped(connection, pair.contact_id, pair.sender_id)
    return set(purposes.shipped()) if None in found else {key for key in found if key}


def _keep(connection: Connection, pair: Pair, changed: Iterable[Changed]) -> None:
    rows = [
        {
            "conversation_id": pair.conversation_id,
            "purpose": one.purpose,
            "state": one.consent,
            "version": one.version,
            "is_asked": one.consent is Consent.ASKED,
        }
        for one in changed
    ]
    connection.execute(_upsert(connection.dialect.name), rows)


@cache
def _upsert(dialect: str) -> Executable:
    until = case((bindparam("is_asked", type_=Boolean), seconds_from_now(ANSWER_WITHIN_S)))
    row = insert_in(dialect, purpose_consents).inline().values(asked_until=until)
    new = {name: row.excluded[name] for name in ("state", "version", "asked_until", "changed_at")}
    key = ["conversation_id", "purpose"]
    return row.on_conflict_do_update(index_elements=key, set_=new)


def _lift(connection: Connection, pair: Pair) -> None:
    """Take what no stop reaches any more back to unknown."""
    still = opt_outs.stops_all(pair.contact_id, _talk.sender_id)
    free = select(_talk.id).where(_talk.contact_id == pair.contact_id, ~still).order_by(_talk.id)
    freed: list[int] = list(connection.execute(free.with_for_update()).scalars())
    unknown = advance(Consent.STOPPED, Step.LIFT)
    connection.execute(
        update(conversations)
        .where(_talk.id.in_(freed), _talk.consent == Consent.STOPPED)
        .values(consent=unknown)
    )
    narrow = opt_outs.stops_purpose(pair.contact_id, _talk.sender_id, _consent.purpose)
    reached = exists().where(_talk.id == _consent.conversation_id, narrow)
    connection.execute(
        update(purpose_consents)
        .where(_consent.conversation_id.in_(freed), _consent.state == Consent.STOPPED, ~reached)
        .values(state=unknown, changed_at=utc_now())
    )
