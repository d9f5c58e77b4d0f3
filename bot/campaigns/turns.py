"""Whose turn it is in a campaign, and who was put off until a later one."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, exists, func, select, update

from bot.campaigns.campaign import RecipientStatus
from bot.store.columns import utc_now
from bot.store.tables import campaign_recipients
from bot.store.tables.campaigns import LONGEST_REASON

# After so long a campaign is old news: who still cannot be written to is left out.
LONGEST_PUT_OFF = timedelta(days=7)

_recipient = campaign_recipients.c


def next_of(connection: Connection, campaign: Row[Any]) -> Row[Any] | None:
    """The person whose turn it is: who was put off until now, before who had no turn yet."""
    found = (
        select(campaign_recipients)
        .where(_waits_in(campaign.id))
        .order_by(_recipient.not_before, _recipient.account_id)
        .limit(1)
    )
    # Two probes of the index: databases do not agree on where nulls stand.
    again = connection.execute(found.where(_recipient.not_before <= campaign.now)).one_or_none()
    return again or connection.execute(found.where(_recipient.not_before.is_(None))).one_or_none()


def any_left(connection: Connection, campaign_id: int) -> bool:
    """Whether somebody still has a turn to come."""
    return bool(connection.execute(select(exists().where(_waits_in(campaign_id)))).scalar())


def may_wait(recipient: Row[Any], until: datetime) -> bool:
    """Whether a person may be put off until a moment, after whatever they were put off before."""
    first: datetime | None = recipient.put_off_at
    return first is None or until <= first + LONGEST_PUT_OFF


def put_off(connection: Connection, recipient: Row[Any], until: datetime, why: str) -> None:
    """Give a person their turn at a later moment."""
    first = func.coalesce(_recipient.put_off_at, utc_now())
    _set(connection, recipient, not_before=until, put_off_at=first, reason=why[:LONGEST_REASON])


def end(
    connection: Connection, recipient: Row[Any], status: RecipientStatus, why: str | None = None
) -> None:
    """Note what became of a person, for good."""
    _set(connection, recipient, status=status, reason=why and why[:LONGEST_REASON])


def _waits_in(campaign_id: int) -> ColumnElement[bool]:
    return (_recipient.campaign_id == campaign_id) & (_recipient.status == RecipientStatus.WAITING)


def _set(connection: Connection, recipient: Row[Any], **values: object) -> None:
    this = (_recipient.campaign_id == recipient.campaign_id) & (
        _recipient.account_id == recipient.account_id
    )
    connection.execute(update(campaign_recipients).where(this).values(**values))
