"""A bot that answers nothing and remembers everything that was posted to it."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.wrappers import Request, Response

PATIENCE = 20.0


@dataclass(frozen=True)
class Heard:
    """One POST as it arrived."""

    url: str
    form: dict[str, str]
    headers: dict[str, str]
    body: bytes


class RecordingBot:
    """Answers 204, or first the statuses put into `answers`."""

    def __init__(self) -> None:
        self.url = ""
        self.heard: list[Heard] = []
        self.answers: deque[int] = deque()
        self._changed = threading.Condition()

    @classmethod
    @contextmanager
    def serving(cls) -> Iterator[Self]:
        bot = cls()
        server = ThreadedWSGIServer("127.0.0.1", 0, Request.application(bot._answer), _Quiet)
        bot.url = f"http://127.0.0.1:{server.port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield bot
        finally:
            server.shutdown()
            thread.join()

    def wait_for(self, count: int, matching: Callable[[Heard], bool] = bool) -> list[Heard]:
        """The posts that match, as soon as there are `count` of them."""
        with self._changed:
            arrived = self._changed.wait_for(
                lambda: len(list(filter(matching, self.heard))) >= count, PATIENCE
            )
            assert arrived, f"only {self.heard} after {PATIENCE} s"
            return list(filter(matching, self.heard))

    def _answer(self, request: Request) -> Response:
        body = request.get_data(cache=True)
        heard = Heard(request.url, request.form.to_dict(), dict(request.headers), body)
        with self._changed:
            self.heard.append(heard)
            status = self.answers.popleft() if self.answers else 204
            self._changed.notify_all()
        return Response(status=status)


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""
