"""Which events a Stripe account must tell us of, and which of them its webhooks leave out.

https://docs.stripe.com/api/webhook_endpoints/list
"""

from collections.abc import Iterable

from pydantic import BaseModel

from bot.payments.gateways.stripe_calls import PAGE_SIZE, client, every
from bot.settings import Settings

OF_PAGES = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "charge.refunded",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
)
# With STRIPE_KONBINI_EMAIL.
OF_ORDERS = (
    "payment_intent.requires_action",
    "payment_intent.succeeded",
    "payment_intent.payment_failed",
    "payment_intent.canceled",
)
EVERYTHING = "*"


class Webhook(BaseModel):
    """An address that Stripe tells of events, of whatever account of ours it serves."""

    url: str
    status: str
    enabled_events: list[str]


def needed(settings: Settings) -> tuple[str, ...]:
    """The events that we must be told of."""
    return (*OF_PAGES, *OF_ORDERS) if settings.STRIPE_KONBINI_EMAIL else OF_PAGES


def told_at(settings: Settings, address: str) -> set[str] | None:
    """The events that an address is told of; None where no webhook that is enabled leads there.

    Asks Stripe, and changes nothing there; raises a PaymentError.
    """
    api = client(settings.secret("STRIPE_API_KEY"), settings.STRIPE_API_BASE).v1
    ours = every(Webhook, api.webhook_endpoints.list, {"limit": PAGE_SIZE})
    lists = [one.enabled_events for one in ours if one.url == address and one.status == "enabled"]
    return {name for names in lists for name in names} if lists else None


def left_out(told: Iterable[str], settings: Settings) -> list[str]:
    """Those of the events needed that nobody is told of."""
    names = set(told)
    return [] if EVERYTHING in names else [one for one in needed(settings) if one not in names]
