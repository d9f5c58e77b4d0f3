"""Promises to pay: what was promised on which account, and whether it was kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Connection, case, func, select, update

from bot.compliance import holds
from bot.dialogue.holds import HoldKind
from bot.dialogue.turn import Account
from bot.store.columns import seconds_from_now, utc_now
from bot.store.session import insert
from bot.store.tables import accounts, conversations, payment_links, payments, promises
from bot.text.amounts import Amount, part_of
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
    """What somebody wrote in a conversation: the day, its end where they are, the amount if any."""

    conversation_id: int
    inbound_id: int
    day: date
    until: datetime
    amount: Amount | None = None


def make(connection: Connection, owed: Sequence[Account], promised: Promised) -> None:
    """Write a promise down for each account on which something is due, in place of earlier ones.

    An amount that was named is of the account with the earliest date alone.
    """
    due = sorted((one for one in owed if one.due.minor > 0), key=_earliest)
    if not due:
        return
    _settle(connection, _promise.account_id.in_([one.id for one in due]), Status.MOVED)
    part = part_of(promised.amount, due[0].due) if promised.amount else None
    of_each = [(due[0], part)] if part else [(one, one.due) for one in due]
    for account, money in of_each:
        connection.execute(insert(connection, promises).values(_row(promised, account, money)))


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


def _earliest(account: Account) -> str:
    return str(account.due_date or "9999")
