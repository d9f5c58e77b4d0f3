"""The handset's memory: one SQLite file that many threads share through one connection."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    revision INTEGER NOT NULL UNIQUE,
    sid TEXT NOT NULL UNIQUE,
    direction TEXT NOT NULL,
    sender TEXT NOT NULL,
    recipient TEXT NOT NULL,
    number TEXT NOT NULL,
    body TEXT NOT NULL,
    encoding TEXT NOT NULL,
    segments INTEGER NOT NULL,
    status TEXT NOT NULL,
    error_code INTEGER,
    service TEXT,
    callback TEXT,
    created REAL NOT NULL,
    sent REAL,
    updated REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS messages_of_number ON messages (number, id);
CREATE TABLE IF NOT EXISTS errands (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    due REAL NOT NULL,
    attempt INTEGER NOT NULL DEFAULT 0,
    claimed INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS errands_due ON errands (claimed, due, id);
CREATE INDEX IF NOT EXISTS errands_of_subject ON errands (subject, due, id);
CREATE TABLE IF NOT EXISTS journal (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    began REAL NOT NULL,
    ended REAL NOT NULL,
    answer INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS sessions (
    id TEXT PRIMARY KEY,
    idempotency_key TEXT UNIQUE,
    request TEXT NOT NULL,
    reference TEXT NOT NULL,
    status TEXT NOT NULL,
    payment_id TEXT,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS sessions_of_reference ON sessions (reference);
CREATE TABLE IF NOT EXISTS payments (
    session TEXT PRIMARY KEY,
    paid INTEGER NOT NULL,
    refunded INTEGER NOT NULL DEFAULT 0,
    dispute TEXT,
    won INTEGER NOT NULL DEFAULT 0
);
"""


class StoreClosedError(Exception):
    """The handset is stopping; what was asked for stays to be done after the next start."""


class Store:
    """The open file. Write-ahead logging keeps every commit when the process is killed."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self._connection: sqlite3.Connection | None = sqlite3.connect(
            path, check_same_thread=False, isolation_level=None
        )
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = NORMAL")
        self._connection.executescript(_SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, one thread at a time; raises StoreClosedError after `close`."""
        with self._lock:
            if self._connection is None:
                raise StoreClosedError
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def close(self) -> None:
        """Close the file after the transaction at work, if any."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = None
