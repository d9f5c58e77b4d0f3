"""Messages that were queued and shall not leave after all."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, select, update

from bot.messaging.grounds import UNSOLICITED, MessageClass
from bot.messaging.sending.attempts import START_WITHIN_S
from bot.providers.wire import CONNECT_S
from bot.store.columns import among, seconds_from_now, utc_now
from bot.store.session import AWAY, after_commit, transact
from bot.store.tables import contacts, conversations, outbound_messages, payment_links

# A request may begin so long after its claim, and then connect for so long; shorter than anybody
# waits for a lock.
LAND_WITHIN_S = START_WITHIN_S + CONNECT_S + 0.3
LOOK_AGAIN_S = 0.005
# Each look takes a connection out of the pool.
LOOK_SELDOM_S = 0.05

_outbound = outbound_messages.c


def cancel(
    connection: Connection, conversation_ids: Sequence[int], reason: str, purpose: str | None = None
) -> None:
    """Take back everything of conversations, or all of a purpose, that waits."""
    take_back(connection, _of(conversation_ids, purpose), reason)


def outdate(
    connection: Connection, conversation_ids: Sequence[int], reason: str, purpose: str | None = None
) -> None:
    """Take back what waits, and let what is leaving, or perhaps has left, be too old from now on:
    the gate stops it where it comes back to be sent again."""
    _let_age(connection, _of(conversation_ids, purpose), reason)
    # Last, for it may have come back to wait while the rows above were waited for.
    cancel(connection, conversation_ids, reason, purpose)


def cancel_link_reminders(connection: Connection, account_id: int, reason: str) -> None:
    """Take back what waits to remind of the end of an account's payment links."""
    of_link = (_outbound.account_id == account_id) & _outbound.payment_link_id.is_not(None)
    reminders = of_link & (_outbound.message_class == MessageClass.REMINDER)
    take_back(connection, reminders, reason, [{"rule": "link", "words": reason}])


def outdate_dunning(connection: Connection, account_ids: Collection[int], reason: str) -> None:
    """Take back all that waits and is unsolicited about accounts, since less is due of them; of
    what is leaving, or perhaps has left, let none be sent again."""
    if not account_ids:
        return
    about = among(_outbound.account_id, "accounts").params(accounts=sorted(account_ids))
    dunning = about & _outbound.message_class.in_(UNSOLICITED)
    _let_age(connection, dunning, reason)
    take_back(connection, dunning, reason, [{"rule": "paid", "words": reason}])


def call_off(connection: Connection, campaign_id: int, reason: str) -> int:
    """Take back what waits of a campaign that was stopped, reminders of its links too; how many.

    The gate stops what is leaving, or perhaps has left, where it comes back to be sent again.
    """
    of_campaign = select(payment_links.c.id).where(payment_links.c.campaign_id == campaign_id)
    reminders = _outbound.payment_link_id.in_(of_campaign) & (
        _outbound.message_class == MessageClass.REMINDER
    )
    its_own = (_outbound.campaign_id == campaign_id) | reminders
    return take_back(connection, its_own, reason, [{"rule": "campaign", "words": reason}])


def _let_age(connection: Connection, which: ColumnElement[bool], reason: str) -> None:
    connection.execute(
        update(outbound_messages)
        .where(which, _outbound.status.in_(("sending", "unknown")))
        .values(reason=reason, expires_at=utc_now())
    )


def _of(conversation_ids: Sequence[int], purpose: str | None) -> ColumnElement[bool]:
    these = _outbound.conversation_id.in_(conversation_ids)
    return these if purpose is None else these & (_outbound.purpose == purpose)


def let_land(connection: Connection, conversation_ids: Sequence[int]) -> None:
    """Wait, five seconds at most, for what these conversations have on its way to the provider:
    after that, whatever was claimed has reached it, or never will.

    A stop is committed after it, so that nothing leaves after a stop. On SQLite the marks that are
    waited for could not be written meanwhile; there the stop is committed first, and whoever said
    it hears of it after the wait.
    """
    in_flight = _in_flight(_outbound.conversation_id.in_(conversation_ids))
    if connection.dialect.name == "postgresql":
        _wait_while(lambda: connection.execute(in_flight.limit(1)).first() is not None)
    elif (these := _these(connection, in_flight)) is not None:
        after_commit(connection, partial(_watch, connection.engine, these))


def let_land_first(engine: Engine, number: str) -> None:
    """Wait likewise for what is on its way to a person before the transaction of their stop, which
    then has little left to wait for: many stops at once must not hold all connections."""
    theirs = (
        select(conversations.c.id)
        .join(contacts, contacts.c.id == conversations.c.contact_id)
        .where(contacts.c.number == number)
    )
    in_flight = _in_flight(_outbound.conversation_id.in_(theirs))
    these = transact(engine, lambda connection: _these(connection, in_flight))
    if these is not None:
        _watch(engine, these)


def _in_flight(which: ColumnElement[bool]) -> Select[Any]:
    """What of some messages was claimed so lately that it may yet leave."""
    lately = _outbound.attempted_at > seconds_from_now(-LAND_WITHIN_S)
    return select(_outbound.id).where(which, _outbound.status == "sending", lately)


def _these(connection: Connection, in_flight: Select[Any]) -> Select[Any] | None:
    """The same, of those alone that are in flight now; None where nothing is."""
    ids: list[int] = list(connection.execute(in_flight).scalars())
    return in_flight.where(_outbound.id.in_(ids)).limit(1) if ids else None


def _watch(engine: Engine, in_flight: Select[Any]) -> None:
    """Wait without holding a connection."""

    def is_in_flight() -> bool:
        return (
            transact(engine, lambda connection: connection.execute(in_flight).first()) is not None
        )

    # Afterwards the stop holds: a busy database must not make it look as if it had failed.
    with suppress(*AWAY):
        _wait_while(is_in_flight, LOOK_SELDOM_S)


def _wait_while(is_in_flight: Callable[[], bool], look_again_s: float = LOOK_AGAIN_S) -> None:
    until = time.monotonic() + LAND_WITHIN_S
    while is_in_flight() and time.monotonic() < until:
        time.sleep(look_again_s)


def take_back(
    connection: Connection,
    which: ColumnElement[bool],
    reason: str,
    reasons: Sequence[Mapping[str, str]] | None = None,
) -> int:
    """Take back what waits of some messages, for good, and return how many; without `reasons` it
    is for a stop."""
    taken = connection.execute(
        update(outbound_messages)
        .where(which, _outbound.status == "queued")
        .values(
            status="canceled",
            reason=reason,
            verdict="blocked",
            verdict_reasons=reasons or [{"rule": "stop", "words": reason}],
        )
    )
    return taken.rowcount
