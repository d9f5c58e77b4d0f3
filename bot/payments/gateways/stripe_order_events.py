"""What Stripe's payments mean as events where they were ordered for a store; pure."""

from bot.payments.gateways import GatewayEvent, Outcome
from bot.payments.gateways.stripe_objects import Intent, Notice
from bot.payments.gateways.stripe_told import event_of

_STANDING = {
    "succeeded": Outcome.PAID,
    "requires_action": Outcome.PENDING,
    "processing": Outcome.PENDING,
    "canceled": Outcome.EXPIRED,
}
_OUTCOMES = {
    "payment_intent.requires_action": Outcome.PENDING,
    "payment_intent.succeeded": Outcome.PAID,
    "payment_intent.payment_failed": Outcome.FAILED,
    "payment_intent.canceled": Outcome.EXPIRED,
}


def standing(intent: Intent) -> Outcome:
    """How an order stands; it wants another way to pay once the time for a store is over."""
    return _STANDING.get(intent.status, Outcome.FAILED)


def noticed(notice: Notice, intent: Intent) -> GatewayEvent | None:
    """A verified notice as an event; None for a payment of a page, which tells of it itself."""
    outcome = _OUTCOMES.get(notice.type)
    if outcome is None or not intent.is_order:
        return None
    return event_of(intent, outcome, notice.id, notice.created)


def listed(intent: Intent) -> GatewayEvent | None:
    """A listed payment as an event; None where it was not paid, or is no order of ours."""
    if not intent.is_order or standing(intent) is not Outcome.PAID:
        return None
    return event_of(intent, Outcome.PAID, f"list:{intent.id}", intent.paid_at)
