"""Campaigns as a member of staff sees them: those of their senders, and each person's row."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, select

from bot.staff.departments import Scope
from bot.store.tables import (
    accounts,
    campaign_recipients,
    campaigns,
    outbound_messages,
    senders,
)

PAGE = 100
_campaign, _recipient, _message = campaigns.c, campaign_recipients.c, outbound_messages.c


def listed(connection: Connection, scope: Scope, limit: int = PAGE) -> Sequence[Row[Any]]:
    """The newest campaigns within a scope, each with its sender's number and its `people`."""
    return connection.execute(_within(scope).order_by(_campaign.id.desc()).limit(limit)).all()


def find(connection: Connection, scope: Scope, campaign_id: int) -> Row[Any] | None:
    """One of them, as it is listed; None where there is none to be seen."""
    return connection.execute(_within(scope).where(_campaign.id == campaign_id)).one_or_none()


def recipients(
    connection: Connection, campaign_id: int, after: int = 0, limit: int = PAGE
) -> Sequence[Row[Any]]:
    """People of a campaign by their accounts' ids after one, and what became of each.

    `status` and `reason` are the person's; `sent`, `delivery` and `why` their message's, if any.
    """
    its_message = and_(
        _message.campaign_id == campaign_id, _message.account_id == _recipient.account_id
    )
    return connection.execute(
        select(
            _recipient.account_id,
            _recipient.status,
            _recipient.reason,
            accounts.c.number,
            _message.conversation_id,
            _message.status.label("sent"),
            _message.delivery_status.label("delivery"),
            _message.reason.label("why"),
        )
        .join(accounts, accounts.c.id == _recipient.account_id)
        .join(outbound_messages, its_message, isouter=True)
        .where(_recipient.campaign_id == campaign_id, _recipient.account_id > after)
        .order_by(_recipient.account_id, _message.id)
        .limit(limit)
    ).all()


def _within(scope: Scope) -> Select[Any]:
    people = (
        select(func.count())
        .where(_recipient.campaign_id == _campaign.id)
        .scalar_subquery()
        .label("people")
    )
    found = select(campaigns, senders.c.number.label("sender"), people)
    return found.outerjoin(senders).where(scope.covers(_campaign.sender_id))
