"""What KOMOJU writes, as far as it matters here, and what it means as an event.

https://doc.komoju.com/docs/webhooks and https://doc.komoju.com/docs/payment-statuses
"""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from bot.payments.gateways import GatewayEvent, Outcome
from bot.text.format import Money

NAME = "komoju"
# Authorized means of these that the person still has to bring the money; of a card, that it is
# reserved, and captured in a moment.
LONGEST_NUMBER = 64
PAID_LATER = frozenset({"konbini", "bank_transfer", "pay_easy"})
REFUNDED = frozenset({"payment.refund.created", "payment.refunded"})

Id = Annotated[str, Field(pattern=r"^[!-~]{1,128}$")]
Minor = Annotated[int, Field(strict=True, ge=0)]


def _now() -> datetime:
    return datetime.now(UTC)


class Refund(BaseModel):
    """Money that went back; by a chargeback or not."""

    id: Id
    amount: Minor
    chargeback: bool = False


class Payment(BaseModel):
    """A payment; `amount` and `tax` are ours, a fee that the person paid for the method is not."""

    id: Id
    status: str = ""
    amount: Minor
    tax: Minor = 0
    currency: str
    external_order_num: str | None = None
    session: Id | None = None
    payment_deadline: AwareDatetime | None = None
    payment_details: dict[str, Any] | None = None
    captured_at: AwareDatetime | None = None
    created_at: AwareDatetime | None = None
    amount_refunded: Minor = 0
    refunds: list[Refund] = []

    @property
    def money(self) -> Money:
        """What was paid to us."""
        return Money(self.amount + self.tax, self.currency)

    @property
    def chargebacks(self) -> list[Refund]:
        """What cards' companies took back."""
        return [refund for refund in self.refunds if refund.chargeback]

    @property
    def refunded(self) -> int:
        """What we gave back in all, at most what was paid: a fee may go back with it."""
        taken = sum(refund.amount for refund in self.chargebacks)
        return min(max(self.amount_refunded - taken, 0), self.money.minor)

    @property
    def is_paid_later(self) -> bool:
        """Whether it is waited for at a store or a bank."""
        return (self.payment_details or {}).get("type") in PAID_LATER

    @property
    def voucher_url(self) -> str | None:
        """The page with the number to pay with at a store."""
        url = (self.payment_details or {}).get("instructions_url")
        return url if isinstance(url, str) else None

    @property
    def voucher_number(self) -> str | None:
        """The number to pay with at a store, and after a slash the one that confirms it, if any."""
        told = self.payment_details or {}
        parts = [told.get(name) for name in ("receipt", "confirmation_code")]
        given = [part for part in parts if isinstance(part, str) and part.isascii()]
        return "/".join(given)[:LONGEST_NUMBER] or None


class _Order(BaseModel):
    external_order_num: str | None = None


class Session(BaseModel):
    """A session, and the payment that was made through it, if any."""

    id: Id
    session_url: str = ""
    amount: Minor | None = None
    currency: str = ""
    status: str = ""
    expired: bool = False
    created_at: AwareDatetime = Field(default_factory=_now)
    payment: Payment | None = None
    payment_data: _Order | None = None

    @property
    def reference(self) -> str:
        """Our reference; empty where KOMOJU does not tell it."""
        return (self.payment_data and self.payment_data.external_order_num) or ""

    @property
    def money(self) -> Money:
        """What is to be paid."""
        return Money(self.amount or 0, self.currency)


class PaymentList(BaseModel):
    """One page of payments, newest first."""

    data: list[Payment]
    page: int = 1
    last_page: int = 1


class Notice(BaseModel):
    """An event; its data are a payment where its type begins so."""

    id: Id
    type: str
    created_at: AwareDatetime = Field(default_factory=_now)
    data: dict[str, Any]


class NoticeList(BaseModel):
    """One page of past events, newest first."""

    data: list[Notice]
    page: int = 1
    last_page: int = 1


def noticed(notice: Notice) -> GatewayEvent | None:
    """A notice as an event; None where it tells nothing of a payment."""
    try:
        payment = (
            Payment.model_validate(notice.data) if notice.type.startswith("payment.") else None
        )
    except ValidationError:
        return None
    if payment is None:
        return None
    if notice.type in REFUNDED:
        return _of_refund(payment, notice)
    outcome = _OUTCOMES.get(notice.type)
    if outcome is None or (outcome is Outcome.PENDING and not payment.is_paid_later):
        return None
    return event_of(payment, outcome, notice.id, notice.created_at)


def standing(session: Session) -> Outcome | None:
    """How a session that was asked for stands; None while it can still be paid through."""
    payment = session.payment
    over = session.expired or session.status == "cancelled"
    if payment is None or payment.status not in _STANDING:
        return Outcome.EXPIRED if over else None
    outcome = _STANDING[payment.status]
    if outcome is Outcome.PENDING and not payment.is_paid_later:
        return None
    if outcome is Outcome.TRIED:
        return Outcome.FAILED if over else None
    return outcome


def event_of(
    payment: Payment, outcome: Outcome, event_id: str, at: AwareDatetime, **more: Any
) -> GatewayEvent:
    """Something about a payment as an event."""
    paid, pending = outcome is Outcome.PAID, outcome is Outcome.PENDING
    return GatewayEvent(
        gateway=NAME,
        id=event_id,
        outcome=outcome,
        session=payment.session or "",
        reference=payment.external_order_num or "",
        amount=payment.money,
        payment=payment.id,
        at=(paid and payment.captured_at) or at,
        pay_by=payment.payment_deadline if pending else None,
        voucher_url=payment.voucher_url if pending else None,
        voucher_number=payment.voucher_number if pending else None,
        **more,
    )


def unpaid(session: Session, event_id: str) -> GatewayEvent:
    """A session that ended without a payment, as an event."""
    return GatewayEvent(
        gateway=NAME,
        id=event_id,
        outcome=Outcome.EXPIRED,
        session=session.id,
        reference=session.reference,
        amount=session.money,
        payment=None,
        at=session.created_at,
    )


def listed(payment: Payment) -> GatewayEvent | None:
    """A listed payment as an event; None where it was not paid, or is none of ours."""
    captured = payment.status in {"captured", "refunded"} and payment.captured_at
    if not captured or not payment.external_order_num:
        return None
    return event_of(payment, Outcome.PAID, f"list:{payment.id}", captured)


def _of_refund(payment: Payment, notice: Notice) -> GatewayEvent | None:
    """The newest way in which money went back."""
    if payment.refunds and payment.refunds[-1].chargeback:
        last = payment.refunds[-1]
        more = {"returned": last.amount, "dispute": last.id}
        return event_of(payment, Outcome.CHARGED_BACK, notice.id, notice.created_at, **more)
    if payment.refunded == 0:
        return None
    more = {"returned": payment.refunded}
    return event_of(payment, Outcome.REFUNDED, notice.id, notice.created_at, **more)


_OUTCOMES = {
    "payment.authorized": Outcome.PENDING,
    "payment.captured": Outcome.PAID,
    "payment.failed": Outcome.TRIED,
    "payment.expired": Outcome.EXPIRED,
    "payment.cancelled": Outcome.EXPIRED,
}
_STANDING = {
    "authorized": Outcome.PENDING,
    "captured": Outcome.PAID,
    "refunded": Outcome.PAID,
    "failed": Outcome.TRIED,
    "expired": Outcome.EXPIRED,
    "cancelled": Outcome.EXPIRED,
}
