"""The wire against servers that behave badly: every request leaves once, and none hangs."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from queue import SimpleQueue

import pytest

from bot.errors import SendError, Uncertain, Unreachable
from bot.providers import Answer, Request, wire
from bot.providers.wire import Wire
from tests.server import Behaviour, says, serving

OK = b"HTTP/1.1 201 Created\r\nContent-Length: 13\r\n\r\n{'sid': 'SM'}"


@pytest.fixture
def carrying() -> Iterator[Wire]:
    """A wire, closed in the end."""
    made = Wire()
    yield made
    made.close()


def request(url: str, body: bytes = b"Body=x") -> Request:
    return Request(url, body, {"Content-Type": "application/x-www-form-urlencoded"})


def hangs_up(connection: socket.socket, _: threading.Event) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.close()


def hangs(_: socket.socket, over: threading.Event) -> None:
    over.wait(30)


def says_and_hangs_up(answer: bytes) -> Behaviour:
    def behave(connection: socket.socket, _: threading.Event) -> None:
        connection.sendall(answer)
        connection.close()

    return behave


def trickles(connection: socket.socket, over: threading.Event) -> None:
    """A byte now and then, for ever: each in time for any time-out between two of them."""
    connection.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 100000\r\n\r\n")
    while not over.wait(0.02):
        connection.sendall(b" ")


UNCERTAIN = [
    ("reset before the answer", hangs_up),
    ("no answer", hangs),
    ("closed before the answer", says_and_hangs_up(b"")),
    ("half a header", says_and_hangs_up(b"HTTP/1.1 201 Cre")),
    ("half a body", says_and_hangs_up(OK[:-3])),
    ("a body that trickles in", trickles),
    ("no HTTP", says_and_hangs_up(b"220 mail.example.com ESMTP\r\n")),
]


@pytest.mark.parametrize(("name", "behave"), UNCERTAIN, ids=[row[0] for row in UNCERTAIN])
def test_a_lost_answer_is_uncertain_and_asked_for_once(
    name: str, behave: Behaviour, carrying: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "LONGEST_S", 0.3)
    with serving(behave) as server:
        with pytest.raises(Uncertain):
            carrying.ask(request(server.url))

        assert len(server.requests) == 1


def test_a_port_where_nobody_listens_is_unreachable(carrying: Wire) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

    with pytest.raises(Unreachable):
        carrying.ask(request(f"http://127.0.0.1:{port}/"))


def test_a_name_that_nobody_has_is_unreachable(carrying: Wire) -> None:
    with pytest.raises(SendError) as raised:
        carrying.ask(request("http://nobody.invalid/"))
    assert type(raised.value) is Unreachable


def test_a_host_that_does_not_take_the_connection_is_unreachable(
    carrying: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire, "CONNECT_S", 0.2)
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        # Linux keeps one more than asked for; whoever comes after that waits.
        waiting = [socket.socket() for _ in range(2)]
        for one in waiting:
            one.setblocking(False)
            with suppress(BlockingIOError):
                one.connect(full.getsockname())
        with pytest.raises(Unreachable):
            carrying.ask(request(f"http://127.0.0.1:{full.getsockname()[1]}/"))
        for one in waiting:
            one.close()


def test_a_server_that_speaks_no_tls_was_never_reached(carrying: Wire) -> None:
    with serving(says_and_hangs_up(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as server:
        with pytest.raises(Unreachable):
            carrying.ask(request(server.url.replace("http:", "https:")))
        assert b"Body=x" not in b"".join(server.requests)


def test_a_redirect_is_an_answer_and_is_not_followed(carrying: Wire) -> None:
    with serving(says(OK)) as elsewhere:
        location = elsewhere.url.encode()
        answer = b"HTTP/1.1 307 Away\r\nLocation: " + location + b"\r\nContent-Length: 0\r\n\r\n"
        with serving(says(answer)) as server:
            found = carrying.ask(request(server.url))

        assert (found.status, elsewhere.requests) == (307, [])


def test_an_answer_comes_whole_with_its_headers(carrying: Wire) -> None:
    slow = b"HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 2\r\n\r\n{}"
    with serving(says(slow)) as server:
        found = carrying.ask(request(server.url, b"Body=\xe6\xae\x8b"))

        assert (found.status, found.body, found.retry_after) == (429, b"{}", 7.0)
        assert server.requests[0].endswith(b"Body=\xe6\xae\x8b")
        assert server.requests[0].startswith(b"POST /messages HTTP/1.1\r\n")


def test_a_connection_that_the_server_closed_while_it_rested_costs_no_answer(
    carrying: Wire,
) -> None:
    closed: SimpleQueue[None] = SimpleQueue()

    def closes_later(connection: socket.socket, _: threading.Event) -> None:
        connection.sendall(OK)
        connection.close()
        closed.put(None)

    with serving(closes_later) as server:
        for _ in range(5):
            assert carrying.ask(request(server.url)).status == 201
            closed.get(timeout=10)
            let_turn(carrying)


def let_turn(carrying: Wire) -> None:
    """Let the loop see what has happened on its connections so far."""
    turned: SimpleQueue[None] = SimpleQueue()

    async def turn() -> None:
        for _ in range(3):
            await asyncio.sleep(0)
        turned.put(None)

    carrying.run([turn()])
    turned.get(timeout=10)


def test_many_requests_fly_side_by_side(carrying: Wire) -> None:
    together = threading.Barrier(32, timeout=20)

    def waits_for_all(connection: socket.socket, _: threading.Event) -> None:
        together.wait()
        connection.sendall(OK)

    answers: SimpleQueue[Answer] = SimpleQueue()
    with serving(waits_for_all) as server:

        async def one() -> None:
            answers.put(await carrying.post(request(server.url)))

        carrying.run([one() for _ in range(32)])
        assert {answers.get(timeout=20).status for _ in range(32)} == {201}


def test_a_wire_that_is_closed_gives_up_what_is_under_way() -> None:
    made = Wire()
    ended: SimpleQueue[str] = SimpleQueue()

    async def one(url: str) -> None:
        try:
            await made.post(request(url))
        except asyncio.CancelledError:
            ended.put("given up")
            raise

    with serving(hangs) as server:
        made.run([one(server.url)])
        assert server.arrived.get(timeout=20)
        made.close()

    assert ended.get(timeout=10) == "given up"
    made.close()
