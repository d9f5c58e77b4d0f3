"""The demo's payment gateway, which the handset serves: open, look, close, list, read notices."""

import hmac
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from bot.errors import ForgedNotice, GatewayBusy, PaymentError
from bot.payments.gateways import Checkout, GatewayEvent, Opened, Outcome
from bot.payments.gateways.local_objects import (
    NAME,
    Listed,
    Notice,
    Page,
    Pages,
    Standing,
    event_of,
    money_of,
    noticed,
)
from bot.payments.gateways.methods import fitting
from bot.payments.gateways.wire import Answer, ask, origin_of
from bot.setting_types import PaymentMethod
from bot.settings import Settings
from bot.text.format import Money

SIGNATURE = "Henji-Gateway-Signature"
# An older notice may be a replay; the same tolerance as Stripe's.
TOLERANCE_S = 300
# A session may be paid through for so long after it was made.
LONGEST_SESSION = timedelta(days=60)
OFFERS = (PaymentMethod.CARD, PaymentMethod.KONBINI)
_SIGNED = re.compile(r"t=(?P<moment>[0-9]{1,12}),v1=(?P<digest>[0-9a-f]{64})")


class Local:
    """One gateway at an address, with the secret we share with it; safe for many threads."""

    name = NAME

    def __init__(self, url: str, secret: str) -> None:
        self.origins: tuple[str, ...] = (origin_of(url),)
        self._sessions_url = f"{url}/gateway/v1/sessions"
        self._secret = secret

    @classmethod
    def of(cls, settings: Settings) -> "Local":
        """The gateway that the settings name; SettingError without LOCAL_GATEWAY_SECRET."""
        return cls(settings.LOCAL_GATEWAY_URL or "", settings.secret("LOCAL_GATEWAY_SECRET"))

    def methods(self, amount: Money) -> tuple[PaymentMethod, ...]:
        """Cards and, for yen, convenience stores."""
        return fitting(OFFERS, amount)

    def open(self, checkout: Checkout) -> Opened:
        """Open a session, or find the one this reference opened before."""
        key = {"Idempotency-Key": checkout.reference}
        try:
            page = self._ask(Page, "POST", json=_wish(checkout), headers=key)
        except GatewayBusy:  # the same reference, asked for with other words
            page = self._ask(Pages, "GET", params={"reference": checkout.reference}).sessions[0]
        return self._opened(page, checkout)

    def order(self, checkout: Checkout) -> tuple[Opened, GatewayEvent]:
        """Open a session and order a number to pay with at a store."""
        opened = self.open(checkout)
        with suppress(GatewayBusy):  # it was ordered before
            self._ask(Page, "POST", f"/{opened.session}/order")
        standing = self.look(opened.session)
        if standing is None:
            raise PaymentError("The payment gateway gives no number to pay with.")
        return opened, standing

    def find(self, checkout: Checkout) -> Opened | None:
        """The newest session of a reference."""
        found = self._ask(Listed, "GET", params={"reference": checkout.reference}).sessions
        return self._opened(found[0], checkout) if found else None

    def look(self, session: str) -> GatewayEvent | None:
        """How a session stands."""
        standing = self._ask(Standing, "GET", f"/{session}")
        if standing.status == "open":
            return None
        return event_of(standing, Outcome(standing.status), f"look:{session}:{standing.status}")

    def close(self, session: str) -> GatewayEvent:
        """End a session that is open, and tell how it ended."""
        with suppress(GatewayBusy):  # it is not open any more
            self._ask(Page, "POST", f"/{session}/expire")
        ended = self.look(session)
        if ended is None:
            raise PaymentError("The payment gateway does not end a session.")
        return ended

    def listed(self, since: datetime) -> Iterator[GatewayEvent]:
        """The payments of every session that may have been paid since a moment."""
        first = int((since - LONGEST_SESSION).timestamp())
        before: dict[str, str] = {}
        while page := self._ask(Listed, "GET", params={"created_since": first, **before}).sessions:
            for standing in page:
                yield from money_of(standing)
            before = {"before": page[-1].id}

    def read(self, body: bytes, headers: Mapping[str, str]) -> GatewayEvent | None:
        """Read a notice signed within five minutes; raises ForgedNotice for any other."""
        self._verify(body, headers.get(SIGNATURE, ""))
        try:
            notice = Notice.model_validate_json(body)
        except ValidationError:
            return None
        return noticed(notice)

    def _ask(self, kind: type[Answer], method: str, path: str = "", **options: Any) -> Answer:
        headers = {"Authorization": f"Bearer {self._secret}", **options.pop("headers", {})}
        return ask(kind, method, f"{self._sessions_url}{path}", headers=headers, **options)

    def _opened(self, page: Page, checkout: Checkout) -> Opened:
        """The page of a session, if it is the one we asked for and at the gateway itself."""
        if (page.reference, Money(page.amount, page.currency)) != (
            checkout.reference,
            checkout.amount,
        ):
            raise PaymentError("The payment gateway opened a payment we did not ask for.")
        if not page.url.startswith(f"{self.origins[0]}/"):
            raise PaymentError("The payment gateway's page is not at LOCAL_GATEWAY_URL.")
        return Opened(page.id, page.url)

    def _verify(self, body: bytes, header: str) -> None:
        given = _SIGNED.fullmatch(header)
        if given is None:
            raise ForgedNotice("The notice carries no signature.")
        signed = given["moment"].encode() + b"." + body
        digest = hmac.digest(self._secret.encode(), signed, "sha256").hex()
        if not hmac.compare_digest(digest, given["digest"]):
            raise ForgedNotice("The notice is not signed by the payment gateway.")
        if abs(time.time() - int(given["moment"])) > TOLERANCE_S:
            raise ForgedNotice("The notice was signed too long ago.")


def _wish(checkout: Checkout) -> dict[str, object]:
    return {
        "amount": checkout.amount.minor,
        "currency": checkout.amount.currency,
        "reference": checkout.reference,
        "description": checkout.description,
        "language": checkout.language,
        "return_url": checkout.return_url,
        "cancel_url": checkout.cancel_url,
        "webhook_url": checkout.webhook_url,
        "expires_in": int((checkout.expires_at - checkout.begun_at).total_seconds()),
    }
