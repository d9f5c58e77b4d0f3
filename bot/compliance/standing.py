"""Where a person stands: consent by conversation and purpose, and the stops that reach further.

Every caller holds the lock of the contact, so that orders at the same instant come one by one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, func, insert, select, update

from bot.compliance import purposes
from bot.compliance.ledger import Method
from bot.dialogue.consent import Step, advance
from bot.dialogue.effects import Consent
from bot.settings import OptOutScope, Settings
from bot.store.columns import seconds_from_now, utc_now
from bot.store.session import insert as insert_or
from bot.store.tables import conversations, opt_outs, purpose_consents

ANSWER_WITHIN = timedelta(hours=24)

_consent = purpose_consents.c
_talk = conversations.c


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
    states |= dict.fromkeys(_stopped(connection, pair), Consent.STOPPED)
    changed = []
    for key in keys or asked or (purposes.MAIN,):
        document = purposes.current(purposes.shipped(), key)
        state = advance(states.get(key, Consent.UNKNOWN), step)
        changed.append(Changed(state, key, document.reference))
    _keep(connection, pair, changed)
    return changed


def stop(
    connection: Connection,
    settings: Settings,
    pair: Pair,
    method: Method,
    purpose: str | None = None,
) -> list[int]:
    """Stop every purpose, or one, as far as HENJI_OPTOUT_SCOPE reaches.

    Returns the conversations it reaches, this one among them, all locked.
    """
    reach = _reach(settings, pair)
    _keep_opt_out(connection, settings, pair, method, purpose, reach)
    in_reach = (
        select(_talk.id).where(_talk.contact_id == pair.contact_id).order_by(_talk.id)
    ).with_for_update()
    if reach is not None:
        in_reach = in_reach.where(_talk.sender_id == reach)
    reached: list[int] = list(connection.execute(in_reach).scalars())
    which: ColumnElement[bool] = _consent.conversation_id.in_(reached)
    if purpose is None:
        silent: dict[str, Any] = {
            "consent": Consent.STOPPED,
            "flow": None,
            "state": "start",
            "slots": {},
        }
        connection.execute(update(conversations).where(_talk.id.in_(reached)).values(silent))
    else:
        version = purposes.current(purposes.shipped(), purpose).reference
        _keep(connection, pair, [Changed(Consent.STOPPED, purpose, version)])
        which = which & (_consent.purpose == purpose)
    connection.execute(
        update(purpose_consents)
        .where(which)
        .values(state=Consent.STOPPED, asked_until=None, changed_at=utc_now())
    )
    return reached


def start(connection: Connection, pair: Pair) -> list[Changed]:
    """Lift every stop that reaches this conversation, and grant its main purpose.

    Other purposes, and other conversations, are as if they had never been asked about.
    """
    lifts = (opt_outs.c.sender_id.is_(None)) | (opt_outs.c.sender_id == pair.sender_id)
    connection.execute(
        update(opt_outs)
        .where(opt_outs.c.contact_id == pair.contact_id, opt_outs.c.lifted_at.is_(None), lifts)
        .values(lifted_at=utc_now())
    )
    _lift(connection, pair)
    document = purposes.current(purposes.shipped(), purposes.MAIN)
    granted = Changed(Consent.GRANTED, purposes.MAIN, document.reference, started=True)
    _keep(connection, pair, [granted])
    return [granted]


def is_stopped(connection: Connection, contact_id: int, sender_id: int) -> bool:
    """Whether a stop of every purpose reaches this contact from this sender."""
    return bool(connection.execute(select(_stop_of(contact_id, sender_id))).scalar_one())


def started_at(connection: Connection, contact_id: int) -> datetime | None:
    """When a stop of this contact was last lifted; None where none ever was."""
    lifted = select(func.max(opt_outs.c.lifted_at)).where(opt_outs.c.contact_id == contact_id)
    found: datetime | None = connection.execute(lifted).scalar()
    return found


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
    in_time = (_consent.asked_until > utc_now()).label("in_time")
    rows = connection.execute(
        select(_consent.purpose, _consent.state, in_time).where(
            _consent.conversation_id == pair.conversation_id
        )
    ).all()
    states = {row.purpose: Consent(row.state) for row in rows}
    asked = sorted(row.purpose for row in rows if row.state == Consent.ASKED and row.in_time)
    return states, asked


def _stopped(connection: Connection, pair: Pair) -> set[str]:
    """The purposes that a stop reaches in this conversation."""
    stops = select(opt_outs.c.purpose).where(
        opt_outs.c.contact_id == pair.contact_id,
        opt_outs.c.lifted_at.is_(None),
        opt_outs.c.sender_id.is_(None) | (opt_outs.c.sender_id == pair.sender_id),
    )
    found: set[str | None] = set(connection.execute(stops).scalars())
    return set(purposes.shipped()) if None in found else {key for key in found if key}


def _keep(connection: Connection, pair: Pair, changed: Iterable[Changed]) -> None:
    for one in changed:
        asked = one.consent is Consent.ASKED
        until = seconds_from_now(ANSWER_WITHIN.total_seconds()) if asked else None
        new: dict[str, Any] = {
            "state": one.consent,
            "version": one.version,
            "asked_until": until,
            "changed_at": utc_now(),
        }
        row = insert_or(connection, purpose_consents).values(
            conversation_id=pair.conversation_id, purpose=one.purpose, **new
        )
        key = ["conversation_id", "purpose"]
        connection.execute(row.on_conflict_do_update(index_elements=key, set_=new))


def _reach(settings: Settings, pair: Pair) -> int | None:
    """The one sender that a stop reaches; None where it reaches all of them.

    One installation is one brand, and its Messaging Service pools all of its numbers.
    """
    pooled = settings.HENJI_OPTOUT_SCOPE is OptOutScope.SENDER and bool(
        settings.TWILIO_MESSAGING_SERVICE_SID
    )
    wide = settings.HENJI_OPTOUT_SCOPE in {OptOutScope.BRAND, OptOutScope.ALL}
    return None if wide or pooled else pair.sender_id


def _keep_opt_out(
    connection: Connection,
    settings: Settings,
    pair: Pair,
    method: Method,
    purpose: str | None,
    reach: int | None,
) -> None:
    known = exists().where(
        opt_outs.c.contact_id == pair.contact_id,
        opt_outs.c.lifted_at.is_(None),
        opt_outs.c.sender_id.is_(None) if reach is None else opt_outs.c.sender_id == reach,
        opt_outs.c.purpose.is_(None) if purpose is None else opt_outs.c.purpose == purpose,
    )
    if connection.execute(select(known)).scalar_one():
        return
    connection.execute(
        insert(opt_outs).values(
            contact_id=pair.contact_id,
            sender_id=reach,
            scope=settings.HENJI_OPTOUT_SCOPE,
            purpose=purpose,
            method=method,
        )
    )


def _lift(connection: Connection, pair: Pair) -> None:
    """Take what no stop reaches any more back to unknown."""
    still = _stop_of(pair.contact_id, _talk.sender_id)
    free = select(_talk.id).where(_talk.contact_id == pair.contact_id, ~still).order_by(_talk.id)
    freed: list[int] = list(connection.execute(free.with_for_update()).scalars())
    unknown = advance(Consent.STOPPED, Step.LIFT)
    connection.execute(
        update(conversations)
        .where(_talk.id.in_(freed), _talk.consent == Consent.STOPPED)
        .values(consent=unknown)
    )
    connection.execute(
        update(purpose_consents)
        .where(_consent.conversation_id.in_(freed), _consent.state == Consent.STOPPED)
        .values(state=unknown, changed_at=utc_now())
    )


def _stop_of(contact_id: int, sender_id: Any) -> Any:
    return exists().where(
        opt_outs.c.contact_id == contact_id,
        opt_outs.c.lifted_at.is_(None),
        opt_outs.c.purpose.is_(None),
        opt_outs.c.sender_id.is_(None) | (opt_outs.c.sender_id == sender_id),
    )
