"""Two transactions at once: wait until one of them waits for the other."""

import time
from concurrent.futures import Future
from typing import Any

from sqlalchemy import Engine, text

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
