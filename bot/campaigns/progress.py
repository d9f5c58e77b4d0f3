"""How far a campaign has come: its people, and what became of its messages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, FromClause, case, func, select

from bot.campaigns.campaign import CampaignState, RecipientStatus
from bot.messaging.reports.status import ARRIVED
from bot.store.tables import campaign_recipients, campaigns, outbound_messages

_recipient, _message = campaign_recipients.c, outbound_messages.c


@dataclass(frozen=True)
class Progress:
    """How many people stand where, why some were left out, where the messages are, and why some of
    them did not leave, or will never.

    Of the people who wait, `put_off` cannot be written to yet; the first of them have their turn at
    `next_turn`.
    """

    people: Mapping[str, int]
    left_out: Mapping[str, int]
    messages: Mapping[str, int]
    not_sent: Mapping[str, int]
    put_off: int = 0
    next_turn: datetime | None = None


def of_campaign(connection: Connection, campaign_id: int) -> Progress:
    """The progress of a campaign; messages by status, `delivered` those that arrived."""
    people = _recipient.campaign_id == campaign_id
    left_out = people & (_recipient.status == RecipientStatus.LEFT_OUT)
    its = _message.campaign_id == campaign_id
    arrived = (_message.status == "sent") & _message.delivery_status.in_(sorted(ARRIVED))
    status = case((arrived, "delivered"), else_=_message.status)
    lost = its & _message.status.in_(("canceled", "failed"))
    return Progress(
        _counts(connection, campaign_recipients, _recipient.status, people),
        _counts(connection, campaign_recipients, _recipient.reason, left_out),
        _counts(connection, outbound_messages, status, its),
        _counts(connection, outbound_messages, _message.reason, lost),
        *_put_off(connection, campaign_id),
    )


def _put_off(connection: Connection, campaign_id: int) -> tuple[int, datetime | None]:
    """How many are put off, and until when at the least; of a campaign that goes on."""
    found = (
        select(func.count(), func.min(_recipient.not_before))
        .select_from(campaign_recipients.join(campaigns))
        .where(_recipient.campaign_id == campaign_id)
        .where(_recipient.status == RecipientStatus.WAITING, _recipient.not_before.is_not(None))
        .where(campaigns.c.state == CampaignState.SENDING)
    )
    row = connection.execute(found).one()
    return int(row[0]), row[1]


def _counts(
    connection: Connection, table: FromClause, of: ColumnElement[str], which: ColumnElement[bool]
) -> Mapping[str, int]:
    counted = select(of.label("name"), func.count().label("times")).select_from(table)
    rows = connection.execute(counted.where(which).group_by("name").order_by(func.count().desc()))
    return {row.name or "": row.times for row in rows}
