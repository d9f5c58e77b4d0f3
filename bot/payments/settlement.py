"""A gateway's notice, from the webhook to the receipt: once, in one transaction, in any order."""

import secrets
from dataclasses import replace
from typing import Any

import structlog
from sqlalchemy import Connection, Row, select, update

from bot.billing import accounts, links, promises
from bot.dialogue.effects import Consent
from bot.dialogue.turn import Reply
from bot.messaging import doorbell
from bot.messaging.sending import recall
from bot.payments import attempts, flags, reference, refunds, reminders
from bot.payments.gateways import GatewayEvent, Outcome
from bot.payments.judgement import FOR_A_PERSON, RECEIVED, Case, Verdict, judge
from bot.payments.link import Held, Status, hold
from bot.payments.notices import keep, say
from bot.payments.reference import Reference
from bot.runtime import Runtime
from bot.store.columns import utc_now
from bot.store.session import transact
from bot.store.tables import payment_links, payments
from bot.text.stores import StoreNumbers

# Without 0 O 1 I, which are read out wrongly on the telephone; 40 bits.
RECEIPT_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
RECEIPT_LENGTH = 8
NOTICES = {
    Verdict.PENDING: "payment.pending",
    Verdict.FAILED: "payment.failed",
    Verdict.UNPAID: "payment.failed",
}
OVER = frozenset({Verdict.FAILED, Verdict.UNPAID, Verdict.LEFT})
LONGEST_ID = 128

log = structlog.get_logger(__name__)


def settle(runtime: Runtime, event: GatewayEvent) -> Verdict | None:
    """Take a verified notice in and wake the sender; None where this notice came before."""
    verdict = transact(runtime.engine, lambda connection: _settle(connection, runtime, event))
    write = log.error if verdict in FOR_A_PERSON else log.info
    write("payment.noticed", gateway=event.gateway, notice=event.id, verdict=verdict or "repeated")
    if verdict is not None:
        doorbell.ring(runtime)
    return verdict


def received(connection: Connection, gateway: str, payment: str | None) -> Row[Any] | None:
    """The payment of that id, where the money came here before."""
    found = select(payments).where(
        payments.c.gateway == gateway, payments.c.gateway_payment == payment
    )
    return connection.execute(found).one_or_none()


def _settle(connection: Connection, runtime: Runtime, event: GatewayEvent) -> Verdict | None:
    if event.outcome in refunds.OUTCOMES:
        return _settle_refund(connection, runtime, event)
    if not event.reference:
        attempt = attempts.of_session(connection, event.gateway, event.session)
        if attempt is None:
            return Verdict.UNKNOWN_PAYMENT
        event = replace(event, reference=attempts.reference_of(attempt))
    named = reference.parse(event.reference)
    held = hold(connection, named.link_id) if named else None
    case = _case(connection, runtime, held, named, event) if held and named else Case(event, None)
    verdict = judge(case)
    known = held is not None and verdict is not Verdict.UNKNOWN_REFERENCE
    if not keep(connection, event, verdict, held.link.id if held and known else None):
        return None
    if held is not None and known:
        _carry_out(connection, runtime, held, case, verdict)
    flags.raise_for(connection, event, verdict)
    return verdict


def _settle_refund(connection: Connection, runtime: Runtime, event: GatewayEvent) -> Verdict | None:
    """What goes back was paid: a refund that overtakes the payment's own notice stands for both."""
    payment = received(connection, event.gateway, event.payment)
    if payment is None and event.outcome is Outcome.REFUNDED and event.reference:
        paid = replace(event, id=f"paid:{event.id}"[:LONGEST_ID], outcome=Outcome.PAID)
        _settle(connection, runtime, paid)
        payment = received(connection, event.gateway, event.payment)
    if payment is None:
        return Verdict.UNKNOWN_PAYMENT
    return refunds.settle(connection, runtime, payment, event)


def _case(
    connection: Connection, runtime: Runtime, held: Held, named: Reference, event: GatewayEvent
) -> Case:
    attempt = attempts.of(connection, named)
    account = accounts.by_id(connection, runtime.vault, held.link.account_id)
    payment = received(connection, event.gateway, event.payment)
    return Case(event, held.link, attempt, account.due, payment)


