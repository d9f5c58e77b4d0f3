"""Time that passes on a stage between two texts: what is remembered of a person grows older."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from bot.store.tables import contacts, conversations

MOMENTS = ("spoke_at", "heard_at", "person_wanted_at", "held_since", "verified_at", "muted_at")
# Of what the guard against loops remembers, in Unix seconds.
GUARD_MOMENTS = ("minute", "heard_at")


def let_pass(connection: Connection, number: str, gap: timedelta) -> None:
    """Move every moment that is kept of a number into the past."""
    row = connection.execute(
        select(conversations, contacts.c.verification_locked_until)
        .join(contacts, contacts.c.id == conversations.c.contact_id)
        .where(contacts.c.number == number)
    ).one()
    moved: dict[str, Any] = {name: _earlier(getattr(row, name), gap) for name in MOMENTS}
    guard = dict(row.guard or {})
    for name in GUARD_MOMENTS:
        if name in guard:
            guard[name] -= gap.total_seconds()
    moved["guard"] = guard or None
    connection.execute(update(conversations).where(conversations.c.id == row.id).values(**moved))
    locked = _earlier(row.verification_locked_until, gap)
    connection.execute(
        update(contacts).where(contacts.c.number == number).values(verification_locked_until=locked)
    )


def _earlier(moment: datetime | None, gap: timedelta) -> datetime | None:
    return moment - gap if moment else None
