"""A person with a phone and a browser, who joins, stops and starts again; and the ledger of it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Row, select, update
from werkzeug.test import TestResponse

from bot.app import create_app
from bot.compliance import audit, opt_out_links, proof
from bot.compliance.proof import Wanted
from bot.messaging.answering import conversation
from bot.runtime import Runtime
from bot.store.columns import seconds_from_now
from bot.store.tables import metadata, outbound_messages
from bot.store.tables import opt_out_links as links
from tests.people import OURS, Texting

HANAKO = "+819000000001"
_LINK = re.compile(r"https?://[\w.:]+/o/(\w+)")


@dataclass
class Opting:
    """A runtime, the person's texts and their browser."""

    runtime: Runtime
    texting: Texting
    browser: FlaskClient

    @classmethod
    def at(cls, runtime: Runtime, **settings: Any) -> "Opting":
        known = runtime.settings.model_copy(update=settings)
        runtime = replace(runtime, settings=known)
        app = create_app(runtime)
        return cls(runtime, Texting(runtime, app.test_client()), app.test_client())

    def with_runtime(self, **changes: Any) -> "Opting":
        """The same person, served by another process."""
        return Opting.at(replace(self.runtime, **changes))

    def agrees(self, number: str = HANAKO) -> str:
        """Agree by text, and return the token of the link that came with the answer."""
        self.texting.says(number, "はい")
        assert self.texting.says(number, "はい") == ["onboarding.agreed"]
        return self.token_in(self.bodies(number)[-1])

    def has_link(self, number: str = HANAKO, sender: str = OURS) -> str:
        """The token of a new link, without having agreed to anything."""
        with self.runtime.engine.begin() as connection:
            row = conversation.find(connection, sender, number)
            if row is None:
                ours = conversation.sender_id(connection, sender)
                assert ours is not None
                row = conversation.make(connection, ours, number)
            return opt_out_links.create(connection, row.id)

    def token_in(self, body: str) -> str:
        found = _LINK.search(body)
        assert found is not None
        return found[1]

    def bodies(self, number: str = HANAKO) -> list[str]:
        """What the carrier got for somebody."""
        found: list[str] = self.runtime.provider.bodies(number)  # type: ignore[attr-defined]
        return found

    def opens(self, token: str, lang: str = "ja", **more: Any) -> TestResponse:
        return self.browser.get(f"/o/{token}?lang={lang}", **more)

    def taps(self, token: str, choice: str = "stop", **more: Any) -> TestResponse:
        """Tap a button; what is shown then, after the way there."""
        more.setdefault("data", {"choice": choice})
        return self.browser.post(f"/o/{token}?lang=ja", follow_redirects=True, **more)

    def form(self, lang: str = "ja", query: str = "") -> TestResponse:
        return self.browser.get(f"/join?lang={lang}{query}")

    def fills_in(
        self,
        number: str = "090-0000-0001",
        topics: Iterable[str] = ("promotions",),
        lang: str = "ja",
        query: str = "",
        **more: Any,
    ) -> TestResponse:
        """Open the form, fill it in and send it; the answer, not the page that it leads to."""
        shown = re.search(r'name="form" value="([^"]*)"', self.form(lang, query).text)
        filled = {
            "number": number,
            "topic": list(topics),
            "language": lang,
            "form": shown[1] if shown else "",
            **more.pop("data", {}),
        }
        return self.browser.post(f"/join?lang={lang}{query}", data=filled, **more)

    def links_expire(self) -> None:
        with self.runtime.engine.begin() as connection:
            connection.execute(update(links).values(expires_at=seconds_from_now(-1)))

    def everything(self) -> list[list[Row[Any]]]:
        """Every row of every table."""
        with self.runtime.engine.begin() as connection:
            return [list(connection.execute(select(table))) for table in metadata.sorted_tables]

    def entries(self, number: str = HANAKO) -> list[Mapping[str, Any]]:
        """The ledger on somebody, evidence opened; the chain holds."""
        with self.runtime.engine.begin() as connection:
            assert audit.verify(connection).broken is None
            told = proof.bundle(
                connection, self.runtime.vault, self.runtime.settings, Wanted(number)
            )
        return list(told["entries"])

    def steps(self, number: str = HANAKO) -> list[tuple[str, str | None, str]]:
        """Consent, purpose and method of every entry on somebody."""
        entries = self.entries(number)
        return [(one["consent"], one.get("purpose"), one["method"]) for one in entries]

    def queued(self) -> list[str]:
        """The scripts of everything that was ever to be sent."""
        with self.runtime.engine.begin() as connection:
            found = select(outbound_messages.c.script_key).order_by(outbound_messages.c.id)
            return list(connection.execute(found).scalars())
