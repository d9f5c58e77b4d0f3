"""A client of a running handset, for what tests and breaks the bot."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import requests

TIMEOUT_S = 20


def _session() -> requests.Session:
    """Plain HTTP to this machine, never through a proxy."""
    session = requests.Session()
    session.trust_env = False
    session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=32))
    return session


@dataclass(frozen=True)
class Handset:
    """A running handset by its address, without a closing slash; for many threads."""

    url: str
    session: requests.Session = field(default_factory=_session, repr=False, compare=False)

    def text(self, number: str, body: str, sid: str | None = None) -> None:
        """Let the phone with a number send a text to the company; a known SID is brought again."""
        wish = {"from": number, "body": body} | ({"sid": sid} if sid else {})
        self._ask("POST", "/phone/texts", json=wish)

    def messages(self, number: str) -> list[dict[str, Any]]:
        """Every text from and to a number, oldest first."""
        return list(self._ask("GET", "/phone/messages", params={"number": number})["messages"])

    def every_message(self) -> Iterator[dict[str, Any]]:
        """All texts of all phones, as they are now."""
        since = 0
        while page := self._ask("GET", "/phone/changes", params={"since": since})["messages"]:
            yield from page
            since = page[-1]["revision"]

    def journal(self) -> Iterator[dict[str, Any]]:
        """All requests between the carrier and the bot, in the order in which they ended."""
        after = 0
        while page := self._ask("GET", "/phone/journal", params={"after": after})["entries"]:
            yield from page
            after = page[-1]["id"]

    def is_idle(self) -> bool:
        """Whether nothing is left to be brought to the bot."""
        return not self._ask("GET", "/phone/journal", params={"limit": 0})["pending"]

    def faults(self, **wishes: object) -> None:
        """Switch faults of the carrier on."""
        self._ask("PUT", "/faults", json=wishes)

    def calm(self) -> None:
        """Switch every fault off, and let go of what is held."""
        self._ask("DELETE", "/faults")
        self.release()

    def held(self, fault: str | None = None) -> list[int]:
        """The ports from which the requests came that are held now, all or by one fault."""
        return list(self._ask("GET", "/faults/held", params={"fault": fault})["held"])

    def release(self, fault: str | None = None) -> None:
        """Let go of every request that is held, or of what one fault holds."""
        self._ask("POST", "/faults/release", params={"fault": fault})

    def _ask(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        answer = self.session.request(method, self.url + path, timeout=TIMEOUT_S, **options)
        answer.raise_for_status()
        return dict(answer.json())
