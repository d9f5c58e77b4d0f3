"""A gateway's notice, from the webhook to the receipt: once, in one transaction, in any order."""

import secrets
from typing import Any

import structlog
from sqlalchemy import Connection, exists, select, update

from bot.billing import accounts
from bot.dialogue.turn import Reply
from bot.messaging import outbox
from bot.messaging.answering.addressed import address
from bot.messaging.gate import MessageClass
from bot.payments import reference
from bot.payments.gateways import GatewayEvent
from bot.payments.judgement import FOR_A_PERSON, RECEIVED, Case, Verdict, judge
from bot.payments.link import Held, Status, hold
from bot.runtime import Runtime
from bot.store.columns import utc_now
from bot.store.session import insert, transact
from bot.store.tables import gateway_events, payment_links
from bot.text.language import Language

# Without 0 O 1 I, which are read out wrongly on the telephone; 40 bits.
RECEIPT_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
RECEIPT_LENGTH = 8
NOTICES = {
    Verdict.PENDING: "payment.pending",
    Verdict.FAILED: "payment.failed",
    Verdict.UNPAID: "payment.failed",
}

log = structlog.get_logger(__name__)


def settle(runtime: Runtime, event: GatewayEvent) -> Verdict | None:
    """Take a verified notice in and wake the sender; None where this notice came before."""
    verdict = transact(runtime.engine, lambda connection: _settle(connection, runtime, event))
    write = log.error if verdict in FOR_A_PERSON else log.info
    write("payment.noticed", gateway=event.gateway, notice=event.id, verdict=verdict or "repeated")
    if verdict is not None:
        outbox.wake(runtime)
    return verdict


def _settle(connection: Connection, runtime: Runtime, event: GatewayEvent) -> Verdict | None:
    named = reference.parse(event.reference)
    held = hold(connection, named.link_id) if named else None
    case = _case(connection, runtime, held, event) if held else Case(event, None)
    verdict = judge(case)
    if not _keep(connection, case, verdict):
        return None
    if held is not None:
        _carry_out(connection, runtime, held, case, verdict)
    return verdict


def _case(connection: Connection, runtime: Runtime, held: Held, event: GatewayEvent) -> Case:
    elsewhere = exists().where(
        payment_links.c.gateway_payment == event.payment, payment_links.c.id != held.link.id
    )
    taken = connection.execute(select(elsewhere)).scalar_one()
    account = accounts.by_id(connection, runtime.vault, held.link.account_id)
    return Case(event, held.link, account.due, taken)


def _keep(connection: Connection, case: Case, verdict: Verdict) -> bool:
    """Write the notice down; False where it is there already."""
    known = verdict is not Verdict.UNKNOWN_REFERENCE and case.link is not None
    row = insert(connection, gateway_events).values(
        gateway=case.event.gateway,
        event_id=case.event.id,
        kind=case.event.outcome,
        payment_link_id=case.link.id if known and case.link else None,
        outcome=verdict,
    )
    once = row.on_conflict_do_nothing(index_elements=["gateway", "event_id"])
    return connection.execute(once.returning(gateway_events.c.id)).first() is not None


def _carry_out(
    connection: Connection, runtime: Runtime, held: Held, case: Case, verdict: Verdict
) -> None:
    if verdict in RECEIVED:
        _receive(connection, runtime, held, case.event)
    elif verdict is Verdict.PENDING:
        _change(connection, held, status=Status.PENDING)
    elif verdict in {Verdict.FAILED, Verdict.UNPAID, Verdict.LEFT}:
        _change(connection, held, status=Status.FAILED, failures=held.link.failures + 1)
    if key := NOTICES.get(verdict):
        _say(connection, runtime, held, Reply(key))


def _receive(connection: Connection, runtime: Runtime, held: Held, event: GatewayEvent) -> None:
    """The money is here: the link is paid for good, less is due, and the receipt leaves."""
    number = "".join(secrets.choice(RECEIPT_ALPHABET) for _ in range(RECEIPT_LENGTH))
    _change(
        connection,
        held,
        status=Status.PAID,
        gateway_payment=event.payment,
        receipt_number=number,
        paid_at=utc_now(),
    )
    accounts.pay(connection, held.link.account_id, event.amount.minor)
    values = {"amount": event.amount, "receipt_number": number}
    _say(connection, runtime, held, Reply("payment.receipt", values))


def _change(connection: Connection, held: Held, **values: Any) -> None:
    connection.execute(
        update(payment_links).where(payment_links.c.id == held.link.id).values(**values)
    )


def _say(connection: Connection, runtime: Runtime, held: Held, reply: Reply) -> None:
    message = address(connection, runtime, held.person, reply, Language(held.link.language))
    assert message is not None
    outbox.enqueue(connection, held.link.conversation_id, [message], MessageClass.NOTICE)
