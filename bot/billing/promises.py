"""Promises to pay: what was promised on which account, and whether it was kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, case, func, select, update

from bot.billing.links import PAYABLE
from bot.billing.shares import shares
from bot.compliance import holds
from bot.dialogue.holds import HoldKind
from bot.dialogue.turn import Account
from bot.store.columns import seconds_from_now, utc_now
from bot.store.session import insert
from bot.store.tables import accounts, conversations, payment_links, payments, promises
from bot.text.amounts import Amount
from bot.text.format import Money

# So long after the day the notice of a payment may still be on its way.
NOTICES_TAKE_S = 15 * 60

_promise = promises.c


class Status(StrEnum):
    """What became of a promise; `moved` when another day took its place."""

    OPEN = "open"
    KEPT = "kept"
    BROKEN = "broken"
    MOVED = "moved"


@dataclass(frozen=True)
class Promised:
    """What somebody wrote in a conversation: the day, its end where they are, the amount if any.

    `proved` is the account that they proved by text just before, if they did.
    """

    conversation_id: int
    inbound_id: int
    day: date
    until: datetime
    amount: Amount | None = None
    proved: int | None = None


def make(connection: Connection, owed: Sequence[Account], promised: Promised) -> None:
    """Write a promise down for each account that it is of, in place of every earlier one; which
    those are, and how much of each, says `shares`."""
    due = [one.id for one in owed if one.due.minor > 0]
    _settle(connection, _promise.account_id.in_(due), Status.MOVED)
    about = promised.proved or _linked(connection, promised.conversation_id, due)
    for account, money in shares(promised.amount, owed, about):
        connection.execute(insert(connection, promises).values(_row(promised, account, money)))


def _linked(connection: Connection, conversation_id: int, due: Sequence[int]) -> int | None:
    """The account that the conversation's open links are for; None where they are for several."""
    link = payment_links.c
    found = select(link.account_id).where(
        link.account_id.in_(due),
        link.conversation_id == conversation_id,
        link.status.in_(PAYABLE),
        link.expires_at > utc_now(),
    )
    linked: set[int] = set(connection.execute(found).scalars())
    return linked.pop() if len(linked) == 1 else None


def note_payment(connection: Connection, account_id: int, contact_id: int) -> None:
    """A payment came: settle what it keeps, also where its notice was late, and end the hold."""
    connection.execute(
        update(promises)
        .where(_promise.account_id == account_id, _kept())
        .where(_promise.status.in_((Status.OPEN, Status.BROKEN)))
        .values(status=Status.KEPT, settled_at=utc_now())
    )
    theirs = select(conversations.c.id).where(conversations.c.contact_id == contact_id)
    made = select(_promise.status).where(_promise.conversation_id.in_(theirs))
    statuses: set[str] = set(connection.execute(made).scalars())
    if statuses and Status.OPEN not in statuses:
        holds.release(connection, contact_id, HoldKind.PROMISE, "gateway", "the promise was kept")


def judge_due(connection: Connection) -> None:
    """Say of every promise whose day is over whether it was kept."""
    over = _promise.until <= seconds_from_now(-NOTICES_TAKE_S)
    verdict = case((_kept(), Status.KEPT.value), else_=Status.BROKEN.value)
    _settle(connection, over, verdict)


def _kept() -> ColumnElement[bool]:
    """Enough was paid from the promise to the end of its day, or nothing was due at its end."""
    since = _promise.created_at
    in_time = _paid(payments.c.paid_at < _promise.until, payments.c.created_at >= since)
    later = _paid(payments.c.paid_at >= _promise.until)
    due = select(accounts.c.due_minor).where(accounts.c.id == _promise.account_id)
    return (in_time >= _promise.amount_minor) | (due.scalar_subquery() + later <= 0)


def _paid(*when: ColumnElement[bool]) -> ColumnElement[int]:
    total = func.coalesce(func.sum(payments.c.amount_minor), 0)
    found = (
        select(total)
        .join(payment_links, payment_links.c.id == payments.c.payment_link_id)
        .where(payment_links.c.account_id == _promise.account_id, payments.c.credited, *when)
    )
    return found.correlate(promises).scalar_subquery()


def _settle(
    connection: Connection, which: ColumnElement[bool], status: Status | ColumnElement[str]
) -> None:
    connection.execute(
        update(promises)
        .where(which, _promise.status == Status.OPEN)
        .values(status=status, settled_at=utc_now())
    )


def _row(promised: Promised, account: Account, money: Money) -> dict[str, object]:
    return {
        "conversation_id": promised.conversation_id,
        "account_id": account.id,
        "inbound_id": promised.inbound_id,
        "day": promised.day,
        "until": promised.until,
        "amount_minor": money.minor,
        "currency": money.currency,
    }
