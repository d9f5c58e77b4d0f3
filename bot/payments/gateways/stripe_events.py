"""What Stripe's sessions, refunds and chargebacks mean as events; pure.

https://docs.stripe.com/payments/checkout/fulfill-orders, and for konbini
https://docs.stripe.com/payments/konbini/accept-a-payment
"""

from pydantic import ValidationError

from bot.payments.gateways import GatewayEvent, Outcome
from bot.payments.gateways import stripe_order_events as orders
from bot.payments.gateways.stripe_objects import (
    NAME,
    Charge,
    Dispute,
    Intent,
    Notice,
    Refund,
    Session,
    moment,
)
from bot.payments.gateways.stripe_told import event_of
from bot.text.format import Money

# A card's company asks, and took no money yet.
INQUIRY = "warning_"
_COMPLETED = {"paid": Outcome.PAID, "unpaid": Outcome.PENDING}
_OUTCOMES = {
    "checkout.session.async_payment_succeeded": Outcome.PAID,
    "checkout.session.async_payment_failed": Outcome.FAILED,
    "checkout.session.expired": Outcome.EXPIRED,
}


def noticed(body: bytes) -> GatewayEvent | None:
    """A verified notice as an event; None where it tells nothing of a payment."""
    try:
        notice = Notice.model_validate_json(body)
        about = notice.data.object
        match notice.type.split(".")[:2]:
            case ["checkout", "session"]:
                return _of_session(notice, Session.model_validate(about))
            case ["payment_intent", _]:
                return orders.noticed(notice, Intent.model_validate(about))
            case ["charge", "refunded"]:
                return _of_charge(Charge.model_validate(about), notice.id, notice.created)
            case ["charge", "dispute"]:
                return _of_dispute(Dispute.model_validate(about), notice.id, notice.created)
    except ValidationError:
        pass
    return None


def standing(session: Session) -> Outcome | None:
    """How a session that was asked for stands, with its payment; None while it is open."""
    intent = session.intent
    if session.payment_status == "paid" or (intent and intent.status == "succeeded"):
        return Outcome.PAID
    if session.status == "complete":
        waits = intent is None or intent.status in {"requires_action", "processing"}
        return Outcome.PENDING if waits else Outcome.FAILED
    return Outcome.EXPIRED if session.status == "expired" else None


def paid_at(session: Session) -> int:
    """The Unix second of its charge; without one, of its payment or of the session itself."""
    return (session.intent and session.intent.paid_at) or session.created


def listed_payment(session: Session) -> GatewayEvent | None:
    """A listed session as an event; None where it was not paid, or is none of ours."""
    if not session.reference or standing(session) is not Outcome.PAID:
        return None
    return event_of(session, Outcome.PAID, f"list:{session.payment}", paid_at(session))


def listed_refund(refund: Refund) -> GatewayEvent | None:
    """A listed refund as an event: all that went back of its charge so far."""
    charge = refund.charge
    if not isinstance(charge, Charge) or not charge.reference:
        return None
    event_id = f"list:{charge.payment_intent}:{charge.amount_refunded}"
    return _of_charge(charge, event_id, refund.created)


def listed_dispute(dispute: Dispute) -> GatewayEvent | None:
    """A listed chargeback as an event."""
    return _of_dispute(dispute, f"list:{dispute.id}:{dispute.status}", dispute.created)


def _of_session(notice: Notice, session: Session) -> GatewayEvent | None:
    outcome = _OUTCOMES.get(notice.type)
    if notice.type == "checkout.session.completed":
        outcome = _COMPLETED.get(session.payment_status or "")
    if outcome is None:
        return None
    return event_of(session, outcome, notice.id, notice.created)


def _of_charge(charge: Charge, event_id: str, at: int) -> GatewayEvent | None:
    """What went back of a charge, in all so far; None for one that no session made."""
    if charge.payment_intent is None:
        return None
    return GatewayEvent(
        gateway=NAME,
        id=event_id,
        outcome=Outcome.REFUNDED,
        session="",
        reference=charge.reference,
        amount=Money(charge.amount, charge.currency.upper()),
        payment=charge.payment_intent,
        at=moment(at),
        returned=charge.amount_refunded,
    )


def _of_dispute(dispute: Dispute, event_id: str, at: int) -> GatewayEvent | None:
    """A chargeback, open, lost or won; None for an inquiry, and for what is paid without us."""
    if dispute.payment_intent is None or dispute.status.startswith(INQUIRY):
        return None
    won = dispute.status == "won"
    return GatewayEvent(
        gateway=NAME,
        id=event_id,
        outcome=Outcome.CHARGEBACK_WON if won else Outcome.CHARGED_BACK,
        session="",
        reference="",
        amount=Money(dispute.amount, dispute.currency.upper()),
        payment=dispute.payment_intent,
        at=moment(at),
        returned=dispute.amount,
        dispute=dispute.id,
    )
