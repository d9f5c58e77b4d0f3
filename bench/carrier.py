"""A carrier in a process of its own: as much of Twilio's Messages API as a sender needs.

It answers 201 after a fixed latency and remembers when each message arrived; on request it also
calls back. `GET /count` and `GET /arrivals` tell what came, `GET /texts` in which order, and how
many requests were open at once.
"""

import argparse
import asyncio
import json
import re
import time
from email.utils import formatdate
from functools import partial
from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

from bench.http import Lines
from bench.texts import ACCOUNT, signed

CREATE = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
CALLBACK_AFTER_S = {"sent": 0.05, "delivered": 0.4}
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Exchange:
    """What has arrived, and how it is answered; `latency` in seconds."""

    def __init__(self, latency: float, callbacks: bool) -> None:
        self.latency = latency
        self.arrivals: list[tuple[str, float]] = []
        self.texts: list[tuple[str, str]] = []
        self.open = self.most_open = 0
        self._callbacks = callbacks
        self._lines: dict[int, Lines] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def create(self, form: dict[str, str]) -> dict[str, object]:
        """Accept a message and return its resource."""
        self.arrivals.append((form["To"], time.monotonic()))
        self.texts.append((form["To"], form["Body"]))
        self.open += 1
        self.most_open = max(self.open, self.most_open)
        sid = f"SM{len(self.arrivals):032x}"
        if self._callbacks and "StatusCallback" in form:
            task = asyncio.create_task(self._call_back(form["StatusCallback"], sid, form["To"]))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return resource(sid, form)

    async def _call_back(self, address: str, sid: str, to: str) -> None:
        url = urlsplit(address)
        lines = self._lines.setdefault(url.port or 80, Lines(url.port or 80))
        for status, delay in CALLBACK_AFTER_S.items():
            await asyncio.sleep(self.latency + delay)
            form = {"MessageSid": sid, "MessageStatus": status, "To": to, "AccountSid": ACCOUNT}
            path = f"{url.path}?{url.query}"
            await lines.ask(signed(f"{url.scheme}://{url.netloc}", path, form))


class Connection(asyncio.Protocol):
    """One connection of a sender; requests come one after the other."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way to write."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer once a request is whole."""
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        found = _LENGTH.search(head)
        if not end or len(body) < int(found[1] if found else 0):
            return
        self._received = b""
        method, path, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
        self._serve(method, path, body.decode())

    def _serve(self, method: str, path: str, body: str) -> None:
        if method == "POST" and path == CREATE:
            made = self._exchange.create(dict(parse_qsl(body)))
            loop = asyncio.get_running_loop()
            loop.call_later(self._exchange.latency, self._accept, made)
        elif path == "/count":
            self._answer(HTTPStatus.OK, len(self._exchange.arrivals))
        elif path == "/texts":
            exchange = self._exchange
            self._answer(HTTPStatus.OK, {"most": exchange.most_open, "texts": exchange.texts})
        elif path == "/arrivals":
            self._answer(HTTPStatus.OK, self._exchange.arrivals)
        else:
            self._answer(HTTPStatus.NOT_FOUND, {"code": 20404, "message": "Not found"})

    def _accept(self, made: dict[str, object]) -> None:
        self._exchange.open -= 1
        self._answer(HTTPStatus.CREATED, made)

    def _answer(self, status: HTTPStatus, content: object) -> None:
        body = json.dumps(content).encode()
        head = (
            f"HTTP/1.1 {status} {status.phrase}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nConnection: keep-alive\r\n\r\n"
        )
        self._transport.write(head.encode() + body)


def resource(sid: str, form: dict[str, str]) -> dict[str, object]:
    """A message as Twilio describes it when it was just created."""
    now = formatdate(usegmt=False)
    path = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}"
    return {
        "account_sid": ACCOUNT,
        "api_version": "2010-04-01",
        "body": form.get("Body"),
        "date_created": now,
        "date_sent": None,
        "date_updated": now,
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": form.get("From"),
        "messaging_service_sid": form.get("MessagingServiceSid"),
        "num_media": "0",
        "num_segments": "1",
        "price": None,
        "price_unit": "USD",
        "sid": sid,
        "status": "queued",
        "subresource_uris": {"media": f"{path}/Media.json"},
        "to": form["To"],
        "uri": f"{path}.json",
    }


async def serve(exchange: Exchange, port: int) -> None:
    """Listen on a local port until the process is ended."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(partial(Connection, exchange), "127.0.0.1", port, backlog=512)
    await server.serve_forever()


def main() -> None:
    """Run as `python -m bench.carrier PORT`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", type=int)
    parser.add_argument("--latency", type=float, default=0.1, metavar="SECONDS")
    parser.add_argument("--callbacks", action="store_true")
    given = parser.parse_args()
    asyncio.run(serve(Exchange(given.latency, given.callbacks), given.port))


if __name__ == "__main__":
    main()
