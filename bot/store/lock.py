"""A lock that one process on any host holds: PostgreSQL's advisory lock, or a locked file."""

import fcntl
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

Held = Callable[[], bool]


@contextmanager
def only_one(engine: Engine, name: str) -> Iterator[Held]:
    """Try to take the lock of a name; yields a check whether it is (still) ours."""
    if engine.dialect.name == "postgresql":
        with _advisory(engine, name) as held:
            yield held
    else:
        with _file(Path(f"{engine.url.database}.{name}.lock")) as held:
            yield held


@contextmanager
def _advisory(engine: Engine, name: str) -> Iterator[Held]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        key = {"key": zlib.crc32(f"henji {name}".encode())}
        taken = bool(connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), key))

        def held() -> bool:
            # The lock dies with its connection; a broken one says so here.
            try:
                return taken and connection.scalar(text("SELECT 1")) == 1
            except SQLAlchemyError:
                return False

        try:
            yield held
        finally:
            if taken and held():
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)


@contextmanager
def _file(path: Path) -> Iterator[Held]:
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield lambda: False
        else:
            yield lambda: True
