"""What the demo keeps between two starts: secrets, ports, data; and that one demo has it at a time.

Everything lies in one folder, usually var/.
"""

import fcntl
import json
import os
import secrets
import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from bot.demo.parts import HOST
from bot.errors import HenjiError

FIRST_PORT = 8000
PORTS_TRIED = 100


@dataclass(frozen=True)
class Ports:
    """Where the phone page and the bot listen."""

    phone: int = FIRST_PORT
    bot: int = FIRST_PORT + 1


@dataclass(frozen=True)
class State:
    """The files of a demo in a folder."""

    folder: Path

    @property
    def database(self) -> Path:
        """The bot's SQLite file."""
        return self.folder / "henji.sqlite"

    @property
    def phones(self) -> Path:
        """The handset's SQLite file."""
        return self.folder / "handset.sqlite"

    @property
    def valkey(self) -> Path:
        """The folder that Valkey writes to."""
        return self.folder / "valkey"

    @property
    def logs(self) -> Path:
        """The folder of the logs."""
        return self.folder / "log"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Make the folders and keep other demos out; HenjiError where one runs already."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "demo.lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                address = f"http://{HOST}:{self._ports_before().phone}/"
                raise HenjiError(f"The demo is running already: {address}") from None
            yield

    def clear(self) -> None:
        """Forget all that a demo has written; files of others stay."""
        for folder in (self.valkey, self.logs):
            shutil.rmtree(folder, ignore_errors=True)
        for pattern in ("henji.sqlite*", "handset.sqlite*", "secret_key", "demo_*"):
            for file in self.folder.glob(pattern):
                file.unlink()

    def make_folders(self) -> None:
        """Make what the parts expect to be there."""
        for folder in (self.valkey, self.logs):
            folder.mkdir(exist_ok=True)

    def secret(self, name: str, make: Callable[[], str] = secrets.token_urlsafe) -> str:
        """A text made once and kept in a file that only its owner can read."""
        path = self.folder / name
        if not (kept := path.read_text().strip() if path.exists() else ""):
            with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as new:
                new.write(kept := make())
        return kept

    def ports(self, wanted: int | None) -> Ports:
        """The ports of the last time, or those after them that are free; keeps what it chose."""
        before = self._ports_before()
        phone = _free_from(wanted or before.phone)
        chosen = Ports(phone, _free_from(before.bot, besides=phone))
        self._ports_file.write_text(json.dumps(asdict(chosen)))
        return chosen

    def _ports_before(self) -> Ports:
        try:
            return Ports(**json.loads(self._ports_file.read_text()))
        except (OSError, ValueError, TypeError):
            return Ports()

    @property
    def _ports_file(self) -> Path:
        return self.folder / "demo_ports.json"


def _free_from(first: int, besides: int | None = None) -> int:
    last = min(first + PORTS_TRIED, 65536)
    for port in range(first, last):
        if port != besides and _is_free(port):
            return port
    raise HenjiError(f"No port from {first} to {last - 1} is free; choose another with --port.")


def _is_free(port: int) -> bool:
    try:
        socket.create_server((HOST, port)).close()
    except OSError:
        return False
    return True
