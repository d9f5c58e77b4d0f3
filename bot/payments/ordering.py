"""A number to pay with at a store, ordered at the gateway for people who cannot open a page.

The wish is a link that nobody gets the address of; the clock has it carried out within seconds.
"""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection, Row, select, update

from bot.billing import accounts
from bot.dialogue.turn import Account, Reply
from bot.errors import PaymentError
from bot.messaging import doorbell
from bot.payments import attempts, offers, opening, settlement
from bot.payments.gateways import OrdersAtStores
from bot.payments.link import LASTING, Held, Status, hold
from bot.payments.notices import say
from bot.runtime import Runtime
from bot.store.session import transact
from bot.store.tables import payment_links
from bot.text.format import Money
from bot.text.language import Language

MOST_AT_ONCE = 20
# A gateway that is away for so many seconds in a row is not waited for any longer.
MOST_TRIES = 5

_link = payment_links.c

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Order:
    """The attempt to order for; without one, the open pages that must be closed before it."""

    gateway: OrdersAtStores
    payer: str
    attempt: Row[Any] | None
    earlier: tuple[Row[Any], ...] = ()


def order_wished(runtime: Runtime) -> None:
    """Carry out the wishes that there are, each once; what fails is tried again next time."""
    for link_id in transact(runtime.engine, _wished):
        order = transact(runtime.engine, partial(_begin, runtime, link_id))
        if order is None:
            doorbell.ring(runtime)
            continue
        try:
            _place(runtime, link_id, order)
        except PaymentError as error:
            log.warning("order.failed", link=link_id, error=str(error))


def _wished(connection: Connection) -> list[int]:
    found = select(_link.id).where(_link.store_order == "wished").order_by(_link.id)
    return list(connection.execute(found.limit(MOST_AT_ONCE)).scalars())


def _begin(runtime: Runtime, link_id: int, connection: Connection) -> _Order | None:
    """The attempt to order for, begun or begun before; None where there is nothing to order."""
    held = hold(connection, link_id)
    if held is None or held.link.store_order != "wished":
        return None
    if held.status in LASTING:  # it was ordered, and the process died before it wrote that down
        _set(connection, link_id, store_order="done")
        return None
    account = accounts.by_id(connection, runtime.vault, held.link.account_id)
    under_way = attempts.current(connection, held.link)
    gateway = _gateway(runtime, account, under_way)
    if gateway is None or _is_over(held, account, under_way):
        _fail(connection, runtime, held, "waiting" if account.pending else "no_number", under_way)
        return None
    return _attempt(connection, held, account, gateway, under_way)


def _gateway(
    runtime: Runtime, account: Account, under_way: Row[Any] | None
) -> OrdersAtStores | None:
    """An order goes on where it was begun, whatever the settings say by now: it may be there."""
    if under_way is None:
        return offers.at_store(runtime, account.due)
    begun = runtime.gateways.get(under_way.gateway)
    return begun if isinstance(begun, OrdersAtStores) else None


def _is_over(held: Held, account: Account, under_way: Row[Any] | None) -> bool:
    given_up = held.link.failures > 0 or (under_way is not None and under_way.tries >= MOST_TRIES)
    too_much = under_way is not None and _exceeds(attempts.amount_of(under_way), account.due)
    return held.ended or account.due.minor <= 0 or account.pending or given_up or too_much


def _exceeds(amount: Money, due: Money) -> bool:
    """Whether more would be collected at the store than is due by now, or other money."""
    return amount.currency != due.currency or amount.minor > due.minor


def _attempt(
    connection: Connection,
    held: Held,
    account: Account,
    gateway: OrdersAtStores,
    under_way: Row[Any] | None,
) -> _Order:
    if under_way is not None:
        return _Order(gateway, account.name, under_way)
    if earlier := attempts.open_for(connection, account.id):
        return _Order(gateway, account.name, None, tuple(earlier))
    language = Language(held.link.language)
    attempt = attempts.start(connection, held.link, gateway.name, account.due, language)
    _set(connection, held.link.id, status=Status.STARTED)
    return _Order(gateway, account.name, attempt)


def _place(runtime: Runtime, link_id: int, order: _Order) -> None:
    """Ask the gateway, outside any transaction; raises a PaymentError."""
    attempt = order.attempt
    if attempt is None:
        for row in order.earlier:
            opening.close(runtime, row)
        return
    page_url = f"{runtime.settings.link_url}/senders"
    checkout = opening.checkout_of(runtime, order.gateway.name, attempt, page_url)
    try:
        opened, event = order.gateway.order(replace(checkout, payer=order.payer))
    except PaymentError as error:
        failed = error
        transact(runtime.engine, lambda c: opening.note_failure(c, attempt, failed))
        raise
    transact(runtime.engine, lambda c: opening.keep(c, attempt, opened))
    settlement.settle(runtime, event)
    transact(runtime.engine, lambda c: _set(c, link_id, store_order="done"))


def _fail(
    connection: Connection, runtime: Runtime, held: Held, why: str, under_way: Row[Any] | None
) -> None:
    """Nobody has the address of the link, so it ends with its order; a payment is still taken."""
    if under_way is not None:
        attempts.give_up(connection, under_way)
    _set(connection, held.link.id, store_order="failed", status=Status.REVOKED)
    if not held.ended:
        say(connection, runtime, held, Reply(f"payment.{why}"), held.link.created_at)


def _set(connection: Connection, link_id: int, **values: Any) -> None:
    connection.execute(update(payment_links).where(_link.id == link_id).values(**values))
