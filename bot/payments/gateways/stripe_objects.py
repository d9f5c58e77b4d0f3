"""What Stripe writes, as far as it matters here.

https://docs.stripe.com/api/checkout/sessions/object
"""

import time
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day
from typing import Annotated, Any

from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from bot.text.format import TOKYO, Money
from bot.text.stores import Chain, StoreNumber

NAME = "stripe"
# For so many days after the order, until the end of the day in Japan, a store takes the cash.
KONBINI_DAYS = 3
# The keys in the metadata of sessions, payments and charges: our reference; that a payment is an
# order without a page, since that of a page bears our reference too.
REFERENCE = "henji_reference"
ORDER = "henji_order"

Id = Annotated[str, Field(pattern=r"^[!-~]{1,128}$")]
Minor = Annotated[int, Field(strict=True, ge=0)]
# Until the year 2100: a larger number is no moment.
Unix = Annotated[int, Field(strict=True, ge=0, le=4_102_444_800)]
Metadata = dict[str, str] | None
# What is keyed in at a store.
Number = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,24}$")]


class Charge(BaseModel):
    """Money that was taken, and how much of it went back."""

    amount: Minor
    amount_refunded: Minor = 0
    currency: str
    payment_intent: Id | None = None
    metadata: Metadata = None
    created: Unix = 0

    @property
    def reference(self) -> str:
        """Our reference, which Stripe copies from the payment; empty where it is none of ours."""
        return (self.metadata or {}).get(REFERENCE, "")


class Refund(BaseModel):
    """Money that went back, with the charge that it is of."""

    created: Unix
    charge: Charge | Id | None = None


class _Numbers(BaseModel):
    payment_code: Number
    confirmation_number: Number | None = None


class Intent(BaseModel):
    """A payment, through whatever tries."""

    id: Id
    status: str
    amount: Minor = 0
    currency: str = ""
    metadata: Metadata = None
    created: Unix = 0
    latest_charge: Charge | Id | None = None
    next_action: dict[str, Any] | None = None

    @property
    def voucher(self) -> dict[str, Any]:
        """The number to pay with at a store; empty where there is none."""
        shown = (self.next_action or {}).get("konbini_display_details")
        return shown if isinstance(shown, dict) else {}

    @property
    def stores(self) -> tuple[StoreNumber, ...]:
        """The numbers that each chain asks for; none where they are not told, or unreadable."""
        try:
            told = _STORES.validate_python(self.voucher.get("stores") or {})
        except ValidationError:
            return ()
        found = ((chain, told.get(chain)) for chain in Chain)
        return tuple(
            StoreNumber(chain, numbers.payment_code, numbers.confirmation_number)
            for chain, numbers in found
            if numbers is not None
        )

    @property
    def payment(self) -> str:
        """Stripe's id of the payment: its own."""
        return self.id

    @property
    def paid_at(self) -> int:
        """The Unix second of its charge; its own where there is none, 0 where it tells none."""
        charge = self.latest_charge
        return charge.created if isinstance(charge, Charge) else self.created

    @property
    def is_order(self) -> bool:
        """Whether it was ordered by us for a store; the others belong to sessions."""
        return ORDER in (self.metadata or {})

    @property
    def reference(self) -> str:
        """Our reference; empty where the payment is none of ours."""
        return (self.metadata or {}).get(REFERENCE, "")

    @property
    def money(self) -> Money:
        """What is paid in all."""
        return Money(self.amount, self.currency.upper())


_STORES = TypeAdapter(dict[str, _Numbers | None])


class Session(BaseModel):
    """A Checkout Session."""

    id: Id
    url: str | None = None
    client_reference_id: str | None = None
    metadata: Metadata = None
    amount_total: Minor | None = None
    currency: str | None = None
    status: str | None = None
    payment_status: str | None = None
    payment_intent: Intent | Id | None = None
    created: Unix = 0

    @property
    def reference(self) -> str:
        """Our reference; empty where the session is none of ours."""
        return (self.metadata or {}).get(REFERENCE) or self.client_reference_id or ""

    @property
    def money(self) -> Money:
        """What is paid in all."""
        return Money(self.amount_total or 0, (self.currency or "").upper())

    @property
    def intent(self) -> Intent | None:
        """The payment, where it came along."""
        return self.payment_intent if isinstance(self.payment_intent, Intent) else None

    @property
    def payment(self) -> str:
        """Stripe's id of the payment."""
        if isinstance(self.payment_intent, str):
            return self.payment_intent
        return self.payment_intent.id if self.payment_intent else self.id

    @property
    def voucher(self) -> dict[str, Any]:
        """The number to pay with at a store; empty where its payment did not come along."""
        return self.intent.voucher if self.intent else {}

    @property
    def stores(self) -> tuple[StoreNumber, ...]:
        """None: its own page shows them."""
        return ()


class Dispute(BaseModel):
    """A chargeback."""

    id: Id
    amount: Minor
    currency: str
    payment_intent: Id | None
    status: str
    created: Unix = 0


class _Data(BaseModel):
    object: dict[str, Any]


class Notice(BaseModel):
    """An event; what its object is depends on its type."""

    id: Id
    type: str
    created: Unix = Field(default_factory=lambda: int(time.time()))
    data: _Data


def moment(unix: int) -> datetime:
    """Unix seconds as a moment."""
    return datetime.fromtimestamp(unix, UTC)


def last_moment(ordered: int, voucher: dict[str, Any]) -> datetime:
    """Until when a store takes the cash for an order of that Unix second."""
    told = voucher.get("expires_at")
    if isinstance(told, int):
        return moment(told)
    day = moment(ordered).astimezone(TOKYO).date() + timedelta(days=KONBINI_DAYS)
    return datetime.combine(day, time_of_day(23, 59, 59), TOKYO)
