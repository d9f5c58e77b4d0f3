"""Connections over HTTP that end by a deadline, whatever they are waiting for.

A time-out of a socket counts from one byte to the next: a server that sends one now and then, in
the handshake, the head or the body, would be waited for as long as it likes.
"""

import socket
import time
from contextlib import suppress
from threading import Timer
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection

from bot.errors import SourceAway


class Deadline:
    """Ends the connections of one request after so many seconds."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds
        self._timer = Timer(seconds, self._end)
        self._timer.daemon = True
        self._held: list[socket.socket] = []

    def __enter__(self) -> "Deadline":
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        self._timer.join()
        for held in self._held:
            held.close()

    def check(self) -> None:
        """Raise SourceAway once the time is up."""
        if time.monotonic() >= self._until:
            raise SourceAway("its answer took too long")

    def hold(self, connected: socket.socket) -> socket.socket:
        """Watch over a new connection."""
        # A handshake takes the socket itself away; another handle to it stays.
        self._held.append(connected.dup())
        self.check()
        return connected

    def _end(self) -> None:
        for held in self._held:
            with suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)


class _Plain(HTTPConnection):
    def __init__(self, *given: Any, deadline: Deadline, **more: Any) -> None:
        super().__init__(*given, **more)
        self._deadline = deadline

    def _new_conn(self) -> socket.socket:
        return self._deadline.hold(super()._new_conn())


class _Secure(_Plain, HTTPSConnection):
    pass


class PlainPool(urllib3.HTTPConnectionPool):
    """Connections of HTTP that a `deadline` ends."""

    ConnectionCls = _Plain


class SecurePool(urllib3.HTTPSConnectionPool):
    """The same for HTTPS."""

    ConnectionCls = _Secure
