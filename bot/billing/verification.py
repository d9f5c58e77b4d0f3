"""Who is asking: wrong answers are counted by person, so that no new link or flow resets them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from bot import alerts
from bot.alerts import Kind
from bot.store.columns import seconds_from_now, utc_now
from bot.store.session import insert
from bot.store.tables import contacts, verification_locks

MOST_TRIES = 5
VERIFIED_FOR = timedelta(minutes=10)
# A first lock ends after an hour, a second one after a day; a third one is for staff to end. So
# four digits can be guessed 15 times in 10,000 before somebody looks.
LOCKED_FOR_S = (3600, 24 * 3600)
FOR_GOOD_S = 100 * 365 * 24 * 3600
MOST_LISTED = 1000

_lock = verification_locks.c


def tries_left(failures: int, locked_until: datetime | None, now: datetime) -> int:
    """How many wrong answers a person may still give; 0 while locked, all again after it."""
    if locked_until is None:
        return max(MOST_TRIES - failures, 0)
    return 0 if now < locked_until else MOST_TRIES


def holds(verified_at: datetime | None, now: datetime) -> bool:
    """Whether what was proved at a moment need not be proved again yet."""
    return verified_at is not None and now - verified_at <= VERIFIED_FOR


def passed(connection: Connection, contact_id: int) -> None:
    """Forget earlier wrong answers, and the locks that are over."""
    _end(connection, contact_id, "person", "the right answer")


def failed(connection: Connection, contact_id: int, tries_before: int) -> bool:
    """Count a wrong answer, of `tries_before` that were left; whether it locked the person."""
    locks = tries_before <= 1
    lasts = _lock_up(connection, contact_id) if locks else None
    _set(
        connection,
        contact_id,
        verification_failures=MOST_TRIES - tries_before + 1,
        verification_locked_until=seconds_from_now(lasts) if lasts else None,
    )
    return locks


def unlock(connection: Connection, contact_id: int, actor: str, reason: str) -> bool:
    """End a person's lock and forget the earlier ones; False where nothing is locked."""
    locked = select(contacts.c.id).where(
        contacts.c.id == contact_id, contacts.c.verification_locked_until > utc_now()
    )
    if connection.execute(locked.with_for_update()).first() is None:
        return False
    alerts.settle(connection, Kind.VERIFICATION, str(contact_id), actor, reason)
    _end(connection, contact_id, actor, reason)
    return True


def locked(connection: Connection) -> Sequence[Row[Any]]:
    """Who is locked: contact_id, number, since, until (None: until staff end it); oldest first."""
    found = (
        select(contacts.c.id, contacts.c.number, _lock.created_at, _lock.until)
        .join(contacts, contacts.c.id == _lock.contact_id)
        .where(
            _lock.ended_at.is_(None),
            _lock.until.is_(None) | (_lock.until > utc_now()),
        )
        .order_by(_lock.id)
    )
    return connection.execute(found.limit(MOST_LISTED)).all()


def _lock_up(connection: Connection, contact_id: int) -> int:
    """Write a lock down; returns for how many seconds."""
    counted = select(func.count()).where(_lock.contact_id == contact_id, _lock.ended_at.is_(None))
    earlier = connection.execute(counted).scalar_one()
    lasts = LOCKED_FOR_S[earlier] if earlier < len(LOCKED_FOR_S) else None
    until = None if lasts is None else seconds_from_now(lasts)
    row = insert(connection, verification_locks).values(contact_id=contact_id, until=until)
    connection.execute(row)
    if lasts is None:
        words = (
            "Somebody kept answering wrongly who they are: henji verification list names them,"
            " unlock lets them try again."
        )
        alerts.alert(connection, Kind.VERIFICATION, str(contact_id), words)
    return FOR_GOOD_S if lasts is None else lasts


def _end(connection: Connection, contact_id: int, actor: str, reason: str) -> None:
    connection.execute(
        update(verification_locks)
        .where(_lock.contact_id == contact_id, _lock.ended_at.is_(None))
        .values(ended_at=utc_now(), ended_by=actor, end_reason=reason)
    )
    _set(connection, contact_id, verification_failures=0, verification_locked_until=None)


def _set(connection: Connection, contact_id: int, **values: Any) -> None:
    connection.execute(update(contacts).where(contacts.c.id == contact_id).values(**values))
