"""How to reach the database, and transactions that survive a lost race."""

import math
import os
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, InterfaceError, InvalidatePoolError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool
from sqlalchemy.sql.schema import Table

from bot.errors import SettingError

Result = TypeVar("Result")

# PostgreSQL: serialization failure, deadlock. The whole transaction may simply run again.
LOST_RACE = frozenset({"40001", "40P01"})
MOST_TRIES = 5
# Where a connection keeps what is to be done after its transaction.
AFTERWARDS = "henji after commit"
# The database cannot be reached or does not get to it; any other error is a bug of ours.
AWAY = (OperationalError, InterfaceError, PoolTimeout)

# A provider waits 15 s for its webhook's answer: for a connection, a lock and another try together
# nobody waits longer than that.
POOL_TIMEOUT_S = 5
BUSY_TIMEOUT_S = 5
RETRY_FOR_S = 4
# A connection that was in use within this time is taken to be alive.
REST_S = 1.0
TIMEOUTS = {
    # A stop holds its locks for landing.LAND_WITHIN_S at most, and the person's next text waits.
    "lock_timeout": "7s",
    "statement_timeout": "10s",
    "idle_in_transaction_session_timeout": "30s",
}


def connect(database_url: str, pool_size: int = 16) -> Engine:
    """An engine; parameters (personal data) never show in its errors or logs.

    Raises SettingError where the address cannot be read or names a driver that is not installed.
    """
    url = _address(database_url)
    if url.get_backend_name() == "sqlite":
        return _sqlite(url.render_as_string(hide_password=False))
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=POOL_TIMEOUT_S,
        hide_parameters=True,
        connect_args={"connect_timeout": 5, "options": _options(url)},
    )
    _ask_after_rest(engine)
    # A forked child must not talk on its parent's connections (ResourceClosedError in both).
    os.register_at_fork(after_in_child=lambda: engine.dispose(close=False))
    return engine


def _ask_after_rest(engine: Engine) -> None:
    """Ask a connection whether it still lives where it rested; each time would cost a round trip.

    One that died in use takes the whole pool with it, so that the next transaction is well again.
    """

    @event.listens_for(engine, "checkin")
    def rest(_: Any, entry: ConnectionPoolEntry) -> None:
        entry.info["rests_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def ask(connection: Any, entry: ConnectionPoolEntry, _: Any) -> None:
        if time.monotonic() - entry.info.get("rests_since", math.inf) < REST_S:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error


def _address(database_url: str) -> URL:
    try:
        # The scheme that some hosts set.
        url = make_url(re.sub("^postgres:", "postgresql:", database_url))
        url.get_dialect().import_dbapi()
    except (ArgumentError, ValueError, ImportError):
        raise SettingError(
            "DATABASE_URL is wrong: it must be an address such as"
            " postgresql://user:pass@host/henji."
        ) from None
    return url


def _options(url: URL) -> str:
    """Our time-outs, and after them the address's own options, which win."""
    ours = [f"-c {name}={value}" for name, value in TIMEOUTS.items()]
    return " ".join([*ours, *url.normalized_query.get("options", ())])


def _sqlite(url: str) -> Engine:
    if (path := make_url(url).database) and path != ":memory:":
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        poolclass=QueuePool,
        pool_timeout=POOL_TIMEOUT_S,
        hide_parameters=True,
        connect_args={"timeout": BUSY_TIMEOUT_S},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: Any) -> None:
        # Without these two, concurrent read-modify-write transactions lose updates silently.
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


@contextmanager
def opened(database_url: str) -> Iterator[Engine]:
    """An engine for as long as a command runs; see `connect`."""
    engine = connect(database_url)
    try:
        yield engine
    finally:
        engine.dispose()


def transact(engine: Engine, work: Callable[[Connection], Result]) -> Result:
    """Run `work` in one transaction; after a lost race (deadlock, busy) again, at most 5 times.

    A race is lost in milliseconds; who waited for seconds met a lock that is held, and gives up.
    """
    until = time.monotonic() + RETRY_FOR_S
    for attempt in range(1, MOST_TRIES + 1):
        try:
            with engine.begin() as connection:
                afterwards: list[Callable[[], None]] = []
                connection.info[AFTERWARDS] = afterwards
                result = work(connection)
        except OperationalError as error:
            if attempt == MOST_TRIES or time.monotonic() > until or not _lost_race(error):
                raise
            time.sleep(0.01 * attempt)
        else:
            for act in afterwards:
                act()
            return result
    raise AssertionError("unreachable")


def plan_for_what_is_asked(connection: Connection) -> None:
    """Have each statement of this transaction planned for its very values.

    A statement that is asked often is planned once for any values; where one word is in every
    message and the next in none, that plan is a hundred times slower for one of them.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL plan_cache_mode = force_custom_plan")


def after_commit(connection: Connection, act: Callable[[], None]) -> None:
    """Have something done once `transact` has committed the transaction at hand, or not at all."""
    connection.info.setdefault(AFTERWARDS, []).append(act)


def _lost_race(error: OperationalError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    return state in LOST_RACE or "database is locked" in str(error.orig)


def insert(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that knows `on_conflict_do_…` in the dialect at hand."""
    return insert_in(connection.dialect.name, table)


def insert_in(dialect: str, table: Table) -> postgresql.Insert | sqlite.Insert:
    """The same by the dialect's name, for a statement that is made once and kept."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
