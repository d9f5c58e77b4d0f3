"""A lean HTTP/1.1 client: kept-alive connections, one request at a time on each, ready-made bytes.

An ordinary client would take more of the shared cores than the service that is measured.
"""

import asyncio
import re
from dataclasses import dataclass

# Twilio waits this long for a webhook's answer.
# https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
TIMEOUT_S = 15
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True)
class Answer:
    """An HTTP status (0: no answer came) with its body."""

    status: int
    body: bytes = b""


class Line(asyncio.Protocol):
    """One connection."""

    def __init__(self) -> None:
        self._received = b""
        self._answer: asyncio.Future[Answer] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way to write."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Collect bytes until the answer is whole."""
        self._received += data
        answer = read_answer(self._received)
        if answer and self._answer and not self._answer.done():
            self._received = b""
            self._answer.set_result(answer)

    def connection_lost(self, error: Exception | None) -> None:
        """Whoever waits here waits in vain."""
        if self._answer and not self._answer.done():
            self._answer.set_result(Answer(0))

    async def ask(self, request: bytes) -> Answer:
        """Send one request and wait for its answer."""
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        """Hang up."""
        self._transport.close()


class Lines:
    """As many connections to a local port as are in use at the same time."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[Line] = []

    async def ask(self, request: bytes) -> Answer:
        """Send one request on an idle or a new connection; status 0 where no answer comes."""
        try:
            async with asyncio.timeout(TIMEOUT_S):
                line = self._idle.pop() if self._idle else await self._open()
                answer = await line.ask(request)
        except (OSError, TimeoutError):
            return Answer(0)
        if answer.status:
            self._idle.append(line)
        return answer

    async def _open(self) -> Line:
        loop = asyncio.get_running_loop()
        return (await loop.create_connection(Line, "127.0.0.1", self._port))[1]

    def close(self) -> None:
        """Hang up everywhere."""
        for line in self._idle:
            line.close()


def read_answer(received: bytes) -> Answer | None:
    """The answer in these bytes, None while something is missing; ConnectionError for nonsense."""
    head, end, body = received.partition(b"\r\n\r\n")
    if not end:
        return None
    status = int(head[9:12])
    found = _LENGTH.search(head)
    length = int(found[1]) if found else 0
    return Answer(status, body) if len(body) >= length else None


def get(path: str) -> bytes:
    """The bytes of a GET."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()


def post(path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """The bytes of a POST."""
    lines = [f"POST {path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body
