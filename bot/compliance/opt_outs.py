"""Stops: of everything or one purpose, of one sender of ours or all; only a START lifts them."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    exists,
    func,
    insert,
    literal_column,
    select,
    update,
)

from bot.compliance.ledger import Method
from bot.settings import OptOutScope, Settings
from bot.store.columns import among, utc_now
from bot.store.tables import opt_outs

_stop = opt_outs.c


def active(contact_id: Any, sender_id: Any) -> ColumnElement[bool]:
    """The stops, of whichever purpose, that hold between a contact and a sender."""
    return and_(
        _stop.contact_id == contact_id,
        _stop.lifted_at.is_(None),
        _stop.sender_id.is_(None) | (_stop.sender_id == sender_id),
    )


def stops_all(contact_id: Any, sender_id: Any) -> ColumnElement[bool]:
    """Whether a stop of every purpose holds between a contact and a sender, as an expression."""
    return exists(literal_column("1")).where(active(contact_id, sender_id), _stop.purpose.is_(None))


# Statements that are kept: new conversations and answers to the question of consent ask these.
_PAIR: tuple[Any, Any] = (bindparam("contact"), bindparam("sender"))
_IS_STOPPED = select(stops_all(*_PAIR))
_PURPOSES = select(_stop.purpose).where(active(*_PAIR))
_STOPPERS = select(_stop.contact_id).where(
    among(_stop.contact_id, "contacts"), _stop.lifted_at.is_(None)
)


def is_stopped(connection: Connection, contact_id: int, sender_id: int) -> bool:
    """Whether a stop of every purpose reaches this contact from this sender."""
    pair = {"contact": contact_id, "sender": sender_id}
    return bool(connection.execute(_IS_STOPPED, pair).scalar_one())


def stoppers(connection: Connection, contact_ids: Collection[int]) -> frozenset[int]:
    """Who of these contacts stopped anything that is still stopped."""
    found = connection.execute(_STOPPERS, {"contacts": list(contact_ids)})
    return frozenset(found.scalars())


def purposes_stopped(
    connection: Connection, contact_id: int, sender_id: int
) -> frozenset[str | None]:
    """The purposes that are stopped between the two; None among them stands for all of them."""
    pair = {"contact": contact_id, "sender": sender_id}
    return frozenset(connection.execute(_PURPOSES, pair).scalars())


def started_at(connection: Connection, contact_id: int) -> datetime | None:
    """When a stop of this contact was last lifted; None where none ever was."""
    lifted = select(func.max(_stop.lifted_at)).where(_stop.contact_id == contact_id)
    found: datetime | None = connection.execute(lifted).scalar()
    return found


def reach(settings: Settings, sender_id: int) -> int | None:
    """The one sender that a stop reaches; None where it reaches all of them.

    A stop of a brand reaches senders under another brand as well, to be on the safe side, and a
    Messaging Service pools all of our numbers.
    """
    scope = settings.HENJI_OPTOUT_SCOPE
    pooled = scope is OptOutScope.SENDER and bool(settings.TWILIO_MESSAGING_SERVICE_SID)
    return None if pooled or scope in {OptOutScope.BRAND, OptOutScope.ALL} else sender_id


def keep(
    connection: Connection,
    contact_id: int,
    sender_id: int | None,
    purpose: str | None,
    method: Method,
    scope: OptOutScope,
) -> None:
    """Keep a stop (of every sender, of every purpose: None); one that holds already is enough."""
    same = exists().where(
        _stop.contact_id == contact_id,
        _stop.lifted_at.is_(None),
        _stop.sender_id.is_(None) if sender_id is None else _stop.sender_id == sender_id,
        _stop.purpose.is_(None) if purpose is None else _stop.purpose == purpose,
    )
    if connection.execute(select(same)).scalar_one():
        return
    row = {"contact_id": contact_id, "sender_id": sender_id, "purpose": purpose}
    connection.execute(insert(opt_outs).values(**row, method=method, scope=scope))


def lift(connection: Connection, contact_id: int, sender_id: int) -> None:
    """End every stop that reaches a contact from a sender."""
    connection.execute(
        update(opt_outs).where(active(contact_id, sender_id)).values(lifted_at=utc_now())
    )
