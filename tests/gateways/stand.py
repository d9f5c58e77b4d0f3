"""What every stand-in for a gateway does: answer over HTTP, let people pay, and tell of it."""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import requests
import responses

from bot.payments.gateways import Checkout, Gateway
from bot.text.format import Money
from bot.text.language import Language

REFERENCE = "7-1767225600-1"
Answer = tuple[int, Mapping[str, str], str]
Notice = tuple[bytes, dict[str, str]]
# What may be wrong with a notice about 12,800 yen.
MISFITS: tuple[dict[str, Any], ...] = (
    {"amount": 1},
    {"amount": 12801},
    {"currency": "USD"},
    {"reference": "9-9-9"},
)


def checkout(**changes: Any) -> Checkout:
    """A payment to open, of 12,800 yen unless said otherwise."""
    now = datetime.now(UTC)
    values: dict[str, Any] = {
        "reference": REFERENCE,
        "amount": Money(12800, "JPY"),
        "description": "例示商会",
        "language": Language.JA,
        "return_url": "https://sms.example.com/p/token/return?lang=ja",
        "cancel_url": "https://sms.example.com/p/token?lang=ja",
        "webhook_url": "https://sms.example.com/webhooks/local",
        "begun_at": now,
        "expires_at": now + timedelta(hours=24),
    }
    return Checkout(**values | changes)


@dataclass
class Stand(ABC):
    """A gateway's account: `asked` are the requests for pages, `sessions` the pages there are.

    `trouble` is what becomes of the next requests for a page: "lost" (it was opened, and the
    connection broke), "broken" (500), "broken after" (500, though it was opened), "busy" (409) or
    "refused" (400).
    """

    name = ""
    # Whether a notice that was signed long ago is refused, and whether one failure ends a page.
    has_time = True
    failure_ends = True

    asked: list[requests.PreparedRequest] = field(default_factory=list)
    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)
    trouble: list[str] = field(default_factory=list)
    told: list[dict[str, Any]] = field(default_factory=list)
    clock: float = field(default_factory=lambda: datetime.now(UTC).timestamp())

    @abstractmethod
    def gateway(self) -> Gateway:
        """The client under test, set up for this account."""

    @abstractmethod
    def serve(self, wire: responses.RequestsMock) -> None:
        """Answer every request."""

    @abstractmethod
    def act(self, action: str, reference: str = REFERENCE, amount: int = 0) -> None:
        """Something happens: pay, order, take cash, fail, expire, refund, dispute, win."""

    def notices(self) -> list[Notice]:
        """What was told since the last look, signed."""
        told, self.told = self.told, []
        return [self.signed(json.dumps(each).encode()) for each in told]

    @abstractmethod
    def signed(self, body: bytes, secret: str | None = None, age: int = 0) -> Notice:
        """A notice with its header, made so many seconds ago."""

    @abstractmethod
    def altered(self, notice: Notice, **changes: Any) -> Notice:
        """The same notice, rightly signed, but with another amount, currency or reference."""

    @abstractmethod
    def session(self, reference: str) -> dict[str, Any]:
        """The newest session that was opened for a reference."""

    def troubled(self, make: Callable[[], Answer]) -> Answer:
        """Answer a request for a page, or let it meet the next trouble."""
        match self.trouble.pop(0) if self.trouble else "":
            case "lost":
                make()
                raise requests.ConnectionError("the connection broke")
            case "broken after":
                make()
                return self.refusal(500)
            case "broken":
                return self.refusal(500)
            case "busy":
                return self.refusal(409)
            case "refused":
                return self.refusal(400)
        return make()

    def refusal(self, status: int) -> Answer:
        """An error as the gateway words it."""
        return status, {}, json.dumps({"error": {"code": "refused", "message": "no"}})


def as_json(body: object, status: int = 200) -> Answer:
    """An answer in JSON."""
    return status, {"Content-Type": "application/json"}, json.dumps(body)
