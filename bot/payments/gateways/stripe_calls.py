"""Calls of Stripe's official package, and what each failure means; its only importer."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import requests
import stripe
from pydantic import ValidationError

from bot.errors import ForgedNotice, GatewayAway, GatewayRefused
from bot.payments.gateways.wire import TIMEOUT_S, Answer, refusal

# An older notice may be a replay; what Stripe's own package takes by default.
TOLERANCE_S = 300
PAGE_SIZE = 100
# Among so many of the account's newest sessions or payments one is looked for by its reference.
MOST_SEARCHED = 1000
CLOCKS_DIFFER = timedelta(seconds=20)


class KeyReused(GatewayRefused):
    """The idempotency key came with other values before."""


def client(key: str, base: str) -> stripe.StripeClient:
    """The package's client at an address, with our time-outs; it retries nothing by itself."""
    return stripe.StripeClient(
        key,
        base_addresses={"api": base},
        http_client=stripe.RequestsClient(timeout=TIMEOUT_S, session=_Straight()),
        max_network_retries=0,
    )


def verify(body: bytes, header: str | None, secret: str) -> None:
    """Raise ForgedNotice unless the package finds a notice signed within five minutes."""
    try:
        stripe.WebhookSignature.verify_header(body, header, secret, TOLERANCE_S)
    except (stripe.SignatureVerificationError, UnicodeError):
        raise ForgedNotice("The notice is not signed by Stripe, or was too long ago.") from None


def ask(kind: type[Answer], call: Callable[[], Any]) -> Answer:
    """Run a call of the package and read what it returns; raises a PaymentError."""
    return _read(kind, _raw(call))


def newest(
    kind: type[Answer], call: Callable[[Any], Any], since: datetime, *expand: str
) -> Iterator[Answer]:
    """What was made since a moment, newest first, page by page."""
    query: dict[str, Any] = {"created": {"gte": int(since.timestamp())}, "limit": PAGE_SIZE}
    if expand:
        query["expand"] = list(expand)
    yield from every(kind, call, query)


def every(
    kind: type[Answer], call: Callable[[Any], Any], query: dict[str, Any]
) -> Iterator[Answer]:
    """What a list of Stripe's holds, page by page; raises a PaymentError."""
    found = iter(_raw(lambda: call(query).auto_paging_iter()))
    while (one := _raw(lambda: next(found, None))) is not None:
        yield _read(kind, one)


class _Straight(requests.Session):
    """Follows no redirect: what we send is for Stripe alone."""

    def resolve_redirects(self, *_: Any, **__: Any) -> Iterator[requests.Response]:
        """Nowhere."""
        return iter(())


def _raw(call: Callable[[], Any]) -> Any:
    """Run a call of the package; raises a PaymentError that tells what may have happened."""
    try:
        return call()
    except stripe.IdempotencyError:
        raise KeyReused("Stripe got other values with the same reference before.") from None
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
