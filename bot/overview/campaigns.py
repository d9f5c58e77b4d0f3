"""Campaigns as a member of staff sees them: those of their senders, and each person's row."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, Subquery, func, select

from bot.campaigns.campaign import RecipientStatus
from bot.staff.departments import Scope
from bot.store.tables import (
    accounts,
    campaign_recipients,
    campaigns,
    contacts,
    conversations,
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

    `status`, `reason` and `not_before` are the person's; `sent`, `delivery` and `why` their
    message's, if any.
    """
    its = _messages(campaign_id)
    # A notice is about no account, and of two accounts of one person one alone is written for.
    theirs = (its.c.number == accounts.c.number) & (_recipient.status == RecipientStatus.QUEUED)
    return connection.execute(
        select(
            _recipient.account_id,
            _recipient.status,
            _recipient.reason,
            _recipient.not_before,
            accounts.c.number,
            its.c.conversation_id,
            its.c.sent,
            its.c.delivery,
            its.c.why,
        )
        .join(accounts, accounts.c.id == _recipient.account_id)
        .outerjoin(its, theirs)
        .where(_recipient.campaign_id == campaign_id, _recipient.account_id > after)
        .order_by(_recipient.account_id)
        .limit(limit)
    ).all()


def _messages(campaign_id: int) -> Subquery:
    """What the campaign wrote, and to which number."""
    return (
        select(
            contacts.c.number,
            _message.conversation_id,
            _message.status.label("sent"),
            _message.delivery_status.label("delivery"),
            _message.reason.label("why"),
        )
        .join(conversations, conversations.c.id == _message.conversation_id)
        .join(contacts, contacts.c.id == conversations.c.contact_id)
        .where(_message.campaign_id == campaign_id)
        .subquery()
    )


def _within(scope: Scope) -> Select[Any]:
    people = (
        select(func.count())
        .where(_recipient.campaign_id == _campaign.id)
        .scalar_subquery()
        .label("people")
    )
    found = select(campaigns, senders.c.number.label("sender"), people)
    return found.outerjoin(senders).where(scope.covers(_campaign.sender_id))
