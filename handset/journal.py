"""The journal: every request between the carrier and the bot, and how it was answered."""

import sqlite3
from collections.abc import Iterable
from dataclasses import asdict, dataclass

CREATE = "create"
# In place of a status: we did not hear the answer, whatever it was.
UNHEARD = -1


@dataclass(frozen=True)
class Entry:
    """One request; times are Unix seconds, `answer` is its HTTP status, 0 where there was none, -1
    where we did not hear it.

    `kind` is that of the errand (inbound, callback, payment) with its subject and detail, or
    `create`: then `subject` is the SID, empty where the message was not accepted, and `detail` the
    callback URL. An accepted create is entered when it is, whatever its answer comes to.
    """

    kind: str
    subject: str
    detail: str
    began: float
    ended: float
    answer: int
    id: int = 0


_INSERT = """
INSERT INTO journal (kind, subject, detail, began, ended, answer)
VALUES (:kind, :subject, :detail, :began, :ended, :answer)
"""


def write(db: sqlite3.Connection, entries: Iterable[Entry]) -> None:
    """Add entries."""
    db.executemany(_INSERT, [asdict(entry) for entry in entries])


def read(db: sqlite3.Connection, after: int, limit: int) -> list[Entry]:
    """The entries with an id above it, oldest first."""
    query = "SELECT * FROM journal WHERE id > ? ORDER BY id LIMIT ?"
    return [Entry(**dict(row)) for row in db.execute(query, [after, limit])]
