"""A phone in the hand of a test: texts through the handset, and what it got back."""

from dataclasses import dataclass
from typing import Any

import requests

from tests.e2e.waiting import until

TIMEOUT_S = 20


@dataclass(frozen=True)
class Handset:
    """A running handset by its address, without a closing slash."""

    url: str

    def messages(self, number: str) -> list[dict[str, Any]]:
        """Every text from and to a number, oldest first."""
        answer = requests.get(
            f"{self.url}/phone/messages", params={"number": number}, timeout=TIMEOUT_S
        )
        answer.raise_for_status()
        return list(answer.json()["messages"])

    def faults(self, **wishes: object) -> None:
        """Switch faults of the carrier on."""
        requests.put(f"{self.url}/faults", json=wishes, timeout=TIMEOUT_S).raise_for_status()

    def phone(self, number: str) -> "Phone":
        """The phone with a number."""
        return Phone(self, number)


@dataclass(frozen=True)
class Phone:
    """One person's phone."""

    handset: Handset
    number: str

    def text(self, body: str) -> None:
        """Send a text to the company."""
        wish = {"from": self.number, "body": body}
        requests.post(
            f"{self.handset.url}/phone/texts", json=wish, timeout=TIMEOUT_S
        ).raise_for_status()

    def received(self) -> list[str]:
        """The bodies of the texts from the company, oldest first."""
        messages = self.handset.messages(self.number)
        return [each["body"] for each in messages if each["direction"] != "inbound"]

    def asks(self, body: str, answers: int = 1) -> list[str]:
        """Send a text and wait for so many new ones."""
        before = len(self.received())
        self.text(body)
        until(lambda: len(self.received()) >= before + answers)
        return self.received()[before:]

    def is_heard(self) -> bool:
        """Whether the bot took all that this phone sent."""
        messages = self.handset.messages(self.number)
        return all(
            each["tick"] == "delivered" for each in messages if each["direction"] == "inbound"
        )
