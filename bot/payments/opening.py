"""The page of an attempt at its gateway: opened once, found again, looked at, and closed.

Everything here asks over the network, so it runs outside any transaction.
"""

import time
from contextlib import suppress
from dataclasses import replace
from typing import Any

import structlog
from sqlalchemy import Connection, Row

from bot import alerts
from bot.alerts import Kind
from bot.errors import GatewayAway, GatewayBusy, GatewayRefused, PaymentError
from bot.payments import attempts, settlement
from bot.payments.attempts import Status
from bot.payments.gateways import Checkout, Gateway, GatewayEvent, Opened, Outcome
from bot.runtime import Runtime
from bot.senders.company import Company
from bot.store.session import transact
from bot.text.language import Language

# Between two questions about a page that another tap is just opening.
PAUSES_S = (0.2, 0.4, 0.8, 1.6)

log = structlog.get_logger(__name__)


def page_of(runtime: Runtime, attempt: Row[Any], page_url: str) -> str | None:
    """The address of an attempt's page; None where how it stands has changed.

    `page_url` is the address of the payment link. Raises a PaymentError.
    """
    gateway = _gateway(runtime, attempt)
    if attempt.session is None:
        return _open(runtime, gateway, attempt, page_url)
    if attempt.status == Status.PENDING:
        return attempt.voucher_url or _voucher(runtime, gateway, attempt)
    if attempt.status == Status.OPEN and attempt.expires_at > attempt.now:
        return str(attempt.url)
    event = _look(gateway, attempt)
    if event is None:
        return str(attempt.url)
    settlement.settle(runtime, event)
    return None


def look(runtime: Runtime, attempt: Row[Any]) -> GatewayEvent | None:
    """Ask how an attempt stands; None while somebody can pay. Raises a PaymentError."""
    return _look(_gateway(runtime, attempt), attempt)


def close(runtime: Runtime, attempt: Row[Any]) -> None:
    """See that nobody can pay on an attempt's page any more, and settle how it ended.

    Raises a PaymentError where that is not certain.
    """
    ended = _closed(runtime, attempt)
    if ended.outcome is not Outcome.EXPIRED:
        settlement.settle(runtime, ended)
    transact(runtime.engine, lambda connection: attempts.end(connection, attempt))


def _closed(runtime: Runtime, attempt: Row[Any]) -> GatewayEvent:
    if attempt.gateway not in runtime.gateways and attempt.expires_at <= attempt.now:
        return _over(attempt, "expired")
    try:
        return _ours(attempt, _gateway(runtime, attempt).close(attempt.session))
    except GatewayRefused as refused:
        if not refused.missing:
            raise
        return _over(attempt, "missing")


def _gateway(runtime: Runtime, attempt: Row[Any]) -> Gateway:
    gateway = runtime.gateways.get(attempt.gateway)
    if gateway is None:
        raise PaymentError(f"The payment gateway {attempt.gateway} is not set up any more.")
    return gateway


def _look(gateway: Gateway, attempt: Row[Any]) -> GatewayEvent | None:
    try:
        event = gateway.look(attempt.session)
    except GatewayRefused as refused:
        if not refused.missing:
            raise
        return _over(attempt, "missing")
    return event and _ours(attempt, event)


def _voucher(runtime: Runtime, gateway: Gateway, attempt: Row[Any]) -> str | None:
    """The page with the number to pay with at a store; without one the page of the payment."""
    try:
        event = _look(gateway, attempt)
    except PaymentError:
        return str(attempt.url)
    if event is None:
        return str(attempt.url)
    settlement.settle(runtime, event)
    return (event.voucher_url or str(attempt.url)) if event.outcome is Outcome.PENDING else None


def _open(runtime: Runtime, gateway: Gateway, attempt: Row[Any], page_url: str) -> str | None:
    checkout = checkout_of(runtime, gateway.name, attempt, page_url)
    try:
        opened = _found_or_opened(gateway, checkout, again=attempt.tries > 0)
    except PaymentError as error:
        failed = error
        transact(runtime.engine, lambda connection: note_failure(connection, attempt, failed))
        raise
    url = transact(runtime.engine, lambda connection: keep(connection, attempt, opened))
    if url is None:  # the link was revoked meanwhile, perhaps by another that is being paid
        with suppress(PaymentError):
            gateway.close(opened.session)
    return url


def _found_or_opened(gateway: Gateway, checkout: Checkout, again: bool) -> Opened:
    """The page of a reference. Where an answer was lost before, it is looked for first."""
    if again:
        with suppress(PaymentError):  # what cannot be found is asked for with the same key
            if found := gateway.find(checkout):
                return found
    for pause in PAUSES_S:
        try:
            return gateway.open(checkout)
        except GatewayBusy:
            time.sleep(pause)
    return gateway.open(checkout)


def keep(connection: Connection, attempt: Row[Any], opened: Opened) -> str | None:
    """Keep the page or order of an attempt, as `attempts.keep_page`: the gateway is back."""
    reason = "a page was opened again"
    alerts.settle(connection, Kind.GATEWAY, attempt.gateway, "gateway", reason)
    return attempts.keep_page(connection, attempt, opened)


def note_failure(connection: Connection, attempt: Row[Any], error: PaymentError) -> None:
    """Keep the attempt where its page may have been opened; a gateway that remembers its own
    failure by our reference would repeat it for a day, so the second one ends the attempt."""
    if isinstance(error, GatewayRefused):
        words = f"Nobody can pay through {attempt.gateway}: {error}"
        alerts.alert(connection, Kind.GATEWAY, attempt.gateway, words)
        attempts.give_up(connection, attempt)
    elif isinstance(error, GatewayAway) and error.failed and attempt.tries > 0:
        attempts.give_up(connection, attempt)
    else:
        attempts.count_try(connection, attempt)


def checkout_of(runtime: Runtime, gateway: str, attempt: Row[Any], page_url: str) -> Checkout:
    """What a gateway is asked for, the same every time; `page_url` is the payment link's."""
    language = Language(attempt.language)
    query = f"?lang={language}"
    company = Company.of(runtime.settings, attempt.brand, attempt.brand_en)
    return Checkout(
        reference=attempts.reference_of(attempt),
        amount=attempts.amount_of(attempt),
        description=company.brand(language),
        language=language,
        return_url=f"{page_url}/return{query}",
        cancel_url=f"{page_url}{query}",
        webhook_url=f"{runtime.settings.needed('PUBLIC_URL')}/webhooks/{gateway}",
        begun_at=attempt.created_at,
        expires_at=attempt.expires_at,
    )


def _ours(attempt: Row[Any], event: GatewayEvent) -> GatewayEvent:
    """What a gateway told of the session that we asked about, by our own names for it."""
    reference, unpaid = attempts.reference_of(attempt), event.payment is None
    amount = attempts.amount_of(attempt) if unpaid else event.amount
    return replace(event, session=attempt.session, reference=reference, amount=amount)


def _over(attempt: Row[Any], why: str) -> GatewayEvent:
    """The end of a session that the gateway does not tell of."""
    return GatewayEvent(
        gateway=attempt.gateway,
        id=f"{why}:{attempt.session}",
        outcome=Outcome.EXPIRED,
        session=attempt.session,
        reference=attempts.reference_of(attempt),
        amount=attempts.amount_of(attempt),
        payment=None,
        at=attempt.now,
    )
