"""Messages that were queued and shall not leave after all."""

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import ColumnElement, Connection, select, update

from bot.messaging.grounds import UNSOLICITED, MessageClass
from bot.store.columns import among, utc_now
from bot.store.tables import outbound_messages, payment_links

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
