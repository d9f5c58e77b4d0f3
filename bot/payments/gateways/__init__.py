"""The payment gateways that can be paid through: what each must offer; one file per gateway."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from bot.setting_types import PaymentMethod
from bot.text.format import Money
from bot.text.language import Language
from bot.text.stores import StoreNumber


@dataclass(frozen=True)
class Checkout:
    """A payment to open: what is paid, our reference, and where the person comes back to.

    `return_url` is for those who paid, `cancel_url` for those who did not. The same reference
    always comes with the same values, so that a gateway knows the request again. `payer` is the
    person's name, told only where a number for a store is ordered.
    """

    reference: str
    amount: Money
    description: str
    language: Language
    return_url: str
    cancel_url: str
    webhook_url: str
    begun_at: datetime
    expires_at: datetime
    payer: str = ""


@dataclass(frozen=True)
class Opened:
    """A payment page at the gateway: its session id and its address."""

    session: str
    url: str


class Outcome(StrEnum):
    """What a gateway reports about a payment; after `tried` its page can still be paid through."""

    PAID = "paid"
    PENDING = "pending"
    TRIED = "tried"
    FAILED = "failed"
    EXPIRED = "expired"
    REFUNDED = "refunded"
    CHARGED_BACK = "charged_back"
    CHARGEBACK_WON = "chargeback_won"


@dataclass(frozen=True)
class GatewayEvent:
    """One verified notice of a gateway, or what it answered when it was asked.

    `amount` is that of the whole payment, `payment` the gateway's id of it, `at` the moment by the
    gateway's clock. Of a refund, `returned` is what went back in all so far; of a chargeback, what
    its `dispute` took. `pay_by` and `voucher_url` come with a number to pay with at a store, and
    that number itself where the gateway tells it, or one for each chain of `stores`. Session and
    reference are empty where a notice does not tell them.
    """

    gateway: str
    id: str
    outcome: Outcome
    session: str
    reference: str
    amount: Money
    payment: str | None
    at: datetime
    returned: int = 0
    dispute: str | None = None
    pay_by: datetime | None = None
    voucher_url: str | None = None
    voucher_number: str | None = None
    stores: tuple[StoreNumber, ...] = ()


class Gateway(Protocol):
    """A payment gateway; `origins` are where its pages live, such as https://pay.example.

    Every method but `read` and `methods` asks over the network, and raises a PaymentError.
    """

    name: str
    origins: tuple[str, ...]

    def methods(self, amount: Money) -> tuple[PaymentMethod, ...]:
        """How an amount can be paid."""

    def open(self, checkout: Checkout) -> Opened:
        """Open a payment page, the same one for the same reference."""

    def find(self, checkout: Checkout) -> Opened | None:
        """The page that was opened for a reference, as far as the gateway can tell."""

    def look(self, session: str) -> GatewayEvent | None:
        """How a session stands; None while it can still be paid through."""

    def close(self, session: str) -> GatewayEvent:
        """End a session, so that nobody can pay through it any more, and tell how it ended."""

    def listed(self, since: datetime) -> Iterator[GatewayEvent]:
        """What was paid, refunded and charged back for references since a moment, or longer."""

    def read(self, body: bytes, headers: Mapping[str, str]) -> GatewayEvent | None:
        """Verify and read a notice; None where it is genuine but tells nothing of a payment.

        Raises ForgedNotice where the signature is wrong.
        """


@runtime_checkable
class OrdersAtStores(Protocol):
    """A gateway that gives a number to pay with at a store without a page of its own."""

    name: str

    def order(self, checkout: Checkout) -> tuple[Opened, GatewayEvent]:
        """Order a number, the same one for the same reference, and tell how the order stands."""
