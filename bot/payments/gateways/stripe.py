"""Stripe Checkout, through the official package; its only importer."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import requests
import stripe
from pydantic import ValidationError

from bot.errors import ForgedNotice, GatewayAway, GatewayRefused, PaymentError
from bot.payments.gateways import Checkout, GatewayEvent, Opened
from bot.payments.gateways.methods import fitting
from bot.payments.gateways.stripe_events import (
    KONBINI_DAYS,
    NAME,
    event_of,
    listed_dispute,
    listed_payment,
    listed_refund,
    noticed,
    paid_at,
    standing,
)
from bot.payments.gateways.stripe_objects import REFERENCE, Dispute, Refund, Session
from bot.payments.gateways.wire import TIMEOUT_S, Answer, origin_of, refusal
from bot.setting_types import PaymentMethod
from bot.settings import Settings
from bot.settings.gateways import STRIPE_API
from bot.text.format import Money

SIGNATURE = "Stripe-Signature"
# An older notice may be a replay; what Stripe's own package takes by default.
TOLERANCE_S = 300
# Where Checkout's pages live, and those with the number to pay with at a store.
PAGES = ("https://checkout.stripe.com", "https://payments.stripe.com")
OFFERS = (PaymentMethod.CARD, PaymentMethod.KONBINI)
# Stripe takes 24 hours at most, by its own clock.
CLOCKS_DIFFER = timedelta(seconds=20)
# A session, and the days for a store after it.
LONGEST_TO_PAY = timedelta(days=KONBINI_DAYS + 2)
PAGE_SIZE = 100
# Among so many of the account's newest sessions one is looked for by its reference.
MOST_SEARCHED = 1000
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
        client = stripe.StripeClient(
            key,
            base_addresses={"api": base},
            http_client=stripe.RequestsClient(timeout=TIMEOUT_S, session=_Straight()),
            max_network_retries=0,
        )
        self._sessions = client.v1.checkout.sessions
        self._refunds = client.v1.refunds
        self._disputes = client.v1.disputes

    @classmethod
    def of(cls, settings: Settings) -> "Stripe":
        """The account that the settings name; SettingError without STRIPE_WEBHOOK_SECRET."""
        key, secret = settings.secret("STRIPE_API_KEY"), settings.secret("STRIPE_WEBHOOK_SECRET")
        return cls(key, secret, settings.STRIPE_API_BASE, settings.payment_methods)

    def methods(self, amount: Money) -> tuple[PaymentMethod, ...]:
        """Cards and, for yen, convenience stores."""
        return () if amount.currency in OTHER_UNITS else fitting(self._offers, amount)

    def open(self, checkout: Checkout) -> Opened:
        """Open a session; the same reference gets the same one again."""
        wish, options = self._wish(checkout), {"idempotency_key": checkout.reference}
        try:
            session = _ask(lambda: self._sessions.create(wish, options))  # type: ignore[arg-type]
        except _KeyReused:
            # Something we send with a reference has changed since the first time.
            if found := self.find(checkout):
                return found
            raise
        return self._opened(session, checkout)

    def find(self, checkout: Checkout) -> Opened | None:
        """The open session of a reference, among the account's newest."""
        since = checkout.begun_at - CLOCKS_DIFFER
        for session in islice(_list(Session, self._sessions.list, since), MOST_SEARCHED):
            if session.reference == checkout.reference and session.url:
                return self._opened(session, checkout)
        return None

    def look(self, session: str) -> GatewayEvent | None:
        """How a session stands, with its payment."""
        expand = {"expand": ["payment_intent.latest_charge"]}
        found = _ask(lambda: self._sessions.retrieve(session, expand))  # type: ignore[arg-type]
        outcome = standing(found)
        if outcome is None:
            return None
        return event_of(found, outcome, f"look:{session}:{outcome}", paid_at(found))

    def close(self, session: str) -> GatewayEvent:
        """Expire a session that is open, and tell how it ended."""
        with suppress(GatewayRefused):  # it is not open any more
            _ask(lambda: self._sessions.expire(session))
        ended = self.look(session)
        if ended is None:
            raise PaymentError("Stripe does not end a session.")
        return ended

    def listed(self, since: datetime) -> Iterator[GatewayEvent]:
        """The sessions that may have been paid since a moment; later refunds and chargebacks."""
        charge = "data.payment_intent.latest_charge"
        sessions = _list(Session, self._sessions.list, since - LONGEST_TO_PAY, charge)
        refunds = _list(Refund, self._refunds.list, since, "data.charge")
        disputes = _list(Dispute, self._disputes.list, since)
        yield from filter(None, map(listed_payment, sessions))
        yield from filter(None, map(listed_refund, refunds))
        yield from filter(None, map(listed_dispute, disputes))

    def read(self, body: bytes, headers: Mapping[str, str]) -> GatewayEvent | None:
        """Read a notice that the package finds signed within five minutes."""
        header = headers.get(SIGNATURE)
        try:
            stripe.WebhookSignature.verify_header(body, header, self._secret, TOLERANCE_S)
        except (stripe.SignatureVerificationError, UnicodeError):
            raise ForgedNotice("The notice is not signed by Stripe, or was too long ago.") from None
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
            "expires_at": int((checkout.expires_at - CLOCKS_DIFFER).timestamp()),
        }
        if PaymentMethod.KONBINI in methods:
            wish["payment_method_options"] = {"konbini": {"expires_after_days": KONBINI_DAYS}}
        return wish


class _Straight(requests.Session):
    """Follows no redirect: what we send is for Stripe alone."""

    def resolve_redirects(self, *_: Any, **__: Any) -> Iterator[requests.Response]:
        """Nowhere."""
        return iter(())


class _KeyReused(GatewayRefused):
    """The idempotency key came with other values before."""


def _ask(call: Callable[[], Any]) -> Session:
    """Run a call of the package and read the session that it returns."""
    return _read(Session, _raw(call))


def _list(
    kind: type[Answer], call: Callable[[Any], Any], since: datetime, *expand: str
) -> Iterator[Answer]:
    """What was made since a moment, newest first, page by page."""
    query: dict[str, Any] = {"created": {"gte": int(since.timestamp())}, "limit": PAGE_SIZE}
    if expand:
        query["expand"] = list(expand)
    found = iter(_raw(lambda: call(query).auto_paging_iter()))
    while (one := _raw(lambda: next(found, None))) is not None:
        yield _read(kind, one)


def _raw(call: Callable[[], Any]) -> Any:
    """Run a call of the package; raises a PaymentError that tells what may have happened."""
    try:
        return call()
    except stripe.IdempotencyError:
        raise _KeyReused("Stripe got other values with the same reference before.") from None
    except stripe.APIConnectionError:
        raise GatewayAway("Stripe did not answer.") from None
    except stripe.StripeError as error:
        if error.http_status is None or error.http_status == 200:
            raise GatewayAway("Stripe's answer cannot be read.") from None
        raise refusal(error.http_status, error.code or "") from None
    except (AttributeError, KeyError, TypeError, ValueError):
        raise GatewayAway("Stripe's answer cannot be read.") from None


def _read(kind: type[Answer], found: Any) -> Answer:
    try:
        return kind.model_validate(found.to_dict())
    except (AttributeError, ValidationError):
        raise GatewayAway("Stripe's answer cannot be read.") from None
