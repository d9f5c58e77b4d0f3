"""Whether Stripe tells our webhook of all that we need to know."""

from collections.abc import Iterator

from bot.doctor.finding import Finding, bad, good
from bot.errors import GatewayRefused, PaymentError
from bot.payments.gateways import stripe_webhooks
from bot.settings import Settings


def stripe(settings: Settings) -> Iterator[Finding]:
    """What is left out there; nothing where no account is set up."""
    if not (settings.STRIPE_API_KEY and settings.STRIPE_WEBHOOK_SECRET):
        return
    address = f"{settings.needed('PUBLIC_URL')}/webhooks/stripe"
    try:
        told = stripe_webhooks.told_at(settings, address)
    except GatewayRefused:
        yield good(
            "STRIPE_API_KEY may not read the account's webhooks: see there that"
            f" {address} has the events that docs/payments.md names."
        )
    except PaymentError as error:
        yield bad(f"Stripe could not be asked which events it tells of: {error}")
    else:
        yield _judged(told, address, settings)


def _judged(told: set[str] | None, address: str, settings: Settings) -> Finding:
    if told is None:
        return bad(f"Stripe has no enabled webhook for {address}: add it, or no payment is seen.")
    if lacking := stripe_webhooks.left_out(told, settings):
        return bad(f"Stripe's webhook for {address} lacks the events {', '.join(lacking)}.")
    return good(f"Stripe tells {address} of every event that is needed.")
