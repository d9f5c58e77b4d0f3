"""Stops: of everything or one purpose, of one sender of ours or all; only a START lifts them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Exists,
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
from bot.senders.company import Company
from bot.setting_types import OptOutScope
from bot.settings import Settings
from bot.store.columns import among, utc_now
from bot.store.tables import opt_outs, senders
from bot.text.language import Language

_stop = opt_outs.c


def active(contact_id: Any, sender_id: Any) -> ColumnElement[bool]:
    """The stops, of whichever purpose, that hold between a contact and a sender."""
    return and_(
        _stop.contact_id == contact_id,
        _stop.lifted_at.is_(None),
        _stop.sender_id.is_(None) | (_stop.sender_id == sender_id) | _of_the_brand(sender_id),
    )


def _of_the_brand(sender_id: Any) -> ColumnElement[bool]:
    """A stop of a brand also holds for the senders that joined the brand after it was said."""
    this, heard = senders.alias(), senders.alias()
    same = _exists(
        this.c.id == sender_id, heard.c.id == _stop.sender_id, heard.c.brand == this.c.brand
    )
    # All else comes from around it, however deep this stands in another statement.
    return and_(_stop.scope == OptOutScope.BRAND, same.correlate_except(this, heard))


def stops_all(contact_id: Any, sender_id: Any) -> ColumnElement[bool]:
    """Whether a stop of every purpose holds between a contact and a sender, as an expression."""
    found = _exists(active(contact_id, sender_id), _stop.purpose.is_(None))
    return found.correlate_except(opt_outs)


def stops_purpose(contact_id: Any, sender_id: Any, purpose: Any) -> ColumnElement[bool]:
    """The same for a stop that reaches one purpose, be it of that alone or of all."""
    reaches_it = _stop.purpose.is_(None) | (_stop.purpose == purpose)
    return _exists(active(contact_id, sender_id), reaches_it).correlate_except(opt_outs)


def _exists(*conditions: ColumnElement[bool]) -> Exists:
    return exists(literal_column("1")).where(*conditions)


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


def reach(connection: Connection, settings: Settings, sender_id: int) -> Sequence[int | None]:
    """The senders that a stop said to one of them reaches; None stands for all there ever are.

    A Messaging Service pools all of our numbers.
    """
    match settings.HENJI_OPTOUT_SCOPE:
        case OptOutScope.ALL:
            return [None]
        case OptOutScope.SENDER if settings.sender_pool:
            return [None]
        case OptOutScope.BRAND:
            return _under_one_brand(connection, settings, sender_id)
    return [sender_id]


def _under_one_brand(connection: Connection, settings: Settings, sender_id: int) -> list[int]:
    """Every sender under the name that people know this one by.

    Each is kept by its id, so that a sender that is renamed later takes its stops along.
    """
    rows = connection.execute(select(senders.c.id, senders.c.brand).order_by(senders.c.id))
    brands = {row.id: Company.of(settings, row.brand).brand(Language.JA) for row in rows}
    return [one for one, brand in brands.items() if brand == brands[sender_id]]


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


def lift(
    connection: Connection, contact_id: int, sender_id: int, purpose: str | None = None
) -> None:
    """End every stop, or those of one purpose, that reach a contact from a sender."""
    these = active(contact_id, sender_id)
    if purpose is not None:
        these &= _stop.purpose == purpose
    connection.execute(update(opt_outs).where(these).values(lifted_at=utc_now()))
