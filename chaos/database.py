"""A PostgreSQL that can be stopped, killed, frozen and left without room, as whoever runs it."""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from signal import SIGCONT, SIGSTOP, Signals
from subprocess import DEVNULL
from typing import Any

import psutil
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from bench.servers import embedded, url_of
from bot.store import schema
from bot.store.session import connect

STARTS_WITHIN_S = 60
LOOK_AGAIN_S = 0.02
# What a server that has to write more than this finds is a full disk.
NO_ROOM = 8192
_IMPATIENT = {"connect_timeout": 2, "options": "-c lock_timeout=1s -c statement_timeout=2s"}
_CUT = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
_WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE :like"
)


@dataclass(frozen=True)
class Hold:
    """A statement that locks something, and what statements look like that then wait for it."""

    statement: str
    stops: str


MARKS = Hold(
    "SELECT id FROM outbound_messages WHERE status = 'sending' FOR UPDATE SKIP LOCKED",
    "UPDATE outbound_messages SET%attempts=(outbound_messages.attempts -%",
)
NEW_TEXTS = Hold("LOCK TABLE inbound_messages IN SHARE MODE", "INSERT INTO inbound_messages%")


class Database:
    """A running server; `url` is that of its migrated database."""

    def __init__(self, server: Any) -> None:
        self._server = server
        self.url = url_of(server)
        self.log: Path = server.log
        self._killed: list[psutil.Process] = []
        _prepare(self.url)

    def signal(self, number: Signals) -> None:
        """Send a signal to the server: SIGINT stops it, SIGQUIT stops it at once, SIGKILL kills."""
        self._killed = self._processes()
        for server in self._killed[:1]:
            server.send_signal(number)

    def freeze(self) -> None:
        """Halt it and all its processes."""
        self._signal_all(SIGSTOP)

    def thaw(self) -> None:
        """Let them go on."""
        self._signal_all(SIGCONT)

    def fill(self) -> bool:
        """Let every process of it that is at work find no room on the disk; False where nothing
        here can limit another process.

        A server that cannot write its log ends its processes and recovers.
        """
        limiter = shutil.which("prlimit")
        if limiter is None:
            return False
        for process in self._processes()[1:]:
            command = (limiter, f"--pid={process.pid}", f"--fsize={NO_ROOM}:")
            # Some of them may have ended by now.
            subprocess.run(command, user=self._server.system_user, check=False, stderr=DEVNULL)
        return True

    def start(self) -> None:
        """Start it again and wait until it is ready; nothing where it runs."""
        until = time.monotonic() + STARTS_WITHIN_S
        while True:
            self._bury()
            try:
                self._server.ensure_postgres_running()
            except subprocess.SubprocessError:
                # What is left of a killed server still holds its memory for a moment.
                if time.monotonic() > until:
                    raise
            else:
                return

    def cut(self) -> None:
        """End every connection to it; it lives on, and takes new ones. Raises SQLAlchemyError."""
        with self._connected() as connection:
            connection.execute(_CUT)

    @contextmanager
    def holding(self, hold: Hold) -> Iterator[Callable[[], bool]]:
        """Nobody can do something while the block runs; it is given a way to ask whether somebody
        tries to. All of this raises SQLAlchemyError."""
        with self._connected() as connection:
            connection.execute(text(hold.statement))
            yield lambda: self._somebody_waits(hold)

    def _somebody_waits(self, hold: Hold) -> bool:
        with self._connected() as connection:
            return bool(connection.scalar(_WAITING, {"like": hold.stops}))

    @contextmanager
    def _connected(self) -> Iterator[Connection]:
        """A connection that waits for nothing for long: who halted the server shall go on."""
        engine = create_engine(self.url, poolclass=NullPool, connect_args=_IMPATIENT)
        with engine.connect() as connection:
            try:
                yield connection
            finally:
                # Without a last word to a server that may not answer.
                connection.invalidate()

    def _bury(self) -> None:
        """Wait for what a killed server leaves behind, and take away the signs that it is there."""
        if self._processes():
            return
        for process in self._killed:
            with suppress(psutil.NoSuchProcess):
                # One that was frozen has not noticed yet.
                process.send_signal(SIGCONT)
        while any(map(_lives, self._killed)):
            time.sleep(LOOK_AGAIN_S)
        for sign in ("postmaster.pid", ".s.PGSQL.5432.lock"):
            (self._server.pgdata / sign).unlink(missing_ok=True)

    @property
    def _pid(self) -> int:
        return int(self._server.get_postmaster_info().pid)

    def _processes(self) -> list[psutil.Process]:
        """The server and its processes; none where it is dead, though nobody has buried it."""
        with suppress(psutil.NoSuchProcess):
            server = psutil.Process(self._pid)
            if _lives(server):
                return [server, *server.children(recursive=True)]
        return []

    def _signal_all(self, number: Signals) -> None:
        for process in self._processes():
            with suppress(psutil.NoSuchProcess):
                process.send_signal(number)


@contextmanager
def running(place: Path) -> Iterator[Database]:
    """A server in a new folder while the block runs; it survives kills, but no power cut."""
    with embedded(place) as server:
        database = Database(server)
        try:
            yield database
        finally:
            database.thaw()
            database.start()


def _lives(process: psutil.Process) -> bool:
    """Nobody may bury the dead on a machine without an init."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _prepare(url: str) -> None:
    admin = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with admin.connect() as connection:
        # The kernel keeps what killed processes wrote: waiting for the disk would prove nothing.
        connection.execute(text("ALTER SYSTEM SET fsync = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine = connect(url)
    schema.upgrade(engine)
    engine.dispose()
