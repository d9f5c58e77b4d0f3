"""The timeline of payments: every step from the text to the receipt and its time, by one query."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    String,
    case,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

from bot.billing.events import Kind
from bot.messaging.reports.status import ARRIVED, FAILED
from bot.payments.gateways import Outcome
from bot.payments.judgement import Verdict
from bot.store.columns import Id, utc_now
from bot.store.tables import (
    accounts,
    checkouts,
    contacts,
    conversations,
    delivery_reports,
    gateway_events,
    outbound_messages,
    payment_events,
    payment_links,
    payments,
    promises,
    refunds,
)

RECEIPTS = tuple(
    f"payment.{key}{variant}"
    for key in ("receipt", "receipt_at_store")
    for variant in ("", ".plain")
)
# The notices that moved a payment; what was known, or of an earlier attempt, did not.
_MOVED = (Verdict.TRIED, Verdict.PENDING, Verdict.FAILED, Verdict.UNPAID, Verdict.LEFT)

_message, _link, _act = outbound_messages.c, payment_links.c, payment_events.c


class What(StrEnum):
    """The steps, in the order in which they come where they have the same time."""

    LINK_MADE = "link_made"
    QUEUED = "queued"
    SENT = "sent"
    RECEIPT_SENT = "receipt_sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    OPENED = Kind.OPENED.value
    WRONG_ANSWER = Kind.WRONG_ANSWER.value
    VERIFIED = Kind.VERIFIED.value
    VIEWED = Kind.VIEWED.value
    PROMISED = "promised"
    STARTED = "started"
    TRIED = Outcome.TRIED.value
    PENDING = Outcome.PENDING.value
    FAILED = Outcome.FAILED.value
    EXPIRED = Outcome.EXPIRED.value
    PAID = Outcome.PAID.value
    DOUBLE_PAYMENT = "double_payment"
    REFUNDED = Outcome.REFUNDED.value
    CHARGED_BACK = Outcome.CHARGED_BACK.value
    CHARGEBACK_WON = Outcome.CHARGEBACK_WON.value
    PROMISE_KEPT = "promise_kept"
    PROMISE_BROKEN = "promise_broken"
    PROMISE_MOVED = "promise_moved"
    LINK_EXPIRED = "link_expired"


@dataclass(frozen=True)
class Event:
    """One step: when (by the gateway's or carrier's clock where they told it), on which account.

    `link_id` and `message_id` where it is of one; the amount in minor units of its currency.
    `detail` is a script's key, a gateway's name, or the day of a promise.
    """

    at: datetime
    what: What
    account_id: int
    link_id: int | None
    message_id: int | None
    amount_minor: int | None
    currency: str | None
    detail: str | None


def of_account(
    connection: Connection, account_id: int, since: datetime | None = None, most: int | None = None
) -> list[Event]:
    """The steps on one account, the oldest first."""
    found = _statement(since, None)
    # The bare condition reaches every branch of the union, and so its index.
    mine = found.where(found.selected_columns.account_id == account_id)
    return list(_events(connection, mine.limit(most)))


def between(connection: Connection, start: datetime, end: datetime) -> Iterator[Event]:
    """The steps on every account from `start` until before `end`, the oldest first."""
    return _events(connection, _statement(start, end))


def of_campaign(connection: Connection, campaign_id: int) -> Iterator[Event]:
    """The steps of a campaign's messages, and of the links in them, the oldest first."""
    found = _statement(None, None)
    step = found.selected_columns
    its_links = select(_link.id).where(_link.campaign_id == campaign_id)
    its_messages = select(_message.id).where(_message.campaign_id == campaign_id)
    return _events(
        connection, found.where(step.link_id.in_(its_links) | step.message_id.in_(its_messages))
    )


def _events(connection: Connection, found: Select[Any]) -> Iterator[Event]:
    for row in connection.execute(found):
        at, what, *rest = row[:8]
        yield Event(at, What(what), *rest)


def _statement(since: datetime | None, until: datetime | None) -> Select[Any]:
    """One statement over every table that knows of a step."""
    told = union_all(*_messages(), *_acts(), *_links(), *_payments(), *_promises()).subquery()
    step = told.c
    ordered = select(told)
    if since is not None:
        ordered = ordered.where(step.at >= since)
    if until is not None:
        ordered = ordered.where(step.at < until)
    return ordered.order_by(step.at, step.rank, step.account_id, step.link_id, step.message_id)