def _carry_out(
    connection: Connection, runtime: Runtime, held: Held, case: Case, verdict: Verdict
) -> None:
    assert case.attempt is not None
    if verdict is not Verdict.WRONG_AMOUNT:
        attempts.note(connection, case.attempt, case.event)
    if verdict in RECEIVED or verdict is Verdict.DOUBLE_PAYMENT:
        _keep_payment(connection, case, credited=verdict in RECEIVED)
    if verdict is Verdict.KNOWN and case.event.outcome is Outcome.PAID:
        _note_earlier(connection, case)
    if verdict in RECEIVED:
        _receive(connection, runtime, held, case.event)
    elif verdict is Verdict.PENDING:
        _change(connection, held, status=Status.PENDING)
        reminders.plan(connection, held, case.event.pay_by)
    elif verdict in OVER:
        _end_attempt(connection, held)
    if told := _notice(case.event, verdict):
        # Then it was the time for the store that ran out.
        ran_out = held.status is Status.PENDING and verdict in OVER
        say(connection, runtime, held, told, None if ran_out else case.event.at)


def _notice(event: GatewayEvent, verdict: Verdict) -> Reply | None:
    if verdict is Verdict.PENDING and event.pay_by:
        if event.stores:
            told = {"stores": StoreNumbers(event.stores), "expires": event.pay_by}
            return Reply("payment.pending_stores", told)
        if event.voucher_number:
            told = {"number": event.voucher_number, "expires": event.pay_by}
            return Reply("payment.pending_number", told)
    key = NOTICES.get(verdict)
    return Reply(key) if key else None


def _end_attempt(connection: Connection, held: Held) -> None:
    """Another try may follow, unless the person has stopped all messages meanwhile."""
    stopped = held.person.consent == Consent.STOPPED
    status = Status.REVOKED if stopped else Status.FAILED
    _change(connection, held, status=status, failures=held.link.failures + 1)


def _receive(connection: Connection, runtime: Runtime, held: Held, event: GatewayEvent) -> None:
    """The money is here: the link is paid for good, less is due, and the receipt leaves."""
    number = "".join(secrets.choice(RECEIPT_ALPHABET) for _ in range(RECEIPT_LENGTH))
    _change(connection, held, status=Status.PAID, receipt_number=number, paid_at=utc_now())
    accounts.pay(connection, held.link.account_id, event.amount.minor)
    # Whoever has another link to the account would see an amount that is paid.
    links.revoke(connection, held.link.account_id)
    promises.note_payment(connection, held.link.account_id, held.person.contact_id)
    recall.outdate_dunning(connection, [held.link.account_id], f"paid meanwhile: receipt {number}")
    values = {"amount": event.amount, "receipt_number": number}
    say(connection, runtime, held, Reply(_receipt(held), values), event.at)


def _receipt(held: Held) -> str:
    """The script that leads to the receipt behind the link, where its address was sent."""
    return "payment.receipt" if held.link.store_order is None else "payment.receipt_at_store"


def _keep_payment(connection: Connection, case: Case, credited: bool) -> None:
    assert case.attempt is not None
    connection.execute(
        payments.insert().values(
            payment_link_id=case.attempt.payment_link_id,
            checkout_id=case.attempt.id,
            gateway=case.event.gateway,
            gateway_payment=case.event.payment,
            amount_minor=case.event.amount.minor,
            currency=case.event.amount.currency,
            credited=credited,
            paid_at=case.event.at,
        )
    )


def _note_earlier(connection: Connection, case: Case) -> None:
    """The payment's own notice tells when the money moved; a refund that overtook it did not."""
    its = (payments.c.gateway == case.event.gateway) & (
        payments.c.gateway_payment == case.event.payment
    )
    earlier = payments.c.paid_at > case.event.at
    connection.execute(update(payments).where(its, earlier).values(paid_at=case.event.at))


def _change(connection: Connection, held: Held, **values: Any) -> None:
    connection.execute(
        update(payment_links).where(payment_links.c.id == held.link.id).values(**values)
    )
