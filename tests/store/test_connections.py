"""Connections that died: found out before they are used, or once for all of them."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from bot.store import session
from bot.store.session import connect

ONE = text("SELECT 1")
KILL_ALL_OTHERS = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


def connected(url: str, connections: int) -> Engine:
    """An engine with so many connections resting in its pool."""
    engine = connect(url)
    busy = [engine.connect() for _ in range(connections)]
    for connection in busy:
        connection.execute(ONE)
        connection.close()
    return engine


def works(engine: Engine) -> bool:
    try:
        with engine.begin() as connection:
            return connection.scalar(ONE) == 1
    except DBAPIError:
        return False


def kill_connections_of(url: str) -> None:
    killer = connect(url)
    with killer.begin() as connection:
        connection.execute(KILL_ALL_OTHERS)
    killer.dispose()


@pytest.mark.parametrize(("rest", "survived"), [(0.0, [True] * 4), (60.0, [False, *[True] * 3])])
def test_dead_connections_fail_at_most_one_transaction(
    postgres_database: str, monkeypatch: pytest.MonkeyPatch, rest: float, survived: list[bool]
) -> None:
    monkeypatch.setattr(session, "REST_S", rest)
    engine = connected(postgres_database, 3)
    kill_connections_of(postgres_database)

    assert [works(engine) for _ in range(4)] == survived
    engine.dispose()
