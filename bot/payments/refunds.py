"""Money that goes back: refunds and chargebacks, each recorded once, in any order."""

from typing import Any

from sqlalchemy import Connection, Row, func, select

from bot.alerts import Kind
from bot.billing import accounts
from bot.dialogue.turn import Reply
from bot.payments import flags
from bot.payments.gateways import GatewayEvent, Outcome
from bot.payments.judgement import Verdict
from bot.payments.link import Held, hold
from bot.payments.notices import keep, say
from bot.runtime import Runtime
from bot.store.session import insert
from bot.store.tables import refunds
from bot.text.format import Money

OUTCOMES = frozenset({Outcome.REFUNDED, Outcome.CHARGED_BACK, Outcome.CHARGEBACK_WON})


def settle(
    connection: Connection, runtime: Runtime, payment: Row[Any], event: GatewayEvent
) -> Verdict | None:
    """Take in a notice that money of a payment went back; None where it came before."""
    held = hold(connection, payment.payment_link_id)
    assert held is not None
    more = event.returned - refunded(connection, payment.id)
    dispute = _dispute(connection, payment, event)
    verdict = _judge(payment, event, more, dispute)
    if not keep(connection, event, verdict, held.link.id):
        return None
    flags.raise_for(connection, event, verdict)
    if verdict is Verdict.REFUNDED:
        _refund(connection, runtime, held, payment, event, more)
    elif verdict is not Verdict.KNOWN and verdict is not Verdict.WRONG_AMOUNT:
        _keep_dispute(connection, payment, event)
    return verdict


def refunded(connection: Connection, payment_id: int) -> int:
    """What was refunded of a payment so far, in minor units."""
    total = func.coalesce(func.sum(refunds.c.amount_minor), 0)
    found = select(total).where(refunds.c.payment_id == payment_id, refunds.c.kind == "refund")
    return int(connection.execute(found).scalar_one())


def _judge(payment: Row[Any], event: GatewayEvent, more: int, dispute: Row[Any] | None) -> Verdict:
    """Refunds are told as what went back in all: an older total tells nothing new."""
    known = event.amount.currency == payment.currency and event.returned <= payment.amount_minor
    if not known:
        return Verdict.WRONG_AMOUNT
    if event.outcome is Outcome.REFUNDED:
        return Verdict.REFUNDED if more > 0 else Verdict.KNOWN
    won = event.outcome is Outcome.CHARGEBACK_WON
    if dispute is not None and (dispute.reversed_at is not None or not won):
        return Verdict.KNOWN
    return Verdict.CHARGEBACK_WON if won else Verdict.CHARGED_BACK


def _refund(
    connection: Connection,
    runtime: Runtime,
    held: Held,
    payment: Row[Any],
    event: GatewayEvent,
    more: int,
) -> None:
    """Write it down and tell the person. What is due stays, but for what was paid too much."""
    connection.execute(
        insert(connection, refunds).values(
            payment_id=payment.id, kind="refund", amount_minor=more, refunded_at=event.at
        )
    )
    account = accounts.by_id(connection, runtime.vault, held.link.account_id)
    over = max(-account.due.minor, 0)
    if payment.credited and over:
        accounts.pay(connection, account.id, -min(more, over))
    if event.returned == payment.amount_minor or (payment.credited and over <= more):
        _settle_alert(connection, Kind.PAYMENT, payment, "it was refunded")
    say(
        connection,
        runtime,
        held,
        Reply("payment.refunded", {"amount": Money(more, payment.currency)}),
    )


def _keep_dispute(connection: Connection, payment: Row[Any], event: GatewayEvent) -> None:
    won = event.outcome is Outcome.CHARGEBACK_WON
    row = insert(connection, refunds).values(
        payment_id=payment.id,
        kind="chargeback",
        dispute=event.dispute,
        amount_minor=event.returned,
        refunded_at=event.at,
        reversed_at=event.at if won else None,
    )
    again = {"reversed_at": row.excluded.reversed_at}
    connection.execute(
        row.on_conflict_do_update(index_elements=["payment_id", "dispute"], set_=again)
    )
    if won:
        _settle_alert(connection, Kind.CHARGEBACK, payment, "it was turned down")


def _dispute(connection: Connection, payment: Row[Any], event: GatewayEvent) -> Row[Any] | None:
    if event.dispute is None:
        return None
    this = (refunds.c.payment_id == payment.id, refunds.c.dispute == event.dispute)
    return connection.execute(select(refunds).where(*this)).one_or_none()


def _settle_alert(connection: Connection, kind: Kind, payment: Row[Any], reason: str) -> None:
    flags.settle(connection, kind, payment.gateway, payment.gateway_payment, reason)
