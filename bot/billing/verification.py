"""Who is asking: wrong answers are counted by person, so that no new link or flow resets them."""

from datetime import datetime

from sqlalchemy import Connection, update

from bot.store.columns import seconds_from_now
from bot.store.tables import contacts

MOST_TRIES = 3
LOCKED_FOR_S = 3600


def tries_left(failures: int, locked_until: datetime | None, now: datetime) -> int:
    """How many wrong answers a person may still give; 0 while locked, all again after it."""
    if locked_until is None:
        return max(MOST_TRIES - failures, 0)
    return 0 if now < locked_until else MOST_TRIES


def passed(connection: Connection, contact_id: int) -> None:
    """Forget earlier wrong answers."""
    connection.execute(
        update(contacts)
        .where(contacts.c.id == contact_id)
        .values(verification_failures=0, verification_locked_until=None)
    )


def failed(connection: Connection, contact_id: int, tries_before: int) -> None:
    """Count a wrong answer, of `tries_before` that were left; lock the person after the last."""
    last = tries_before <= 1
    connection.execute(
        update(contacts)
        .where(contacts.c.id == contact_id)
        .values(
            verification_failures=MOST_TRIES - tries_before + 1,
            verification_locked_until=seconds_from_now(LOCKED_FOR_S) if last else None,
        )
    )
