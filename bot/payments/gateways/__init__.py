"""The payment gateways that can be paid through: what each must offer; one file per gateway."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.text.format import Money
from bot.text.language import Language


@dataclass(frozen=True)
class Checkout:
    """A payment to open: what is paid, our reference, and where the person comes back to.

    `return_url` is for those who paid, `cancel_url` for those who did not.
    """

    reference: str
    amount: Money
    description: str
    language: Language
    return_url: str
    cancel_url: str
    webhook_url: str
    expires_at: datetime


@dataclass(frozen=True)
class Opened:
    """A payment page at the gateway: its session id and its address."""

    session: str
    url: str


class Outcome(StrEnum):
    """What a gateway reports about a payment."""

    PAID = "paid"
    PENDING = "pending"
    FAILED = "failed"
    EXPIRED = "expired"


@dataclass(frozen=True)
class GatewayEvent:
    """One verified notice of a gateway; `payment` is the gateway's id of the payment itself."""

    gateway: str
    id: str
    outcome: Outcome
    session: str
    reference: str
    amount: Money
    payment: str | None


class Gateway(Protocol):
    """A payment gateway; `origin` is where its payment pages live, such as https://pay.example."""

    name: str
    origin: str

    def open(self, checkout: Checkout) -> Opened:
        """Open a payment page, the same one for the same reference; raises PaymentError."""

    def read(self, body: bytes, headers: Mapping[str, str]) -> GatewayEvent | None:
        """Verify and read a notice; None where it is genuine but tells nothing of a payment.

        Raises ForgedNotice where the signature is wrong.
        """
