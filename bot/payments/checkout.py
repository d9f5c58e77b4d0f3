"""Beginning a payment: freeze what was quoted, then open one page for it at a gateway."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

import structlog
from sqlalchemy import Connection, update

from bot.billing import accounts
from bot.dialogue.turn import Account
from bot.errors import PaymentError
from bot.payments import reference
from bot.payments.gateways import Checkout, Opened
from bot.payments.link import UNDER_WAY, Held, Status, hold, quoted_by
from bot.payments.reference import Reference
from bot.runtime import Runtime
from bot.senders.company import Company
from bot.store.session import transact
from bot.store.tables import payment_links
from bot.text.format import Money
from bot.text.language import Language

# Who begins in the link's last minute is given the time to end; also the least that Stripe allows.
SHORTEST_SESSION = timedelta(minutes=30)

log = structlog.get_logger(__name__)


class Refusal(Enum):
    """Why no payment was begun."""

    GONE = auto()
    PAID = auto()
    NOTHING_DUE = auto()
    PENDING = auto()  # cash for the account is awaited through another link
    REQUOTED = auto()  # the amount is not the one that was shown
    OVERTAKEN = auto()  # the amount changed after the payment had begun: a new link is needed
    UNAVAILABLE = auto()  # the gateway is away


@dataclass(frozen=True)
class Wish:
    """A tap on the pay button: for which link, in which language, and which amount it showed.

    `page_url` is the link's own address. `shown` is in minor units; None where the form did not
    tell it, which counts as another amount.
    """

    link_id: int
    page_url: str
    language: Language
    shown: int | None


@dataclass(frozen=True)
class _Attempt:
    reference: Reference
    gateway: str
    amount: Money
    expires_at: datetime


def begin(runtime: Runtime, wish: Wish) -> str | Refusal:
    """The address of the gateway's page for a link; the same one for every tap on one attempt.

    The attempt is kept before the gateway hears of it and its reference is the idempotency key:
    where the answer is lost, the next tap finds the same page.
    """
    attempt = transact(runtime.engine, lambda connection: _start(connection, runtime, wish))
    if isinstance(attempt, Refusal):
        return attempt
    try:
        opened = _open(runtime, wish, attempt)
    except PaymentError as error:
        log.warning("checkout.unavailable", link=wish.link_id, error=str(error))
        return Refusal.UNAVAILABLE
    transact(runtime.engine, lambda connection: _keep_session(connection, attempt, opened))
    return opened.url


def _start(connection: Connection, runtime: Runtime, wish: Wish) -> _Attempt | Refusal:
    held = hold(connection, wish.link_id)
    if held is None or held.ended:
        return Refusal.GONE
    if held.status is Status.PAID:
        return Refusal.PAID
    account = accounts.by_id(connection, runtime.vault, held.link.account_id)
    if held.status in UNDER_WAY:
        return _continue(held, account)
    gateway = next(iter(runtime.gateways), None)
    if refusal := _obstacle(account, gateway, wish):
        return refusal
    return _freeze(connection, held, account.due, str(gateway))


def _continue(held: Held, account: Account) -> _Attempt | Refusal:
    quoted = quoted_by(held.link) or account.due
    if held.status is Status.STARTED and quoted != account.due:
        return Refusal.OVERTAKEN
    return _attempt(held, quoted, held.link.gateway)


def _obstacle(account: Account, gateway: str | None, wish: Wish) -> Refusal | None:
    if account.due.minor <= 0:
        return Refusal.NOTHING_DUE
    if account.pending:
        return Refusal.PENDING
    if wish.shown != account.due.minor:
        return Refusal.REQUOTED
    return Refusal.UNAVAILABLE if gateway is None else None


def _freeze(connection: Connection, held: Held, due: Money, gateway: str) -> _Attempt:
    connection.execute(
        update(payment_links)
        .where(payment_links.c.id == held.link.id)
        .values(status=Status.STARTED, due_minor=due.minor, currency=due.currency, gateway=gateway)
    )
    return _attempt(held, due, gateway)


def _attempt(held: Held, amount: Money, gateway: str) -> _Attempt:
    expires_at = max(held.link.expires_at, held.person.now + SHORTEST_SESSION)
    return _Attempt(reference.of(held.link), gateway, amount, expires_at)


def _open(runtime: Runtime, wish: Wish, attempt: _Attempt) -> Opened:
    """Ask the gateway, outside any transaction."""
    gateway = runtime.gateways.get(attempt.gateway)
    if gateway is None:
        raise PaymentError(f"The payment gateway {attempt.gateway} is not set up any more.")
    language = f"?lang={wish.language}"
    return gateway.open(
        Checkout(
            reference=str(attempt.reference),
            amount=attempt.amount,
            description=Company.of(runtime.settings).brand(wish.language),
            language=wish.language,
            return_url=f"{wish.page_url}/return{language}",
            cancel_url=f"{wish.page_url}{language}",
            webhook_url=f"{runtime.settings.needed('PUBLIC_URL')}/webhooks/{gateway.name}",
            expires_at=attempt.expires_at,
        )
    )


def _keep_session(connection: Connection, attempt: _Attempt, opened: Opened) -> None:
    """Remember the session, unless the attempt has ended meanwhile."""
    link = payment_links.c
    connection.execute(
        update(payment_links)
        .where(
            link.id == attempt.reference.link_id,
            link.failures == attempt.reference.attempt - 1,
            link.status.in_(UNDER_WAY),
        )
        .values(gateway_session=opened.session)
    )
