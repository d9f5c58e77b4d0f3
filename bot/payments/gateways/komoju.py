"""KOMOJU's sessions, by HTTP: it has no package for Python. https://doc.komoju.com/reference"""

import hmac
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from bot.errors import ForgedNotice, GatewayAway, GatewayBusy, GatewayRefused, PaymentError
from bot.payments.gateways import Checkout, GatewayEvent, Opened
from bot.payments.gateways.komoju_objects import (
    NAME,
    REFUNDED,
    Notice,
    NoticeList,
    PaymentList,
    Session,
    event_of,
    listed,
    noticed,
    standing,
    unpaid,
)
from bot.payments.gateways.methods import fitting
from bot.payments.gateways.wire import Answer, ask, origin_of
from bot.setting_types import PaymentMethod
from bot.settings import Settings
from bot.settings.gateways import KOMOJU_API
from bot.text.format import Money

SIGNATURE = "X-Komoju-Signature"
API_PATH = "/api/v1"
API_VERSION = "2025-01-28"
OFFERS = {
    PaymentMethod.CARD: "credit_card",
    PaymentMethod.KONBINI: "konbini",
    PaymentMethod.PAYPAY: "paypay",
}
# A session, and the days for a store after it, which KOMOJU lets each company choose.
LONGEST_TO_PAY = timedelta(days=15)
# https://doc.komoju.com/docs/sessions: the upper limit of expires_in_seconds.
LONGEST_SESSION_S = 86_400
PAGE_SIZE = 100


class Komoju:
    """One KOMOJU merchant; safe for many threads."""

    name = NAME

    def __init__(
        self,
        key: str,
        secret: str,
        base: str = KOMOJU_API,
        methods: Iterable[PaymentMethod] = tuple(OFFERS),
    ) -> None:
        self.origins: tuple[str, ...] = (origin_of(base),)
        self._key = key
        self._secret = secret.encode()
        self._url = base.removesuffix(API_PATH) + API_PATH
        self._offers = tuple(method for method in methods if method in OFFERS)
        self._is_private = base.startswith("https://")

    @classmethod
    def of(cls, settings: Settings) -> "Komoju":
        """The merchant that the settings name; SettingError without KOMOJU_WEBHOOK_SECRET."""
        key, secret = settings.secret("KOMOJU_API_KEY"), settings.secret("KOMOJU_WEBHOOK_SECRET")
        return cls(key, secret, settings.KOMOJU_API_BASE, settings.payment_methods)

    def methods(self, amount: Money) -> tuple[PaymentMethod, ...]:
        """Cards and, for yen, convenience stores and PayPay."""
        return fitting(self._offers, amount)

    def open(self, checkout: Checkout) -> Opened:
        """Open a session; the same reference gets the same one again, for a day."""
        key = {"X-KOMOJU-IDEMPOTENCY": checkout.reference}
        wish = self._wish(checkout)
        session = self._ask(Session, "POST", "/sessions", json=wish, headers=key)
        return self._opened(session, checkout)

    def find(self, checkout: Checkout) -> Opened | None:
        """The session of a reference, which KOMOJU finds once a payment was tried through it."""
        query = {"external_order_num": checkout.reference}
        for payment in self._ask(PaymentList, "GET", "/payments", params=query).data:
            if payment.external_order_num == checkout.reference and payment.session:
                return self._opened(self._session(payment.session), checkout)
        return None

    def look(self, session: str) -> GatewayEvent | None:
        """How a session stands."""
        found = self._session(session)
        outcome = standing(found)
        if outcome is None:
            return None
        event_id = f"look:{session}:{outcome}"
        if found.payment is None:
            return unpaid(found, event_id)
        return event_of(found.payment, outcome, event_id, found.created_at)

    def close(self, session: str) -> GatewayEvent:
        """Cancel a session that is open, and tell how it ended."""
        with suppress(GatewayRefused, GatewayBusy):  # it is not open any more
            self._ask(Session, "POST", f"/sessions/{session}/cancel")
        ended = self.look(session)
        if ended is None:
            raise PaymentError("KOMOJU does not end a session.")
        return ended

    def listed(self, since: datetime) -> Iterator[GatewayEvent]:
        """The payments that may have been made since a moment, and the notices of refunds."""
        first = {"start_time": (since - LONGEST_TO_PAY).isoformat()}
        for payment in self._pages(PaymentList, "/payments", first):
            if event := listed(payment):
                yield event
        for notice in self._pages(NoticeList, "/events", {"start_time": since.isoformat()}):
            event = noticed(notice) if notice.type in REFUNDED else None
            if event is not None and event.reference:
                yield event

    def read(self, body: bytes, headers: Mapping[str, str]) -> GatewayEvent | None:
        """Read a notice signed over its very bytes; raises ForgedNotice for any other.

        The signature has no time. A notice that comes again is known by its id.
        """
        digest = hmac.digest(self._secret, body, "sha256").hex()
        given = headers.get(SIGNATURE, "").lower()
        if not hmac.compare_digest(digest.encode(), given.encode("utf-8", "replace")):
            raise ForgedNotice("The notice is not signed by KOMOJU.")
        try:
            return noticed(Notice.model_validate_json(body))
        except ValidationError:
            return None

    def _session(self, session: str) -> Session:
        return self._ask(Session, "GET", f"/sessions/{session}")

    def _pages(self, kind: Any, path: str, query: Mapping[str, str]) -> Iterator[Any]:
        page, last = 0, 1
        while page < last:
            where = {**query, "page": page + 1, "per_page": PAGE_SIZE}
            found = self._ask(kind, "GET", path, params=where)
            yield from found.data
            page, last = page + 1, found.last_page

    def _ask(self, kind: type[Answer], method: str, path: str, **options: Any) -> Answer:
        headers = {"X-KOMOJU-API-VERSION": API_VERSION, **options.pop("headers", {})}
        return ask(
            kind, method, f"{self._url}{path}", auth=(self._key, ""), headers=headers, **options
        )

    def _opened(self, session: Session, checkout: Checkout) -> Opened:
        """The page of a session, if it is the one we asked for."""
        known = session.reference in {"", checkout.reference}
        if not known or (session.amount is not None and session.money != checkout.amount):
            raise PaymentError("KOMOJU opened a payment we did not ask for.")
        allowed = "https://" if self._is_private else ("https://", "http://")
        if not session.session_url.startswith(allowed):
            raise GatewayAway("KOMOJU's answer names no page.")
        return Opened(session.id, session.session_url)

    def _wish(self, checkout: Checkout) -> dict[str, Any]:
        lasts = int((checkout.expires_at - checkout.begun_at).total_seconds())
        return {
            "mode": "payment",
            "amount": checkout.amount.minor,
            "currency": checkout.amount.currency,
            "return_url": checkout.return_url,
            "default_locale": checkout.language.value,
            "expires_in_seconds": min(lasts, LONGEST_SESSION_S),
            "payment_types": [OFFERS[method] for method in self.methods(checkout.amount)],
            "payment_data": {"external_order_num": checkout.reference, "capture": "auto"},
        }
