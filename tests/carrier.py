"""A carrier for tests: keeps what it accepts, and refuses or goes silent as it is told."""

import threading
from collections.abc import Sequence
from datetime import UTC, datetime

from bot.errors import SendError
from bot.providers import Listed, Outgoing, Post


class Carrier:
    """Implements `Provider`. `faults` are used up one per message, in order.

    `answers_lost` counts the next messages that are accepted although the sender hears of an error.
    """

    name = "twilio"

    def __init__(self) -> None:
        self.accepted: list[Outgoing] = []
        self.faults: list[SendError] = []
        self.answers_lost: list[SendError] = []
        self.listed: list[tuple[str, Listed]] = []
        self._lock = threading.Lock()

    async def send(self, message: Outgoing, post: Post) -> str:
        with self._lock:
            if self.faults:
                raise self.faults.pop(0)
            self.accepted.append(message)
            sid = f"SM{len(self.accepted):032x}"
            listed = Listed(sid, message.body, datetime.now(UTC), message.sender)
            self.listed.insert(0, (message.recipient, listed))
            if self.answers_lost:
                raise self.answers_lost.pop(0)
            return sid

    def sent_to(self, recipient: str, since: datetime) -> Sequence[Listed]:
        return [
            found
            for number, found in self.listed
            if number == recipient and found.created_at >= since
        ]

    def bodies(self, recipient: str | None = None) -> list[str]:
        """The accepted texts, in order, to everybody or to one number."""
        return [message.body for message in self.accepted if recipient in {None, message.recipient}]
