"""Reading an answer off the wire: nothing before it is whole."""

import pytest

from bench.http import Answer, get, post, read_answer

ANSWERS = [
    (b"", None),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n", None),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{", None),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", Answer(200, b"{}")),
    (b"HTTP/1.1 503 Busy\r\ncontent-length:0\r\n\r\n", Answer(503)),
    (b"HTTP/1.1 204 NO CONTENT\r\nserver: x\r\n\r\n", Answer(204)),
]


@pytest.mark.parametrize(("received", "answer"), ANSWERS)
def test_an_answer_is_read_once_it_is_whole(received: bytes, answer: Answer | None) -> None:
    assert read_answer(received) == answer


def test_requests_are_ready_made_bytes() -> None:
    assert get("/count") == b"GET /count HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    assert post("/", b"a=1", {"X": "y"}) == (
        b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 3\r\nX: y\r\n\r\na=1"
    )
