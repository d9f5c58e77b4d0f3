"""A wire for tests: it brings the answers that it is given, in order, and keeps what was asked."""

import json
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

from bot.errors import SendError
from bot.providers import Answer, Request
from bot.providers.wire import Wire


class FakeWire(Wire):
    """Carries nothing. An answer may be an error that the wire itself raises."""

    def __init__(self, *answers: Answer | SendError) -> None:
        super().__init__()
        self.answers = list(answers)
        self.asked: list[Request] = []

    def ask(self, request: Request) -> Answer:
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, SendError):
            raise answer
        return answer


def answer(content: object, status: int = 200) -> Answer:
    """An answer with JSON in it."""
    return Answer(status, json.dumps(content).encode(), {"content-type": "application/json"})


def query(request: Request) -> Mapping[str, str]:
    """The parameters in a request's address."""
    return dict(parse_qsl(urlsplit(request.url).query))
