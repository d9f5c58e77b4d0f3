"""The events that Stripe must tell us of: the docs name all of them, and each means something."""

import json
import re
from typing import Any

import pytest

from bot.payments.gateways.stripe_events import noticed
from bot.payments.gateways.stripe_webhooks import OF_ORDERS, OF_PAGES
from bot.settings import ROOT

PAYMENTS = ROOT / "docs" / "payments.md"
OBJECTS: dict[str, dict[str, Any]] = {
    "checkout.session": {"id": "cs_1", "payment_status": "paid"},
    "charge": {"id": "ch_1", "amount": 1, "currency": "jpy", "payment_intent": "pi_1"},
    "charge.dispute": {
        "id": "dp_1",
        "amount": 1,
        "currency": "jpy",
        "payment_intent": "pi_1",
        "status": "lost",
    },
    "payment_intent": {"id": "pi_1", "status": "", "metadata": {"henji_order": "konbini"}},
}


def documented() -> list[str]:
    """What the docs say to subscribe Stripe's webhook to, where `.this` is another of its kind."""
    text = PAYMENTS.read_text("utf-8")
    [item] = re.findall(r"^- Stripe: (`.*?)^- ", text, re.MULTILINE | re.DOTALL)
    names: list[str] = []
    for name in re.findall("`([a-z_.]+)`", item):
        whole = names[-1].rpartition(".")[0] + name if name.startswith(".") else name
        names.append(whole)
    return names


def test_the_docs_name_every_event_that_is_needed() -> None:
    assert documented() == [*OF_PAGES, *OF_ORDERS]


@pytest.mark.parametrize("kind", [*OF_PAGES, *OF_ORDERS])
def test_each_of_them_tells_something(kind: str) -> None:
    about = OBJECTS[kind.rpartition(".")[0]]
    event = {"id": "evt_1", "type": kind, "data": {"object": about}}
    assert noticed(json.dumps(event).encode()) is not None
