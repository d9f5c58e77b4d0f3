"""How people answer to each script: how many, and how soon.

A text answers the last message that was sent before it in its conversation, and each message is
answered once. What answers a member of staff is no answer to the bot.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from sqlalchemy import Connection, ScalarSelect, Subquery, func, select

from bot.messaging.reports.status import ARRIVED, FINAL
from bot.store.tables import conversations, inbound_messages, outbound_messages

_outbound = outbound_messages.c
_inbound = inbound_messages.c


@dataclass(frozen=True)
class Response:
    """What became of one script's messages: how many were sent, have a final status, arrived and
    were answered; `seconds` is the median time to the answer, None without any."""

    script_key: str
    sent: int
    settled: int
    arrived: int
    answered: int
    seconds: float | None


@dataclass(frozen=True)
class Sent:
    """A message of the bot's that was sent: by whom, for which campaign if any, what, what became
    of it, and after how many seconds it was answered; None where it was not."""

    sender_id: int
    campaign_id: int | None
    script_key: str
    status: str | None
    seconds: float | None


def by_script(connection: Connection, since: datetime, until: datetime) -> list[Response]:
    """The response to the messages sent between two moments, by script, most sent first."""
    grouped: dict[str, list[Sent]] = defaultdict(list)
    for one in sent_between(connection, since, until):
        grouped[one.script_key].append(one)
    responses = [_response(script_key, sent) for script_key, sent in grouped.items()]
    return sorted(responses, key=lambda one: (-one.sent, one.script_key))


def _response(script_key: str, sent: list[Sent]) -> Response:
    statuses = [one.status for one in sent]
    times = [one.seconds for one in sent if one.seconds is not None]
    return Response(
        script_key,
        sent=len(sent),
        settled=sum(status in FINAL for status in statuses),
        arrived=sum(status in ARRIVED for status in statuses),
        answered=len(times),
        seconds=median(times) if times else None,
    )


def sent_between(connection: Connection, since: datetime, until: datetime) -> Iterator[Sent]:
    """Every message of the bot's that was sent between two moments, in no order."""
    sent = _messages(since, until)
    for row in connection.execute(select(sent, _heard_at(sent).label("heard_at"))):
        seconds = (row.heard_at - row.sent_at).total_seconds() if row.heard_at else None
        status = row.delivery_status
        yield Sent(row.sender_id, row.campaign_id, row.script_key, status, seconds)


def _messages(since: datetime, until: datetime) -> Subquery:
    """Messages that were sent, each with the moment of the next in its conversation."""
    following = outbound_messages.alias("following")
    next_sent_at = select(func.min(following.c.sent_at)).where(
        following.c.conversation_id == _outbound.conversation_id,
        following.c.sent_at > _outbound.sent_at,
        following.c.sent_by != "carrier",
    )
    sent = select(
        _outbound.conversation_id,
        conversations.c.sender_id,
        _outbound.campaign_id,
        _outbound.script_key,
        _outbound.delivery_status,
        _outbound.sent_at,
        next_sent_at.scalar_subquery().label("next_sent_at"),
    ).join(conversations, conversations.c.id == _outbound.conversation_id)
    return sent.where(
        _outbound.sent_at >= since,
        _outbound.sent_at < until,
        _outbound.status == "sent",
        _outbound.sent_by == "bot",
    ).subquery()


def _heard_at(sent: Subquery) -> ScalarSelect[datetime]:
    """When the first text came after a message and before the next."""
    written_at = func.coalesce(_inbound.written_at, _inbound.created_at)
    heard = select(func.min(written_at)).where(
        _inbound.conversation_id == sent.c.conversation_id,
        written_at > sent.c.sent_at,
        sent.c.next_sent_at.is_(None) | (written_at <= sent.c.next_sent_at),
    )
    return heard.scalar_subquery()
