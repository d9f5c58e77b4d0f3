"""Stripe's payments behind its documented API, as far as they are confirmed without a page."""

import itertools
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

NUMBERS = {
    "familymart": {"payment_code": "111222", "confirmation_number": "01234567890"},
    "lawson": {"payment_code": "333444", "confirmation_number": "01234567890"},
    "ministop": {"payment_code": "333444", "confirmation_number": "01234567890"},
    "seicomart": {"payment_code": "555666", "confirmation_number": "01234567890"},
}
THREE_DAYS_S = 3 * 86400
_ids = itertools.count(1)


@dataclass
class StripePayments:
    """The orders of an account by their ids; who stands at a till keeps one from being canceled."""

    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    at_till: bool = False

    def make(self, body: str, now: int) -> dict[str, Any]:
        form = {name: values[0] for name, values in parse_qs(body).items()}
        assert form["confirm"] == "true"
        assert form["payment_method_data[type]"] == "konbini"
        shown = {
            "expires_at": now + THREE_DAYS_S,
            "hosted_voucher_url": "https://payments.stripe.com/konbini/voucher/test",
            "stores": NUMBERS,
        }
        intent = {
            "id": f"pi_order{next(_ids)}",
            "object": "payment_intent",
            "status": "requires_action",
            "amount": int(form["amount"]),
            "currency": form["currency"],
            "metadata": {
                key: form[f"metadata[{key}]"] for key in ("henji_reference", "henji_order")
            },
            "latest_charge": None,
            "next_action": {
                "type": "konbini_display_details",
                "konbini_display_details": shown,
            },
            "created": now,
        }
        self.orders[str(intent["id"])] = intent
        return intent

    def of(self, reference: str) -> dict[str, Any] | None:
        """The newest order of a reference."""
        found = [
            one for one in self.orders.values() if one["metadata"]["henji_reference"] == reference
        ]
        return found[-1] if found else None

    def cancel(self, intent: dict[str, Any]) -> bool:
        if intent["status"] != "requires_action" or self.at_till:
            return False
        intent |= {"status": "canceled", "next_action": None}
        return True

    def pay(self, intent: dict[str, Any], now: int) -> None:
        charge = {
            "id": f"ch_order{next(_ids)}",
            "object": "charge",
            "amount": intent["amount"],
            "amount_refunded": 0,
            "currency": intent["currency"],
            "payment_intent": intent["id"],
            "metadata": intent["metadata"],
            "created": now,
        }
        intent |= {"status": "succeeded", "next_action": None, "latest_charge": charge}

    def run_out(self, intent: dict[str, Any]) -> None:
        intent |= {"status": "requires_payment_method", "next_action": None}
