"""The errands table: what the handset still has to do, kept so that a restart forgets nothing."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What an errand does and what its subject and detail are."""

    STATUS = "status"  # let a message (subject: SID) climb to a status (detail)
    INBOUND = "inbound"  # POST a person's text (subject: SID) to the bot
    REPEAT = "repeat"  # the same once more, at the same time
    CALLBACK = "callback"  # POST a status (detail) of a message (subject: SID) to its callback URL
    EXPIRY = "expiry"  # let a payment session (subject: its id) expire
    PAYMENT = "payment"  # POST an event (detail: JSON) of a payment session (subject: its id)


@dataclass(frozen=True)
class Errand:
    """Something to do at `due` (Unix seconds). `attempt` counts the tries that failed so far."""

    kind: Kind
    subject: str
    detail: str = ""
    due: float = 0.0
    id: int = 0
    attempt: int = 0


# Errands of one subject are done one after the other, so that only a fault turns their order.
_CLAIM = """
UPDATE errands SET claimed = 1 WHERE id IN (
    SELECT id FROM errands AS head WHERE claimed = 0 AND due <= :now AND (kind = 'repeat' OR id = (
        SELECT id FROM errands AS next WHERE next.subject = head.subject AND next.kind <> 'repeat'
        ORDER BY due, id LIMIT 1
    )) ORDER BY due, id LIMIT :limit
) RETURNING *
"""


def add(db: sqlite3.Connection, errands: Iterable[Errand]) -> None:
    """Put errands on the list; they are done once this transaction is committed."""
    rows = [(errand.kind, errand.subject, errand.detail, errand.due) for errand in errands]
    db.executemany("INSERT INTO errands (kind, subject, detail, due) VALUES (?, ?, ?, ?)", rows)


def claim(db: sqlite3.Connection, now: float, limit: int) -> list[Errand]:
    """The errands that are due, at most one for each subject; no one else gets them any more."""
    rows = db.execute(_CLAIM, {"now": now, "limit": limit}).fetchall()
    return sorted(map(_errand, rows), key=lambda errand: (errand.due, errand.id))


def next_due(db: sqlite3.Connection, now: float) -> float | None:
    """When the next errand falls due after `now`, or None when none waits for its time."""
    query = "SELECT MIN(due) FROM errands WHERE claimed = 0 AND due > ?"
    due: float | None = db.execute(query, [now]).fetchone()[0]
    return due


def pending(db: sqlite3.Connection) -> int:
    """How many errands wait for nothing but their turn: all but the end of a payment session."""
    query = "SELECT COUNT(*) FROM errands WHERE kind <> 'expiry'"
    return int(db.execute(query).fetchone()[0])


def done(db: sqlite3.Connection, errand: Errand) -> None:
    """Take an errand off the list."""
    db.execute("DELETE FROM errands WHERE id = ?", [errand.id])


def retry(db: sqlite3.Connection, errand: Errand, due: float) -> None:
    """Put a claimed errand back, to be tried once more at `due`."""
    query = "UPDATE errands SET claimed = 0, attempt = attempt + 1, due = ? WHERE id = ?"
    db.execute(query, [due, errand.id])


def release(db: sqlite3.Connection) -> None:
    """Put back all that the process before this one had claimed when it ended."""
    db.execute("UPDATE errands SET claimed = 0 WHERE claimed = 1")


def _errand(row: sqlite3.Row) -> Errand:
    kind, subject, detail = Kind(row["kind"]), row["subject"], row["detail"]
    return Errand(kind, subject, detail, row["due"], row["id"], row["attempt"])
