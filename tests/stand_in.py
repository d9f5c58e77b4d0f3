"""A stand-in for a provider on this machine: it keeps what is asked, and answers as it is told."""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TypeVar

from bot.providers import Answer

NOT_FOUND = Answer(404)


@dataclass(frozen=True)
class Received:
    """One request as it came in; header fields by their names in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class StandIn:
    """Where it listens, what it got, and its next answers: None closes the connection instead.

    Where no answer is left, `otherwise` makes one.
    """

    url: str
    received: list[Received] = field(default_factory=list)
    answers: deque[Answer | None] = field(default_factory=deque)
    otherwise: Answer = NOT_FOUND

    def take(self, request: Received) -> Answer | None:
        """Keep a request and give the answer to it."""
        self.received.append(request)
        return self.answers.popleft() if self.answers else self.otherwise


Kind = TypeVar("Kind", bound=StandIn)


@contextmanager
def standing_in(kind: type[Kind] = StandIn) -> Iterator[Kind]:  # type: ignore[assignment]
    """A stand-in on a free port of its own, until the end of the block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    stand_in = kind(f"http://127.0.0.1:{server.server_port}")
    _Handler.stand_ins[server.server_port] = stand_in
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield stand_in
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    stand_ins: dict[int, StandIn] = {}  # noqa: RUF012 - the handlers of all servers share it

    def do_POST(self) -> None:
        stand_in = self.stand_ins[self.server.server_port]  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        answer = stand_in.take(Received(self.path, headers, body))
        if answer is None:
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in {**answer.headers, "content-length": str(len(answer.body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(answer.body)

    def do_GET(self) -> None:
        self.do_POST()

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""
