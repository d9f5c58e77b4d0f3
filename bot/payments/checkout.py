"""Beginning a payment: freeze what was quoted, then lead to the one page for it at a gateway."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import structlog
from sqlalchemy import Connection, Row, update

from bot.billing import accounts
from bot.dialogue.turn import Account
from bot.errors import PaymentError
from bot.payments import attempts, offers, opening
from bot.payments.attempts import amount_of
from bot.payments.link import UNDER_WAY, Held, Status, hold, to_be_paid
from bot.runtime import Runtime
from bot.store.session import transact
from bot.store.tables import payment_links
from bot.text.format import Money
from bot.text.language import Language

# What is asked of a gateway may change how things stand; then they are looked at anew.
MOST_ROUNDS = 4

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
    tell it, which counts as another amount. `gateway` is the one that was chosen, if any.
    """

    link_id: int
    page_url: str
    language: Language
    shown: int | None
    gateway: str | None = None


@dataclass(frozen=True)
class _Begun:
    """The attempt to go on with; without one, those whose pages must be closed before it begins."""

    attempt: Row[Any] | None
    earlier: tuple[Row[Any], ...] = ()


def begin(runtime: Runtime, wish: Wish) -> str | Refusal:
    """The address of the gateway's page for a link; the same one for every tap on one attempt.

    The attempt is kept before the gateway hears of it and its reference is the idempotency key:
    where the answer is lost, the next tap finds the same page. Nobody gets a page before every
    other page that pays for the same account is closed.
    """
    for _ in range(MOST_ROUNDS):
        begun = transact(runtime.engine, lambda connection: _start(connection, runtime, wish))
        if isinstance(begun, Refusal):
            return begun
        try:
            page = _page(runtime, wish, begun)
        except PaymentError as error:
            log.warning("checkout.unavailable", link=wish.link_id, error=str(error))
            return Refusal.UNAVAILABLE
        if page is not None:
            return page
    log.error("checkout.unsettled", link=wish.link_id)
    return Refusal.UNAVAILABLE


def _page(runtime: Runtime, wish: Wish, begun: _Begun) -> str | None:
    """The page to go to, outside any transaction; None where things may stand otherwise now."""
    if begun.attempt is None:
        for row in begun.earlier:
            opening.close(runtime, row)
        return None
    return opening.page_of(runtime, begun.attempt, wish.page_url)


def _start(connection: Connection, runtime: Runtime, wish: Wish) -> _Begun | Refusal:
    held = hold(connection, wish.link_id)
    if held is None or held.ended:
        return Refusal.GONE
    if held.status is Status.PAID:
        return Refusal.PAID
    whole = accounts.by_id(connection, runtime.vault, held.link.account_id)
    account = to_be_paid(whole, held.link.amount_minor)
    under_way = attempts.current(connection, held.link)
    if held.status in UNDER_WAY and under_way is not None:
        return _continue(held, under_way, account)
    gateway = offers.choose(runtime, account.due, wish.gateway)
    if refusal := _obstacle(account, gateway, wish):
        return refusal
    if earlier := attempts.open_for(connection, account.id):
        return _Begun(None, tuple(earlier))
    return _freeze(connection, held, account.due, str(gateway), wish.language)


def _continue(held: Held, attempt: Row[Any], account: Account) -> _Begun | Refusal:
    if held.status is Status.STARTED and amount_of(attempt) != account.due:
        return Refusal.OVERTAKEN
    return _Begun(attempt)


def _obstacle(account: Account, gateway: str | None, wish: Wish) -> Refusal | None:
    if account.due.minor <= 0:
        return Refusal.NOTHING_DUE
    if account.pending:
        return Refusal.PENDING
    if wish.shown != account.due.minor:
        return Refusal.REQUOTED
    return Refusal.UNAVAILABLE if gateway is None else None


def _freeze(
    connection: Connection, held: Held, due: Money, gateway: str, language: Language
) -> _Begun:
    attempt = attempts.start(connection, held.link, gateway, due, language)
    connection.execute(
        update(payment_links)
        .where(payment_links.c.id == held.link.id)
        .values(status=Status.STARTED)
    )
    return _Begun(attempt)
