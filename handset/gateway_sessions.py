"""The sessions table of the payment gateway: what is to be paid, and where each payment stands."""

import json
import sqlite3
import time
from dataclasses import asdict, dataclass
from enum import StrEnum
from secrets import token_hex

from handset.gateway_request import SessionRequest


class State(StrEnum):
    """Where a payment stands. PENDING waits for cash at a convenience store."""

    OPEN = "open"
    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Session:
    """A checkout; `created` and `expires` are Unix seconds, `payment_id` comes with the payment."""

    id: str
    request: SessionRequest
    status: State
    payment_id: str | None
    created: int
    expires: int

    @property
    def slip(self) -> str:
        """The number to type at a store: always the same thirteen digits for one session."""
        digits = str(int(self.id.removeprefix("cs_"), 16))[-13:].zfill(13)
        return f"{digits[:4]}-{digits[4:8]}-{digits[8:]}"


_INSERT = """
INSERT INTO sessions (id, idempotency_key, request, reference, status, created, expires)
VALUES (?, ?, ?, ?, ?, ?, ?)
RETURNING *
"""


def insert(db: sqlite3.Connection, request: SessionRequest, key: str | None) -> Session:
    """Store a new session; raises IntegrityError when the idempotency key is taken."""
    now = int(time.time())
    asked, expires = json.dumps(asdict(request)), now + request.expires_in
    values = ["cs_" + token_hex(16), key, asked, request.reference, State.OPEN, now, expires]
    [row] = db.execute(_INSERT, values)
    return _session(row)


def find(db: sqlite3.Connection, session_id: str) -> Session | None:
    """The session with this id, or None."""
    row = db.execute("SELECT * FROM sessions WHERE id = ?", [session_id]).fetchone()
    return _session(row) if row else None


def of_key(db: sqlite3.Connection, key: str | None) -> Session | None:
    """The session that was opened with this idempotency key, or None."""
    row = db.execute("SELECT * FROM sessions WHERE idempotency_key = ?", [key]).fetchone()
    return _session(row) if row else None


def of_reference(db: sqlite3.Connection, reference: str, limit: int) -> list[Session]:
    """The sessions a shop opened for a reference of its own, newest first."""
    query = "SELECT * FROM sessions WHERE reference = ? ORDER BY rowid DESC LIMIT ?"
    return [_session(row) for row in db.execute(query, [reference, limit])]


def since(db: sqlite3.Connection, created: int, before: str | None, limit: int) -> list[Session]:
    """The sessions created at or after a moment, newest first, those after `before` in it."""
    query = """
    SELECT * FROM sessions
    WHERE created >= ? AND rowid < COALESCE((SELECT rowid FROM sessions WHERE id = ?), 1 << 62)
    ORDER BY rowid DESC LIMIT ?
    """
    return [_session(row) for row in db.execute(query, [created, before, limit])]


def advance(db: sqlite3.Connection, session: Session, status: State) -> Session:
    """Store a new status; the first one also gives the payment its id."""
    payment_id = session.payment_id or "pay_" + token_hex(12)
    query = "UPDATE sessions SET status = ?, payment_id = ? WHERE id = ? RETURNING *"
    [row] = db.execute(query, [status, payment_id, session.id])
    return _session(row)


def _session(row: sqlite3.Row) -> Session:
    request = SessionRequest(**json.loads(row["request"]))
    status, payment_id = State(row["status"]), row["payment_id"]
    return Session(row["id"], request, status, payment_id, row["created"], row["expires"])
