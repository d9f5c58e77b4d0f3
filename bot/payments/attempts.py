"""The attempts to pay through a link: a row of `checkouts` each, with the page opened for it."""

from datetime import timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, select, update

from bot.payments import reference
from bot.payments.gateways import GatewayEvent, Opened, Outcome
from bot.payments.link import UNDER_WAY, hold
from bot.payments.reference import Reference
from bot.store.columns import seconds_from_now, utc_now
from bot.store.session import insert
from bot.store.tables import checkouts, conversations, payment_links, senders
from bot.text.format import Money
from bot.text.language import Language

# Who begins in the link's last minute is given the time to end. Stripe wants half an hour at the
# least, counted when the request arrives there.
SHORTEST_SESSION = timedelta(minutes=30, seconds=45)
LONGEST_SESSION = timedelta(hours=24)
# So long after the end of a page its notice may still be on its way.
NOTICES_TAKE_S = 3600
MOST_OVERDUE = 1000


class Status(StrEnum):
    """Where an attempt stands: `tried` in vain, which can be done again on the same page; `over`,
    which cannot; or `refused` by the gateway, so that there is no page."""

    OPEN = "open"
    TRIED = "tried"
    PENDING = "pending"
    PAID = "paid"
    OVER = "over"
    REFUSED = "refused"


# Somebody may still pay on the pages of these.
PAYABLE = (Status.OPEN, Status.TRIED)
# What a notice makes of an attempt, and of which: the order of notices cannot be relied on.
_AFTER = {
    Outcome.TRIED: (Status.TRIED, {Status.OPEN}),
    Outcome.PENDING: (Status.PENDING, {*PAYABLE, Status.PENDING}),
    Outcome.FAILED: (Status.OVER, {*PAYABLE, Status.PENDING}),
    Outcome.EXPIRED: (Status.OVER, {*PAYABLE, Status.PENDING}),
    Outcome.PAID: (Status.PAID, set(Status)),
}
_ATTEMPTS = (
    select(
        checkouts,
        payment_links.c.created_at.label("link_created_at"),
        senders.c.brand,
        senders.c.brand_en,
        utc_now().label("now"),
    )
    .join(payment_links, payment_links.c.id == checkouts.c.payment_link_id)
    .join(conversations, conversations.c.id == payment_links.c.conversation_id)
    .join(senders, senders.c.id == conversations.c.sender_id)
)


def of(connection: Connection, named: Reference) -> Row[Any] | None:
    """The attempt that a reference names, with `link_created_at`, the sender's names and `now`."""
    found = _ATTEMPTS.where(
        checkouts.c.payment_link_id == named.link_id, checkouts.c.attempt == named.attempt
    )
    return connection.execute(found).one_or_none()


def of_session(connection: Connection, gateway: str, session: str) -> Row[Any] | None:
    """The attempt that a gateway's session was opened for."""
    found = _ATTEMPTS.where(checkouts.c.gateway == gateway, checkouts.c.session == session)
    return connection.execute(found.order_by(checkouts.c.id.desc()).limit(1)).first()


def current(connection: Connection, link: Row[Any]) -> Row[Any] | None:
    """The attempt of a link that is under way."""
    return of(connection, reference.of(link))


def reference_of(attempt: Row[Any]) -> str:
    """What an attempt is called at the gateway."""
    made = int(attempt.link_created_at.timestamp())
    return str(Reference(attempt.payment_link_id, made, attempt.attempt))


def amount_of(attempt: Row[Any]) -> Money:
    """The amount that was quoted when the attempt began."""
    return Money(attempt.amount_minor, attempt.currency)


def start(
    connection: Connection, link: Row[Any], gateway: str, amount: Money, language: Language
) -> Row[Any]:
    """A new attempt, whose page ends with the link, but lasts half an hour to a day."""
    now = connection.execute(select(utc_now())).scalar_one()
    lasts = min(max(link.expires_at, now + SHORTEST_SESSION), now + LONGEST_SESSION)
    connection.execute(
        insert(connection, checkouts).values(
            payment_link_id=link.id,
            attempt=link.failures + 1,
            gateway=gateway,
            amount_minor=amount.minor,
            currency=amount.currency,
            language=language,
            expires_at=lasts,
            created_at=now,
        )
    )
    started = current(connection, link)
    assert started is not None
    return started