def _step(
    at: Any,
    what: What | ColumnElement[str],
    account_id: Any,
    link_id: Any = None,
    message_id: Any = None,
    money: tuple[Any, Any] = (None, None),
    detail: Any = None,
) -> Select[Any]:
    """The columns of one step; `money` is an amount and its currency."""
    told = literal(what.value, String) if isinstance(what, What) else what
    values = (link_id, message_id, *money, detail)
    kinds: tuple[Any, ...] = (Id, Id, Id, String, String)
    rest = [cast(null(), kind) if v is None else v for v, kind in zip(values, kinds, strict=True)]
    names = ("link_id", "message_id", "amount_minor", "currency", "detail")
    return select(
        at.label("at"),
        told.label("what"),
        account_id.label("account_id"),
        *(value.label(name) for value, name in zip(rest, names, strict=True)),
        _rank(told).label("rank"),
    )


def _rank(what: ColumnElement[str]) -> ColumnElement[int]:
    return case({one.value: number for number, one in enumerate(What)}, value=what, else_=0)


def _messages() -> Iterator[Select[Any]]:
    """What was queued, sent and delivered about an account."""
    ids = (_message.account_id, _message.payment_link_id, _message.id)
    about = _message.account_id.is_not(None)
    key = _message.script_key
    sent = case((key.in_(RECEIPTS), What.RECEIPT_SENT.value), else_=What.SENT.value)
    yield _step(_message.created_at, What.QUEUED, *ids, detail=key).where(about)
    at = _message.sent_at
    yield _step(at, sent, *ids, detail=key).where(about, at.is_not(None))
    report = delivery_reports.c
    told_at = func.coalesce(report.happened_at, report.created_at, type_=_message.created_at.type)
    for what, statuses in ((What.DELIVERED, ARRIVED), (What.UNDELIVERED, FAILED)):
        told = _step(told_at, what, *ids, detail=key).join_from(
            outbound_messages, delivery_reports, report.outbound_id == _message.id
        )
        yield told.where(about, report.status.in_(sorted(statuses)))


def _acts() -> Iterator[Select[Any]]:
    """What the person did with a link, and what they answered by text."""
    acts = (_act.created_at, _act.kind)
    yield _step(*acts, _link.account_id, _link.id).join_from(payment_events, payment_links)
    by_text = _step(*acts, accounts.c.id).select_from(payment_events)
    yield (
        by_text.join(conversations, conversations.c.id == _act.conversation_id)
        .join(contacts, contacts.c.id == conversations.c.contact_id)
        .join(accounts, accounts.c.number == contacts.c.number)
        .where(_act.payment_link_id.is_(None))
    )


def _links() -> Iterator[Select[Any]]:
    ids = (_link.account_id, _link.id)
    yield _step(_link.created_at, What.LINK_MADE, *ids)
    lapsed = _link.status.in_(("open", "started", "failed")) & (_link.expires_at <= utc_now())
    yield _step(_link.expires_at, What.LINK_EXPIRED, *ids).where(lapsed)


def _payments() -> Iterator[Select[Any]]:
    """What happened at the gateways."""
    ids, begun = (_link.account_id, _link.id), checkouts.c
    quoted = (begun.amount_minor, begun.currency)
    started = _step(begun.created_at, What.STARTED, *ids, money=quoted, detail=begun.gateway)
    yield started.join_from(checkouts, payment_links)
    notice = gateway_events.c
    moved = _step(notice.created_at, notice.kind, *ids, detail=notice.gateway)
    yield moved.join_from(gateway_events, payment_links).where(notice.outcome.in_(_MOVED))
    yield from _money()


def _money() -> Iterator[Select[Any]]:
    """What came in and what went back."""
    ids, paid, back = (_link.account_id, _link.id), payments.c, refunds.c
    what = case((paid.credited, What.PAID.value), else_=What.DOUBLE_PAYMENT.value)
    amount = (paid.amount_minor, paid.currency)
    received = _step(paid.paid_at, what, *ids, money=amount, detail=paid.gateway)
    yield received.join_from(payments, payment_links)
    returned = case((back.kind == "refund", What.REFUNDED.value), else_=What.CHARGED_BACK.value)
    went = (back.amount_minor, paid.currency)
    for at, which in ((back.refunded_at, returned), (back.reversed_at, What.CHARGEBACK_WON)):
        gone = _step(at, which, *ids, money=went, detail=paid.gateway)
        joined = gone.join_from(refunds, payments).join(payment_links)
        yield joined.where(at.is_not(None))


def _promises() -> Iterator[Select[Any]]:
    made = promises.c
    told: dict[str, Any] = {
        "money": (made.amount_minor, made.currency),
        "detail": cast(made.day, String),
    }
    yield _step(made.created_at, What.PROMISED, made.account_id, **told)
    settled = case(
        {one: f"promise_{one}" for one in ("kept", "broken", "moved")}, value=made.status
    )
    ended = _step(made.settled_at, settled, made.account_id, **told)
    yield ended.where(made.settled_at.is_not(None))
