"""A payment gateway for tests: opens one page for each reference, and goes away as it is told."""

import itertools
import json
import time
from collections.abc import Mapping

from bot.errors import PaymentError
from bot.payments.gateways import Checkout, GatewayEvent, Opened
from bot.payments.gateways.local import Local
from handset.gateway_events import signature

ORIGIN = "https://pay.example.com"
SECRET = "a secret of the tests and the gateway"
_ids = itertools.count(1)


class Gateway:
    """Implements `Gateway`; its notices are signed and read like the real ones."""

    name = "local"
    origin = ORIGIN

    def __init__(self) -> None:
        self.asked: list[Checkout] = []
        self.opened: dict[str, Opened] = {}
        self.is_away = False
        self.loses_answers = False

    def open(self, checkout: Checkout) -> Opened:
        if self.is_away:
            raise PaymentError("The gateway is away.")
        self.asked.append(checkout)
        session = f"cs_{len(self.opened) + 1}"
        page = self.opened.setdefault(
            checkout.reference, Opened(session, f"{ORIGIN}/pay/{session}")
        )
        if self.loses_answers:
            raise PaymentError("The answer was lost.")
        return page

    def read(self, body: bytes, headers: Mapping[str, str]) -> GatewayEvent | None:
        return Local(ORIGIN, SECRET).read(body, headers)


def notice(
    status: str, reference: str, amount: object = 12800, event: str | None = None, **changes: object
) -> bytes:
    """The body of a notice about a payment, as the gateway writes it."""
    session = {
        "id": "cs_1",
        "reference": reference,
        "amount": amount,
        "currency": "JPY",
        "status": status,
        "payment_id": "pay_1",
    }
    head = {"id": event or f"evt_{next(_ids)}", "type": f"payment.{status}", "created": 1}
    return json.dumps(head | {"session": session | changes}).encode()


def signed(body: bytes, secret: str = SECRET, age: int = 0) -> dict[str, str]:
    """The header that proves a notice, made `age` seconds ago."""
    return {"Henji-Gateway-Signature": signature(secret, int(time.time()) - age, body)}
