"""Stripe Checkout, through the official package."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from bot.errors import GatewayAway, GatewayRefused, PaymentError
from bot.payments.gateways import Checkout, GatewayEvent, Opened
from bot.payments.gateways.methods import fitting
from bot.payments.gateways.stripe_calls import (
    CLOCKS_DIFFER,
    MOST_SEARCHED,
    KeyReused,
    ask,
    client,
    newest,
    verify,
)
from bot.payments.gateways.stripe_events import (
    listed_dispute,
    listed_payment,
    listed_refund,
    noticed,
    paid_at,
    standing,
)
from bot.payments.gateways.stripe_objects import (
    KONBINI_DAYS,
    NAME,
    REFERENCE,
    Dispute,
    Refund,
    Session,
)
from bot.payments.gateways.stripe_orders import PREFIX, Orders
from bot.payments.gateways.stripe_told import event_of
from bot.payments.gateways.wire import origin_of
from bot.setting_types import PaymentMethod
from bot.settings import Settings
from bot.settings.gateways import STRIPE_API
from bot.text.format import Money

SIGNATURE = "Stripe-Signature"
# Where Checkout's pages live, and those with the number to pay with at a store.
PAGES = ("https://checkout.stripe.com", "https://payments.stripe.com")
OFFERS = (PaymentMethod.CARD, PaymentMethod.KONBINI)
# A session, and the days for a store after it.
LONGEST_TO_PAY = timedelta(days=KONBINI_DAYS + 2)
# Currencies whose smallest units Stripe counts otherwise than ISO 4217 and we do.
# https://docs.stripe.com/currencies#special-cases
OTHER_UNITS = frozenset({"ISK", "UGX"})


class Stripe:
    """One Stripe account; safe for many threads. Nothing is ever retried by the package."""

    name = NAME

    def __init__(
        self,
        key: str,
        secret: str,
        base: str = STRIPE_API,
        methods: Iterable[PaymentMethod] = OFFERS,
    ) -> None:
        self.origins: tuple[str, ...] = PAGES if base == STRIPE_API else (*PAGES, origin_of(base))
        self._secret = secret
        self._offers = tuple(method for method in methods if method in OFFERS)
        self._is_private = base.startswith("https://")
        api = client(key, base).v1
        self._sessions = api.checkout.sessions
        self._refunds = api.refunds
        self._disputes = api.disputes
        self._orders = Orders(api.payment_intents)

    @classmethod
    def of(cls, settings: Settings) -> "Stripe":
        """The account that the settings name; SettingError without STRIPE_WEBHOOK_SECRET."""
        key, secret = settings.secret("STRIPE_API_KEY"), settings.secret("STRIPE_WEBHOOK_SECRET")
        account = (key, secret, settings.STRIPE_API_BASE, settings.payment_methods)
        email = settings.STRIPE_KONBINI_EMAIL
        return StripeAtStores(email, *account) if email else cls(*account)

    def methods(self, amount: Money) -> tuple[PaymentMethod, ...]:
        """Cards and, for yen, convenience stores."""
        return () if amount.currency in OTHER_UNITS else fitting(self._offers, amount)

    def open(self, checkout: Checkout) -> Opened:
        """Open a session; the same reference gets the same one again."""
        wish, options = self._wish(checkout), {"idempotency_key": checkout.reference}
        try:
            session = ask(Session, lambda: self._sessions.create(wish, options))  # type: ignore[arg-type]
        except KeyReused:
            # Something we send with a reference has changed since the first time.
            if found := self.find(checkout):
                return found
            raise
        return self._opened(session, checkout)

    def find(self, checkout: Checkout) -> Opened | None:
        """The open session of a reference, among the account's newest."""
        since = checkout.begun_at - CLOCKS_DIFFER
        for session in islice(newest(Session, self._sessions.list, since), MOST_SEARCHED):
            if session.reference == checkout.reference and session.url:
                return self._opened(session, checkout)
        return None

    def look(self, session: str) -> GatewayEvent | None:
        """How a session, or an order for a store, stands, with its payment."""
        if session.startswith(PREFIX):
            return self._orders.look(session)
        expand = {"expand": ["payment_intent.latest_charge"]}
        found = ask(Session, lambda: self._sessions.retrieve(session, expand))  # type: ignore[arg-type]
        outcome = standing(found)
        if outcome is None:
            return None
        return event_of(found, outcome, f"look:{session}:{outcome}", paid_at(found))

    def close(self, session: str) -> GatewayEvent:
        """Expire a session that is open, or cancel an order, and tell how it ended."""
        if session.startswith(PREFIX):
            return self._orders.close(session)
        with suppress(GatewayRefused):  # it is not open any more
            ask(Session, lambda: self._sessions.expire(session))
        ended = self.look(session)
        if ended is None:
            raise PaymentError("Stripe does not end a session.")
        return ended

    def listed(self, since: datetime) -> Iterator[GatewayEvent]:
        """What may have been paid since a moment, on pages and by orders; refunds, chargebacks."""
        charge = "data.payment_intent.latest_charge"
        sessions = newest(Session, self._sessions.list, since - LONGEST_TO_PAY, charge)
        refunds = newest(Refund, self._refunds.list, since, "data.charge")
        disputes = newest(Dispute, self._disputes.list, since)
        yield from filter(None, map(listed_payment, sessions))
        yield from self._orders.listed(since - LONGEST_TO_PAY)
        yield from filter(None, map(listed_refund, refunds))
        yield from filter(None, map(listed_dispute, disputes))

    def read(self, body: bytes, headers: Mapping[str, str]) -> GatewayEvent | None:
        """Read a notice that the package finds signed within five minutes."""
        verify(body, headers.get(SIGNATURE), self._secret)
        return noticed(body)

    def _opened(self, session: Session, checkout: Checkout) -> Opened:
        """The page of a session, if it is the one we asked for."""
        known = session.reference in {"", checkout.reference}
        if not known or (session.amount_total is not None and session.money != checkout.amount):
            raise PaymentError("Stripe opened a payment we did not ask for.")
        allowed = "https://" if self._is_private else ("https://", "http://")
        if not (session.url or "").startswith(allowed):
            raise GatewayAway("Stripe's answer names no page.")
        return Opened(session.id, str(session.url))

    def _wish(self, checkout: Checkout) -> dict[str, Any]:
        amount, metadata = checkout.amount, {REFERENCE: checkout.reference}
        price = {
            "currency": amount.currency.lower(),
            "unit_amount": amount.minor,
            "product_data": {"name": checkout.description},
        }
        methods = self.methods(amount)
        wish: dict[str, Any] = {
            "mode": "payment",
            "client_reference_id": checkout.reference,
            "metadata": metadata,
            # From here it is copied to the charge, whose refunds are told without the session.
            "payment_intent_data": {"metadata": metadata},
            "line_items": [{"price_data": price, "quantity": 1}],
            "payment_method_types": list(methods),
            "success_url": checkout.return_url,
            "cancel_url": checkout.cancel_url,
            "locale": checkout.language.value,
            # Stripe takes 24 hours at most, by its own clock.
            "expires_at": int((checkout.expires_at - CLOCKS_DIFFER).timestamp()),
        }
        if PaymentMethod.KONBINI in methods:
            wish["payment_method_options"] = {"konbini": {"expires_after_days": KONBINI_DAYS}}
        return wish


class StripeAtStores(Stripe):
    """The same account, which also gives numbers for stores without a page.

    Stripe wants an e-mail address with each, and writes to it about refunds: `email` is ours.
    """

    def __init__(self, email: str, *account: Any) -> None:
        super().__init__(*account)
        self._email = email

    def order(self, checkout: Checkout) -> tuple[Opened, GatewayEvent]:
        """Order a number; its page at Stripe is not shown to anybody."""
        event = self._orders.order(checkout, self._email)
        return Opened(event.session, event.voucher_url or ""), event
