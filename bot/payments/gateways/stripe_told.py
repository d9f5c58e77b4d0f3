"""What Stripe told of a page's session, or of an order for a store, as an event; pure."""

from bot.payments.gateways import GatewayEvent, Outcome
from bot.payments.gateways.stripe_objects import NAME, Intent, Session, last_moment, moment


def event_of(about: Session | Intent, outcome: Outcome, event_id: str, at: int) -> GatewayEvent:
    """Something about a session or an order as an event; `at` in Unix seconds."""
    pending = outcome is Outcome.PENDING
    return GatewayEvent(
        gateway=NAME,
        id=event_id,
        outcome=outcome,
        session=about.id,
        reference=about.reference,
        amount=about.money,
        payment=about.payment,
        at=moment(at),
        pay_by=last_moment(at, about.voucher) if pending else None,
        voucher_url=about.voucher.get("hosted_voucher_url") if pending else None,
        stores=about.stores if pending else (),
    )
