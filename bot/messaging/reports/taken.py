"""What the provider took of our messages: each attempt of each is one, and is billed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, select, union_all

from bot.store.tables import conversations, earlier_attempts, outbound_messages

_outbound, _earlier = outbound_messages.c, earlier_attempts.c
_SENDER = conversations.c.sender_id
# What the carrier answers by itself is in our log, and was never handed over by us.
BY_US = _outbound.sent_by != "carrier"


def taken(within: Callable[[ColumnElement[datetime]], ColumnElement[bool]]) -> Subquery:
    """The attempts of a time, of the bot's messages and of the staff's: sender, campaign, segments,
    carrier, status and error as they were told last, and when it was sent.

    `within` says of the moment at which an attempt was sent whether it lies in that time.
    """
    last = _attempts(_outbound).where(within(_outbound.sent_at), _outbound.status == "sent", BY_US)
    earlier = (
        _attempts(_earlier)
        .join(earlier_attempts, _earlier.outbound_id == _outbound.id)
        .where(within(_earlier.sent_at))
    )
    return union_all(last, earlier).subquery()


def _attempts(of: Any) -> Select[Any]:
    told = (of.carrier, of.delivery_status, of.error_code, of.sent_at)
    columns = select(_SENDER, _outbound.campaign_id, _outbound.segments, *told)
    made = columns.select_from(outbound_messages)
    return made.join(conversations, conversations.c.id == _outbound.conversation_id)
