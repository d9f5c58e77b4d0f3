"""Comparing our payments with a gateway's own list, both ways; what was missing here is settled."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import structlog
from sqlalchemy import Connection, Row, select, update

from bot.errors import GatewayRefused
from bot.payments import attempts, flags, opening, refunds, settlement
from bot.payments.gateways import Gateway, GatewayEvent, Outcome
from bot.payments.judgement import FOR_A_PERSON, RECEIVED, Verdict
from bot.runtime import Runtime
from bot.store.columns import utc_now
from bot.store.session import insert, transact
from bot.store.tables import checkouts, payments, reconciliations
from bot.text.format import Money

SETTLED = RECEIVED | {Verdict.REFUNDED, Verdict.CHARGED_BACK, Verdict.CHARGEBACK_WON}

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Difference:
    """Something that one side knew and the other did not, in words, without personal data."""

    payment: str
    words: str
    for_a_person: bool


@dataclass(frozen=True)
class Compared:
    """What came of comparing with one gateway: how many payments it listed, and what differed."""

    gateway: str
    listed: int
    differences: tuple[Difference, ...]

    @property
    def for_a_person(self) -> tuple[Difference, ...]:
        """What could not be settled."""
        return tuple(one for one in self.differences if one.for_a_person)


def reconcile(
    runtime: Runtime, gateway: Gateway, since: datetime, night: date | None = None
) -> Compared:
    """Compare everything since a moment and keep what came of it; raises a PaymentError.

    `night` is the day in Japan that this is the nightly comparison of.
    """
    run = transact(runtime.engine, lambda found: _begin(found, gateway.name, since, night))
    paid: set[str] = set()
    differences = [*_there(runtime, gateway, since, paid), *_unfinished(runtime, gateway)]
    differences += _here(runtime, gateway, run, paid)
    compared = Compared(gateway.name, len(paid), tuple(differences))
    transact(runtime.engine, lambda connection: _finish(connection, run, compared))
    return compared


def _there(
    runtime: Runtime, gateway: Gateway, since: datetime, paid: set[str]
) -> Iterator[Difference]:
    """What the gateway lists and we did not know, settled like a notice of it."""
    for event in gateway.listed(since):
        if event.outcome is Outcome.PAID:
            paid.add(str(event.payment))
        yield from _compare(runtime, event)


def _compare(runtime: Runtime, event: GatewayEvent) -> Iterator[Difference]:
    known, words = transact(runtime.engine, lambda connection: _known(connection, event))
    if words:
        yield _flag(runtime, event, words)
    elif not known:
        yield from _settled(event, settlement.settle(runtime, event))


def _unfinished(runtime: Runtime, gateway: Gateway) -> Iterator[Difference]:
    """How attempts ended that should have ended by now, and of which no notice came."""
    overdue = transact(
        runtime.engine, lambda connection: attempts.overdue(connection, gateway.name)
    )
    for attempt in overdue:
        event = opening.look(runtime, attempt)
        if event is not None:
            yield from _settled(event, settlement.settle(runtime, event))


def _here(
    runtime: Runtime, gateway: Gateway, run: Row[Any], paid: set[str]
) -> Iterator[Difference]:
    """What was paid here and is not in the list: asked for one by one, for lists have windows."""
    for payment in transact(runtime.engine, lambda connection: _received(connection, run)):
        if payment.gateway_payment in paid or _is_paid_there(gateway, payment):
            continue
        words = f"{payment.gateway_payment} was paid here, but {gateway.name} knows nothing of it."
        yield _flag(runtime, _event_of(payment), words)


def _settled(event: GatewayEvent, verdict: Verdict | None) -> Iterator[Difference]:
    if verdict in SETTLED | FOR_A_PERSON:
        words = f"{event.payment} was missing here: {verdict}."
        yield Difference(str(event.payment), words, verdict in FOR_A_PERSON)


def _flag(runtime: Runtime, event: GatewayEvent, words: str) -> Difference:
    transact(runtime.engine, lambda connection: flags.raise_words(connection, event, words))
    return Difference(str(event.payment), words, for_a_person=True)


def _known(connection: Connection, event: GatewayEvent) -> tuple[bool, str]:
    """Whether something listed is known here, and in words what is known otherwise."""
    payment = settlement.received(connection, event.gateway, event.payment)
    if payment is None:
        return False, ""
    if event.outcome is Outcome.PAID:
        same = event.amount == _money(payment)
        words = f"{event.payment} is over another amount here than at {event.gateway}."
        return True, "" if same else words
    refunded = refunds.refunded(connection, payment.id)
    if event.outcome is Outcome.REFUNDED and event.returned < refunded:
        return True, f"{event.payment} was refunded less at {event.gateway} than here."
    return event.outcome is Outcome.REFUNDED and event.returned == refunded, ""


def _is_paid_there(gateway: Gateway, payment: Row[Any]) -> bool:
    if payment.session is None:
        return False
    try:
        event = gateway.look(payment.session)
    except GatewayRefused as refused:
        if not refused.missing:
            raise
        return False
    if event is None or event.outcome is not Outcome.PAID:
        return False
    return (event.payment, event.amount) == (payment.gateway_payment, _money(payment))


def _received(connection: Connection, run: Row[Any]) -> list[Row[Any]]:
    """The payments of the time that is compared, up to when the list was asked for."""
    found = (
        select(payments, checkouts.c.session)
        .join(checkouts)
        .where(payments.c.gateway == run.gateway)
        .where(payments.c.created_at >= run.since, payments.c.created_at < run.created_at)
        .order_by(payments.c.id)
    )
    return list(connection.execute(found))


def _event_of(payment: Row[Any]) -> GatewayEvent:
    return GatewayEvent(
        gateway=payment.gateway,
        id=f"here:{payment.id}",
        outcome=Outcome.PAID,
        session=payment.session or "",
        reference="",
        amount=_money(payment),
        payment=payment.gateway_payment,
        at=payment.paid_at,
    )


def _money(payment: Row[Any]) -> Money:
    return Money(payment.amount_minor, payment.currency)


def _begin(connection: Connection, gateway: str, since: datetime, night: date | None) -> Row[Any]:
    row = insert(connection, reconciliations).values(gateway=gateway, since=since, night=night)
    return connection.execute(row.returning(reconciliations)).one()


def _finish(connection: Connection, run: Row[Any], compared: Compared) -> None:
    connection.execute(
        update(reconciliations)
        .where(reconciliations.c.id == run.id)
        .values(
            listed=compared.listed,
            settled=len(compared.differences) - len(compared.for_a_person),
            differing=len(compared.for_a_person),
            finished_at=utc_now(),
        )
    )