def open_for(connection: Connection, account_id: int) -> list[Row[Any]]:
    """The attempts of an account on whose pages somebody may still pay."""
    found = _ATTEMPTS.where(
        payment_links.c.account_id == account_id,
        checkouts.c.status.in_(PAYABLE),
        checkouts.c.session.is_not(None),
    )
    return list(connection.execute(found))


def overdue(connection: Connection, gateway: str) -> list[Row[Any]]:
    """The attempts that should have ended by now: their page, or the time for a store, is over."""
    late = seconds_from_now(-NOTICES_TAKE_S)
    found = _ATTEMPTS.where(
        checkouts.c.gateway == gateway,
        checkouts.c.session.is_not(None),
        (checkouts.c.status.in_(PAYABLE) & (checkouts.c.expires_at < late))
        | ((checkouts.c.status == Status.PENDING) & (checkouts.c.pay_by < late)),
    )
    return list(connection.execute(found.limit(MOST_OVERDUE)))


def keep_page(connection: Connection, attempt: Row[Any], opened: Opened) -> str | None:
    """Keep the page of an attempt, and return the one that was kept first.

    None where there is none, since the attempt is over or its link was revoked meanwhile.
    """
    under_way = select(payment_links.c.id).where(payment_links.c.status.in_(UNDER_WAY))
    this = checkouts.c.id == attempt.id
    connection.execute(
        update(checkouts)
        .where(this, checkouts.c.session.is_(None))
        # The notice that a number was ordered may come before the order's own answer.
        .where(checkouts.c.status.in_((Status.OPEN, Status.PENDING)))
        .where(checkouts.c.payment_link_id.in_(under_way))
        .values(session=opened.session, url=opened.url)
    )
    return connection.execute(select(checkouts.c.url).where(this)).scalar()


def count_try(connection: Connection, attempt: Row[Any]) -> None:
    """A request for the page brought none."""
    connection.execute(
        update(checkouts).where(checkouts.c.id == attempt.id).values(tries=checkouts.c.tries + 1)
    )


def give_up(connection: Connection, attempt: Row[Any]) -> None:
    """End an attempt of which there is no page; the link can be tried again with another one."""
    hold(connection, attempt.payment_link_id)
    ended = connection.execute(
        update(checkouts)
        .where(
            checkouts.c.id == attempt.id,
            checkouts.c.status == Status.OPEN,
            checkouts.c.session.is_(None),
        )
        .values(status=Status.REFUSED)
    )
    link = payment_links.c
    if ended.rowcount:
        connection.execute(
            update(payment_links)
            .where(link.id == attempt.payment_link_id, link.failures == attempt.attempt - 1)
            .where(link.status == "started")
            .values(status="open", failures=attempt.attempt)
        )


def end(connection: Connection, attempt: Row[Any]) -> None:
    """The attempt's page is closed; what was paid or ordered on it stays so."""
    _set(connection, attempt, Status.OVER, set(PAYABLE), {})


def note(connection: Connection, attempt: Row[Any], event: GatewayEvent) -> None:
    """What a notice says of an attempt, whatever became of its link meanwhile."""
    more: dict[str, Any] = {}
    if event.outcome is Outcome.PENDING:
        names = ("pay_by", "voucher_url", "voucher_number")
        told = {name: getattr(event, name) for name in names}
        more = {name: value for name, value in told.items() if value is not None}
    status, before = _AFTER[event.outcome]
    _set(connection, attempt, status, before, more)


def _set(
    connection: Connection,
    attempt: Row[Any],
    status: Status,
    before: set[Status],
    more: dict[str, Any],
) -> None:
    connection.execute(
        update(checkouts)
        .where(checkouts.c.id == attempt.id, checkouts.c.status.in_(before))
        .values(status=status, **more)
    )
