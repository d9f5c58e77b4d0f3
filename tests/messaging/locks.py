"""Two transactions at once: wait until one of them waits for the other."""

import time
from concurrent.futures import Future
from typing import Any

from sqlalchemy import Engine, Select, select, text

from bot.store.columns import seconds_from_now
from bot.store.tables import inbound_messages, outbound_messages

WAITING = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


def wait_for_a_lock(engine: Engine, work: Future[Any], seconds: float = 30) -> None:
    """Return once somebody waits for a lock in this database, or the work is done without."""
    until = time.monotonic() + seconds
    with engine.connect() as connection:
        while not work.done() and time.monotonic() < until:
            if connection.execute(WAITING).scalar_one():
                return
            connection.rollback()
    assert work.done(), "nobody waits for a lock"


def wait_until_queued_are_locked(engine: Engine, seconds: float = 30) -> None:
    """Return once another transaction has locked all queued messages."""
    free = select(outbound_messages.c.id).where(outbound_messages.c.status == "queued")
    until = time.monotonic() + seconds
    with engine.connect() as connection:
        while connection.execute(free.with_for_update(skip_locked=True)).first():
            connection.rollback()
            assert time.monotonic() < until, "nobody has locked what is queued"


def wait_until_kept(engine: Engine, body: str, seconds: float = 30) -> None:
    """Return once a text of somebody is kept, answered or not."""
    kept = select(inbound_messages.c.id).where(inbound_messages.c.body == body)
    _wait_until_found(engine, kept, seconds, "the text is not kept")


def wait_until_held_back(engine: Engine, seconds: float = 30) -> None:
    """Return once what is queued shall not leave for a while."""
    held = select(outbound_messages.c.id).where(
        outbound_messages.c.status == "queued",
        outbound_messages.c.not_before > seconds_from_now(1),
    )
    _wait_until_found(engine, held, seconds, "what is queued is not held back")


def _wait_until_found(engine: Engine, rows: Select[Any], seconds: float, otherwise: str) -> None:
    until = time.monotonic() + seconds
    while True:
        with engine.begin() as connection:
            if connection.execute(rows).first():
                return
        assert time.monotonic() < until, otherwise
