"""Reminding of the end of a link, or of the time for a store: once for a link, past the gate."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import structlog
from sqlalchemy import Connection, Row, exists, select, update

from bot.billing import deadlines
from bot.billing.links import PAYABLE
from bot.compliance import countries
from bot.dialogue.turn import Reply
from bot.errors import HenjiError
from bot.messaging import outbox
from bot.messaging.answering.addressed import address
from bot.messaging.grounds import Grounds, MessageClass
from bot.messaging.outbox import About
from bot.messaging.sending import recall
from bot.payments import attempts
from bot.payments.link import Held, Status, hold
from bot.runtime import Runtime
from bot.store.columns import utc_now
from bot.store.session import transact
from bot.store.tables import outbound_messages, payment_links
from bot.text.language import Language

BILLING = Grounds("billing")
MOST_AT_ONCE = 100

_link = payment_links.c

logger = structlog.get_logger(__name__)


def plan(connection: Connection, held: Held, pay_by: datetime | None) -> None:
    """Cash is awaited at a store from now on: remind of that instead of the end of the account's
    links."""
    account_id = held.link.account_id
    recall.cancel_link_reminders(connection, account_id, "cash is awaited at a store")
    others = (_link.account_id == account_id) & _link.status.in_(PAYABLE)
    connection.execute(update(payment_links).where(others).values(remind_at=None))
    country = countries.of_number(str(held.person.number), countries.shipped())
    at = pay_by and deadlines.remind_at(country, held.person.now, pay_by)
    _set(connection, held.link.id, remind_at=None if held.link.reminded_at else at)


def remind_due(runtime: Runtime) -> int:
    """Queue the reminders that are due, each in a transaction of its own; how many."""
    due = transact(runtime.engine, _due)
    return sum(_remind_of(runtime, one) for one in due)


def _remind_of(runtime: Runtime, link_id: int) -> bool:
    """One that cannot be said keeps nobody else's from leaving."""
    try:
        return transact(runtime.engine, partial(_remind, runtime, link_id))
    except HenjiError as error:
        logger.error("reminder.failed", payment_link=link_id, error=str(error))
        transact(runtime.engine, lambda connection: _set(connection, link_id, remind_at=None))
        return False


def _due(connection: Connection) -> list[int]:
    found = select(_link.id).where(_link.remind_at <= utc_now()).order_by(_link.remind_at)
    return list(connection.execute(found.limit(MOST_AT_ONCE)).scalars())


def _remind(runtime: Runtime, link_id: int, connection: Connection) -> bool:
    """Remind of what ends, unless that is over or was done meanwhile."""
    held = hold(connection, link_id)
    at = held and held.link.remind_at
    if held is None or at is None or at > held.person.now:
        return False
    reply = _reply(connection, held)
    done = {"reminded_at": utc_now()} if reply else {}
    _set(connection, link_id, remind_at=None, **done)
    if reply is not None:
        _queue(connection, runtime, held, *reply)
    return reply is not None


def _reply(connection: Connection, held: Held) -> tuple[Reply, datetime] | None:
    """What to say and what ends when; None where there is nothing to remind of."""
    link, now = held.link, held.person.now
    if held.ended or held.status is Status.PAID:
        return None
    if held.status is not Status.PENDING:
        if not _was_sent(connection, link.id):
            return None
        return Reply("payment.reminder", {"expires": link.expires_at}), link.expires_at
    attempt = attempts.current(connection, link)
    if attempt is None or attempt.pay_by is None or attempt.pay_by <= now:
        return None
    return Reply("payment.reminder_store", {"expires": attempt.pay_by}), attempt.pay_by


def _was_sent(connection: Connection, link_id: int) -> bool:
    """Whether the text that carries a link has left, or may have: nobody knows of any other."""
    message = outbound_messages.c
    not_left = message.status.in_(("queued", "canceled", "failed"))
    left = (message.payment_link_id == link_id) & ~not_left
    return bool(connection.execute(select(exists().where(left))).scalar())


def _queue(
    connection: Connection, runtime: Runtime, held: Held, reply: Reply, ends_at: datetime
) -> None:
    link: Row[Any] = held.link
    message = address(connection, runtime, held.person, reply, Language(link.language))
    assert message is not None
    lasts: timedelta = ends_at - held.person.now
    outbox.enqueue(
        connection,
        link.conversation_id,
        [message],
        MessageClass.REMINDER,
        grounds=BILLING,
        about=About(link.account_id, link.id),
        lasts=lasts,
    )


def _set(connection: Connection, link_id: int, **values: Any) -> None:
    connection.execute(update(payment_links).where(_link.id == link_id).values(**values))
