"""The messages table: every text that passed the carrier, in both directions."""

import secrets
import sqlite3
import time
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.text import segments


class Direction(StrEnum):
    """Which way a text went, in Twilio's words: inbound is from a person to the company."""

    INBOUND = "inbound"
    OUTBOUND = "outbound-api"


class Status(StrEnum):
    """How far a text has come; a status only climbs in the order given here.

    RECEIVING and RECEIVED are of inbound texts: before and after the bot's webhook took them.
    """

    ACCEPTED = "accepted"
    QUEUED = "queued"
    RECEIVING = "receiving"
    SENT = "sent"
    RECEIVED = "received"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"


_RANK = {status: rank for rank, status in enumerate(Status)}


@dataclass(frozen=True)
class Message:
    """One text. `number` is the person's whichever way it went, times are Unix seconds.

    `revision` grows with every change of any message, so that a reader can ask what is new.
    """

    id: int
    revision: int
    sid: str
    direction: Direction
    sender: str
    recipient: str
    number: str
    body: str
    encoding: str
    segments: int
    status: Status
    error_code: int | None
    service: str | None
    callback: str | None
    created: float
    sent: float | None
    updated: float


@dataclass(frozen=True)
class Draft:
    """What is known of a text before it is stored; `service` and `callback` as Twilio got them."""

    direction: Direction
    sender: str
    recipient: str
    body: str
    status: Status
    sid: str | None = None
    service: str | None = None
    callback: str | None = None


_INSERT = """
INSERT INTO messages (revision, sid, direction, sender, recipient, number, body, encoding,
    segments, status, service, callback, created, sent, updated)
VALUES ((SELECT COALESCE(MAX(revision), 0) + 1 FROM messages), :sid, :direction, :sender,
    :recipient, :number, :body, :encoding, :segments, :status, :service, :callback, :now, :sent,
    :now)
RETURNING *
"""
_ADVANCE = """
UPDATE messages SET revision = (SELECT MAX(revision) + 1 FROM messages), status = :status,
    error_code = :error_code, sent = COALESCE(sent, :now), updated = :now
WHERE sid = :sid
RETURNING *
"""


def new_sid() -> str:
    """A message SID as Twilio makes them: SM and 32 hexadecimal digits."""
    return "SM" + secrets.token_hex(16)


def insert(db: sqlite3.Connection, draft: Draft) -> Message:
    """Store a text, an inbound one as sent already; raises IntegrityError for a known SID."""
    size, now = segments.count(draft.body), time.time()
    inbound = draft.direction is Direction.INBOUND
    values = vars(draft) | {
        "sid": draft.sid or new_sid(),
        "number": draft.sender if inbound else draft.recipient,
        "encoding": size.encoding,
        "segments": size.segments,
        "now": now,
        "sent": now if inbound else None,
    }
    [row] = db.execute(_INSERT, values)
    return _message(row)


def advance(
    db: sqlite3.Connection, sid: str, status: Status, error_code: int | None = None
) -> Message | None:
    """Let the status climb; None when there is no such message or it is further already."""
    message = find(db, sid)
    if message is None or _RANK[status] <= _RANK[message.status]:
        return None
    return _become(db, sid, status, error_code)


def reopen(db: sqlite3.Connection, sid: str) -> Message | None:
    """The text with this SID, on its way to the bot again if that had failed; None if unknown."""
    message = find(db, sid)
    if message is None or message.status is not Status.FAILED:
        return message
    return _become(db, sid, Status.RECEIVING, None)


def find(db: sqlite3.Connection, sid: str) -> Message | None:
    """The message with this SID, or None."""
    row = db.execute("SELECT * FROM messages WHERE sid = ?", [sid]).fetchone()
    return _message(row) if row else None


def of_number(db: sqlite3.Connection, number: str, after: int, limit: int) -> list[Message]:
    """The newest texts of one phone in the order they were written, those with an id above it."""
    query = "SELECT * FROM messages WHERE number = ? AND id > ? ORDER BY id DESC LIMIT ?"
    return read(db.execute(query, [number, after, limit]))[::-1]


def changed(db: sqlite3.Connection, since: int, limit: int) -> list[Message]:
    """The messages new or changed after a revision, oldest change first."""
    query = "SELECT * FROM messages WHERE revision > ? ORDER BY revision LIMIT ?"
    return read(db.execute(query, [since, limit]))


def latest(db: sqlite3.Connection, limit: int) -> list[Message]:
    """The last text of each phone, newest first."""
    query = "SELECT *, MAX(id) FROM messages GROUP BY number ORDER BY id DESC LIMIT ?"
    return read(db.execute(query, [limit]))


def revision(db: sqlite3.Connection) -> int:
    """The revision of the last change, 0 when nothing ever happened."""
    return int(db.execute("SELECT COALESCE(MAX(revision), 0) FROM messages").fetchone()[0])


def read(rows: Iterable[sqlite3.Row]) -> list[Message]:
    """The messages of whole rows of the table."""
    return [_message(row) for row in rows]


def _become(db: sqlite3.Connection, sid: str, status: Status, error_code: int | None) -> Message:
    values = {"sid": sid, "status": status, "error_code": error_code, "now": time.time()}
    [row] = db.execute(_ADVANCE, values)
    return _message(row)


def _message(row: sqlite3.Row) -> Message:
    values = {name: row[name] for name in Message.__dataclass_fields__}
    return Message(
        **values | {"direction": Direction(row["direction"]), "status": Status(row["status"])}
    )
