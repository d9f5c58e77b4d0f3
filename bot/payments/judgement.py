"""What a gateway's notice means for a link, whatever came before it: pure, and final once paid."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

from bot.payments import attempts, reference
from bot.payments.gateways import GatewayEvent, Outcome
from bot.payments.link import UNDER_WAY, Status
from bot.text.format import Money


class Verdict(StrEnum):
    """What a notice turned out to be, in the words that are kept with it."""

    PAID = "paid"
    OVERPAID = "paid, more than was due"
    PENDING = "pending"
    TRIED = "tried in vain"
    FAILED = "failed"
    UNPAID = "expired before the store was paid"
    LEFT = "expired without a payment"
    KNOWN = "known already"
    EARLIER = "about an earlier attempt"
    UNKNOWN_REFERENCE = "unknown reference"
    UNKNOWN_PAYMENT = "about an unknown payment"
    WRONG_AMOUNT = "wrong amount"
    DOUBLE_PAYMENT = "double payment"
    OTHER_PAYMENT = "payment of another link"
    REFUNDED = "refunded"
    CHARGED_BACK = "charged back"
    CHARGEBACK_WON = "chargeback won"


RECEIVED = frozenset({Verdict.PAID, Verdict.OVERPAID})
# Money is where it should not be, or a notice speaks of money we know nothing of.
FOR_A_PERSON = frozenset(
    {
        Verdict.OVERPAID,
        Verdict.UNKNOWN_REFERENCE,
        Verdict.WRONG_AMOUNT,
        Verdict.DOUBLE_PAYMENT,
        Verdict.OTHER_PAYMENT,
        Verdict.CHARGED_BACK,
    }
)


@dataclass(frozen=True)
class Case:
    """A notice and what is known: the link and attempt it names, what its account owes now.

    `payment` is the row of the gateway's payment where it was received before.
    """

    event: GatewayEvent
    link: Row[Any] | None
    attempt: Row[Any] | None = None
    due: Money | None = None
    payment: Row[Any] | None = None


def judge(case: Case) -> Verdict:
    """The verdict on a notice; only the first payment of the right amount is ever received."""
    event, link, attempt = case.event, case.link, case.attempt
    named = reference.parse(event.reference)
    if link is None or attempt is None or named is None or not reference.belongs(named, link):
        return Verdict.UNKNOWN_REFERENCE
    if event.gateway != attempt.gateway:
        return Verdict.UNKNOWN_REFERENCE
    if event.outcome is Outcome.PAID:
        return _judge_paid(case, link, attempt)
    if named.attempt <= link.failures:
        return Verdict.EARLIER
    if event.amount != attempts.amount_of(attempt):
        return Verdict.WRONG_AMOUNT
    return _judge_unpaid(case, link, attempt)


def _judge_paid(case: Case, link: Row[Any], attempt: Row[Any]) -> Verdict:
    """Accept it from every other state: late, of an earlier attempt, for a revoked link."""
    if case.payment is not None:
        same = case.payment.payment_link_id == link.id
        return Verdict.KNOWN if same else Verdict.OTHER_PAYMENT
    if link.status == Status.PAID:
        return Verdict.DOUBLE_PAYMENT
    if case.event.amount != attempts.amount_of(attempt):
        return Verdict.WRONG_AMOUNT
    return Verdict.PAID if _is_due(case) else Verdict.OVERPAID


def _is_due(case: Case) -> bool:
    amount, due = case.event.amount, case.due
    return due is not None and due.currency == amount.currency and due.minor >= amount.minor


def _was_replaced(case: Case, link: Row[Any], attempt: Row[Any]) -> bool:
    """Whether a newer link was made while the person was at the gateway: they still chose a store
    there, for what is still due."""
    is_open = attempt.status in attempts.PAYABLE
    return link.status == Status.REVOKED and is_open and _is_due(case)


def _judge_unpaid(case: Case, link: Row[Any], attempt: Row[Any]) -> Verdict:
    """A payment that is not under way (paid, given up, its link revoked) is left as it is, unless a
    store was chosen for it."""
    status, outcome = Status(link.status), case.event.outcome
    if outcome is Outcome.PENDING and _was_replaced(case, link, attempt):
        return Verdict.PENDING
    if status not in UNDER_WAY:
        return Verdict.KNOWN
    if outcome is Outcome.TRIED:
        return Verdict.TRIED
    if outcome is Outcome.PENDING:
        return Verdict.PENDING if status is Status.STARTED else Verdict.KNOWN
    if outcome is Outcome.FAILED:
        return Verdict.FAILED
    return Verdict.LEFT if status is Status.STARTED else Verdict.UNPAID
