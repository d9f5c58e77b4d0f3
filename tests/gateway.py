"""A payment gateway for tests: opens one page for each reference, and goes away as it is told."""

import itertools
import json
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from bot.errors import GatewayRefused, PaymentError
from bot.payments.gateways import Checkout, GatewayEvent, Opened, Outcome
from bot.payments.gateways.local import Local
from bot.setting_types import PaymentMethod
from bot.text.format import Money
from handset.gateway_events import signature

ORIGIN = "https://pay.example.com"
SECRET = "a secret of the tests and the gateway"
_ids = itertools.count(1)


class Gateway:
    """Implements `Gateway`; its notices are signed and read like the real ones."""

    name = "local"
    origins = (ORIGIN,)

    def __init__(self) -> None:
        self.asked: list[Checkout] = []
        self.opened: dict[str, Opened] = {}
        self.closed: list[str] = []
        self.standing: dict[str, Outcome] = {}
        self.list: list[GatewayEvent] = []
        self.is_away = False
        self.loses_answers = False

    def methods(self, amount: Money) -> tuple[PaymentMethod, ...]:
        return (PaymentMethod.CARD, PaymentMethod.KONBINI)

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

    def find(self, checkout: Checkout) -> Opened | None:
        return self.opened.get(checkout.reference)

    def look(self, session: str) -> GatewayEvent | None:
        if self.is_away:
            raise PaymentError("The gateway is away.")
        outcome = self.standing.get(session)
        return outcome and self.event(session, outcome, f"look:{session}:{outcome}")

    def close(self, session: str) -> GatewayEvent:
        if self.is_away:
            raise PaymentError("The gateway is away.")
        self.closed.append(session)
        self.standing.setdefault(session, Outcome.EXPIRED)
        ended = self.look(session)
        assert ended is not None
        return ended

    def listed(self, since: datetime) -> Iterator[GatewayEvent]:
        yield from self.list

    def event(self, session: str, outcome: Outcome, event_id: str, **more: object) -> GatewayEvent:
        """Something about one of our sessions, as the gateway would tell it when asked."""
        [asked] = [one for one in self.asked if self.opened[one.reference].session == session][-1:]
        payment = f"pay_{session}"
        at: datetime = more.pop("at", datetime.now(UTC))  # type: ignore[assignment]
        return GatewayEvent(
            self.name,
            event_id,
            outcome,
            session,
            asked.reference,
            asked.amount,
            payment,
            at,
            **more,  # type: ignore[arg-type]
        )

    def read(self, body: bytes, headers: Mapping[str, str]) -> GatewayEvent | None:
        return Local(ORIGIN, SECRET).read(body, headers)


class StoreGateway(Gateway):
    """One that also gives a number to pay with at a store; `refuses` all orders, if told so."""

    NUMBER = "1234-5678-90123"
    refuses = False

    def order(self, checkout: Checkout) -> tuple[Opened, GatewayEvent]:
        if self.refuses:
            raise GatewayRefused("local sells nothing at stores.")
        page = self.open(checkout)
        until = datetime.now(UTC) + timedelta(days=3)
        told = {"pay_by": until, "voucher_number": self.NUMBER}
        return page, self.event(page.session, Outcome.PENDING, f"order:{page.session}", **told)


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
    created = changes.pop("created", int(time.time()))
    head = {"id": event or f"evt_{next(_ids)}", "type": f"payment.{status}", "created": created}
    return json.dumps(head | {"session": session | changes}).encode()


def signed(body: bytes, secret: str = SECRET, age: int = 0) -> dict[str, str]:
    """The header that proves a notice, made `age` seconds ago."""
    return {"Henji-Gateway-Signature": signature(secret, int(time.time()) - age, body)}
