"""A phone in the hand of a test: texts through the handset, and what it got back."""

from dataclasses import dataclass

from handset import client
from tests.e2e.waiting import until

TIMEOUT_S = client.TIMEOUT_S


@dataclass(frozen=True)
class Handset(client.Handset):
    """A running handset, and the phones in it."""

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
        self.handset.text(self.number, body)

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
