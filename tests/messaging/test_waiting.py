"""Nothing waits for ever for a database: every wait has its end before the provider gives up."""

import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from bot.store import session
from bot.store.session import connect, transact

WEBHOOK_WAITS_S = 15


def test_on_postgresql_statements_locks_and_idle_transactions_end(postgres_database: str) -> None:
    engine = connect(postgres_database)
    with engine.connect() as connection:
        shown = [connection.scalar(text(f"SHOW {name}")) for name in session.TIMEOUTS]
    engine.dispose()

    assert shown == ["7s", "10s", "30s"]


def test_options_in_the_address_win_over_ours(postgres_database: str) -> None:
    engine = connect(f"{postgres_database}&options=-c%20lock_timeout%3D6s")
    with engine.connect() as connection:
        assert connection.scalar(text("SHOW lock_timeout")) == "6s"
        assert connection.scalar(text("SHOW statement_timeout")) == "10s"
    engine.dispose()


def test_who_waited_for_a_lock_does_not_wait_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    longest = session.POOL_TIMEOUT_S + session.RETRY_FOR_S + session.BUSY_TIMEOUT_S
    assert longest < WEBHOOK_WAITS_S
    monkeypatch.setattr(session, "BUSY_TIMEOUT_S", 0.3)
    monkeypatch.setattr(session, "RETRY_FOR_S", 0.1)
    engine = connect(f"sqlite:///{tmp_path}/henji.sqlite")

    def never(connection: Connection) -> None:
        raise AssertionError

    with closing(engine.raw_connection()) as held:
        held.execute("BEGIN IMMEDIATE")  # type: ignore[attr-defined]
        began = time.monotonic()
        with pytest.raises(OperationalError, match="locked"):
            transact(engine, never)
        assert time.monotonic() - began < 2 * 0.3
        held.rollback()
    engine.dispose()
