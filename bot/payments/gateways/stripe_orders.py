"""Numbers for stores without a page: payments at Stripe that the API alone makes and confirms.

https://docs.stripe.com/payments/konbini/accept-a-payment?payment-ui=direct-api
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from itertools import islice
from typing import Any

from bot.errors import GatewayAway, GatewayRefused, PaymentError
from bot.payments.gateways import Checkout, GatewayEvent, Outcome
from bot.payments.gateways.stripe_calls import CLOCKS_DIFFER, MOST_SEARCHED, KeyReused, ask, newest
from bot.payments.gateways.stripe_objects import KONBINI_DAYS, ORDER, REFERENCE, Intent
from bot.payments.gateways.stripe_order_events import listed, standing
from bot.payments.gateways.stripe_told import event_of

# What Stripe's ids of payments begin with; those of Checkout's sessions begin with cs_.
PREFIX = "pi_"


class Orders:
    """The orders of one account; `intents` is the package's service of that name."""

    def __init__(self, intents: Any) -> None:
        self._intents = intents

    def order(self, checkout: Checkout, email: str) -> GatewayEvent:
        """Order a number, the same one for the same reference, and tell how the order stands."""
        intent = self._ordered(checkout, email)
        if (intent.reference, intent.money) != (checkout.reference, checkout.amount):
            raise PaymentError("Stripe ordered a payment we did not ask for.")
        outcome = standing(intent)
        if outcome is Outcome.PENDING and not intent.stores:
            raise GatewayAway("Stripe's answer names no number to pay with.")
        return event_of(intent, outcome, f"order:{intent.id}:{outcome}", intent.paid_at)

    def look(self, payment: str) -> GatewayEvent:
        """How an order stands; nobody can choose another way to pay it."""
        expand = {"expand": ["latest_charge"]}
        intent = ask(Intent, lambda: self._intents.retrieve(payment, expand))
        outcome = standing(intent)
        return event_of(intent, outcome, f"look:{payment}:{outcome}", intent.paid_at)

    def close(self, payment: str) -> GatewayEvent:
        """Make a number invalid, unless it is being paid at this moment, and tell how it stands."""
        with suppress(GatewayRefused):
            ask(Intent, lambda: self._intents.cancel(payment))
        return self.look(payment)

    def listed(self, since: datetime) -> Iterator[GatewayEvent]:
        """What was paid of the orders that were made since a moment."""
        intents = newest(Intent, self._intents.list, since, "data.latest_charge")
        return filter(None, map(listed, intents))

    def _ordered(self, checkout: Checkout, email: str) -> Intent:
        wish, options = _wish(checkout, email), {"idempotency_key": checkout.reference}
        try:
            return ask(Intent, lambda: self._intents.create(wish, options))
        except KeyReused:
            # Something we send with a reference, such as the name, has changed since.
            if found := self._find(checkout):
                return found
            raise

    def _find(self, checkout: Checkout) -> Intent | None:
        intents = newest(Intent, self._intents.list, checkout.begun_at - CLOCKS_DIFFER)
        for intent in islice(intents, MOST_SEARCHED):
            if intent.is_order and intent.reference == checkout.reference:
                return intent
        return None


def _wish(checkout: Checkout, email: str) -> dict[str, Any]:
    details = {"name": checkout.payer or checkout.description, "email": email}
    return {
        "amount": checkout.amount.minor,
        "currency": checkout.amount.currency.lower(),
        "confirm": True,
        "description": checkout.description,
        "metadata": {REFERENCE: checkout.reference, ORDER: "konbini"},
        "payment_method_types": ["konbini"],
        "payment_method_data": {"type": "konbini", "billing_details": details},
        "payment_method_options": {"konbini": {"expires_after_days": KONBINI_DAYS}},
    }
