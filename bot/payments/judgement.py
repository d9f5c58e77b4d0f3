"""What a gateway's notice means for a link, whatever came before it: pure, and final once paid."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

from bot.payments import reference
from bot.payments.gateways import GatewayEvent, Outcome
from bot.payments.link import UNDER_WAY, Status, quoted_by
from bot.text.format import Money


class Verdict(StrEnum):
    """What a notice turned out to be, in the words that are kept with it."""

    PAID = "paid"
    OVERPAID = "paid, more than was due"
    PENDING = "pending"
    FAILED = "failed"
    UNPAID = "expired before the store was paid"
    LEFT = "expired without a payment"
    KNOWN = "known already"
    EARLIER = "about an earlier attempt"
    UNKNOWN_REFERENCE = "unknown reference"
    WRONG_AMOUNT = "wrong amount"
    DOUBLE_PAYMENT = "double payment"
    OTHER_PAYMENT = "payment of another link"


RECEIVED = frozenset({Verdict.PAID, Verdict.OVERPAID})
# Money is where it should not be, or a notice speaks of money we know nothing of.
FOR_A_PERSON = frozenset(
    {
        Verdict.OVERPAID,
        Verdict.UNKNOWN_REFERENCE,
        Verdict.WRONG_AMOUNT,
        Verdict.DOUBLE_PAYMENT,
        Verdict.OTHER_PAYMENT,
    }
)


@dataclass(frozen=True)
class Case:
    """A notice and what is known: the link it names, what its account owes now.

    `taken` says that the gateway's payment has paid another link already.
    """

    event: GatewayEvent
    link: Row[Any] | None
    due: Money | None = None
    taken: bool = False


def judge(case: Case) -> Verdict:
    """The verdict on a notice; only the first payment of the right amount is ever received."""
    event, link = case.event, case.link
    named = reference.parse(event.reference)
    if link is None or named is None or not reference.belongs(named, link):
        return Verdict.UNKNOWN_REFERENCE
    if event.gateway != link.gateway:
        return Verdict.UNKNOWN_REFERENCE
    if event.outcome is Outcome.PAID:
        return _judge_paid(case, link)
    if named.attempt <= link.failures:
        return Verdict.EARLIER
    if event.amount != quoted_by(link):
        return Verdict.WRONG_AMOUNT
    return _judge_unpaid(Status(link.status), event.outcome)


def _judge_paid(case: Case, link: Row[Any]) -> Verdict:
    """Accept it from every other state: late, of an earlier attempt, for a revoked link."""
    if link.status == Status.PAID:
        same = case.event.payment == link.gateway_payment
        return Verdict.KNOWN if same else Verdict.DOUBLE_PAYMENT
    if case.taken:
        return Verdict.OTHER_PAYMENT
    if case.event.amount != quoted_by(link):
        return Verdict.WRONG_AMOUNT
    enough = case.due is not None and case.due.minor >= case.event.amount.minor
    return Verdict.PAID if enough else Verdict.OVERPAID


def _judge_unpaid(status: Status, outcome: Outcome) -> Verdict:
    """A payment that is not under way (paid, given up, its link revoked) is left as it is."""
    if status not in UNDER_WAY:
        return Verdict.KNOWN
    if outcome is Outcome.PENDING:
        return Verdict.PENDING if status is Status.STARTED else Verdict.KNOWN
    if outcome is Outcome.FAILED:
        return Verdict.FAILED
    return Verdict.LEFT if status is Status.STARTED else Verdict.UNPAID
