"""The page of our sender numbers as people open it, and the registry behind it."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Connection
from werkzeug.test import TestResponse

from bot.app import create_app
from bot.runtime import Runtime
from bot.senders import registry
from bot.senders.sender import Details
from bot.store.session import transact
from tests.people import OURS

SHOP = "+81120000001"
OLD = "+815000000009"
LEGAL_NAME = "例示商会株式会社"


def words(page: TestResponse) -> str:
    """What a page shows, without its tags."""
    body = page.text.partition("<body>")[2]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


@dataclass
class Announcing:
    """A runtime with its registry, and a browser."""

    runtime: Runtime
    browser: FlaskClient

    @classmethod
    def at(cls, runtime: Runtime, **settings: str) -> "Announcing":
        known = runtime.settings.model_copy(update={"HENJI_LEGAL_NAME": LEGAL_NAME, **settings})
        runtime = replace(runtime, settings=known)
        return cls(runtime, create_app(runtime).test_client())

    def does(self, act: Callable[[Connection], object]) -> None:
        transact(self.runtime.engine, act)

    def tells(self, number: str = OURS, **details: Any) -> None:
        """Change what is told about a sender."""
        self.does(lambda connection: registry.change(connection, number, Details(**details)))

    def has(self, number: str, *, retired: bool = False, **details: Any) -> None:
        """Register one more sender and put it into use; and out of it, if it is retired."""
        self.does(lambda connection: registry.add(connection, number, Details(**details), "why"))
        self.does(lambda c: registry.enable(c, self.runtime.settings, number))
        if retired:
            self.retires(number)

    def retires(self, number: str = OURS) -> None:
        self.does(lambda connection: registry.retire(connection, number))

    def opens(self, asked: str | None = None, lang: str = "ja", **more: Any) -> TestResponse:
        query = {"lang": lang} | ({} if asked is None else {"q": asked})
        return self.browser.get("/senders", query_string=query, **more)

    def checks(self, text: str, lang: str = "ja", **more: Any) -> TestResponse:
        return self.browser.post(f"/senders?lang={lang}", data={"text": text}, **more)
