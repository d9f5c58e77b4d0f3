"""A server of raw bytes on this machine: it behaves, well or badly, as a test tells it to."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from queue import SimpleQueue

Behaviour = Callable[[socket.socket, threading.Event], None]


@dataclass
class Server:
    """Listens on a port of its own; each connection gets a thread that behaves as it is told."""

    behave: Behaviour
    over: threading.Event = field(default_factory=threading.Event)
    requests: list[bytes] = field(default_factory=list)
    arrived: SimpleQueue[bytes] = field(default_factory=SimpleQueue)

    def __post_init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.base = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.url = f"{self.base}/messages"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            while received := connection.recv(65536):
                self.requests.append(received)
                self.arrived.put(received)
                self.behave(connection, self.over)

    def close(self) -> None:
        self.over.set()
        self._listener.close()


@contextmanager
def serving(behave: Behaviour) -> Iterator[Server]:
    """A server with a behaviour, until the end of the block."""
    server = Server(behave)
    try:
        yield server
    finally:
        server.close()


def says(answer: bytes) -> Behaviour:
    return lambda connection, _: connection.sendall(answer)


def says_json(content: object) -> Behaviour:
    """The same answer, 200, to every request."""
    body = json.dumps(content).encode()
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return says(head.encode() + body)
