"""What Stripe writes, as far as it matters here.

https://docs.stripe.com/api/checkout/sessions/object
"""

import time
from typing import Annotated, Any

from pydantic import BaseModel, Field

from bot.text.format import Money

# The key of our reference in the metadata of sessions, payments and charges.
REFERENCE = "henji_reference"

Id = Annotated[str, Field(pattern=r"^[!-~]{1,128}$")]
Minor = Annotated[int, Field(strict=True, ge=0)]
# Until the year 2100: a larger number is no moment.
Unix = Annotated[int, Field(strict=True, ge=0, le=4_102_444_800)]
Metadata = dict[str, str] | None


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


class Intent(BaseModel):
    """A payment, through whatever tries."""

    id: Id
    status: str
    latest_charge: Charge | Id | None = None
    next_action: dict[str, Any] | None = None

    @property
    def voucher(self) -> dict[str, Any]:
        """The number to pay with at a store; empty where there is none."""
        shown = (self.next_action or {}).get("konbini_display_details")
        return shown if isinstance(shown, dict) else {}


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
