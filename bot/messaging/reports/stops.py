"""How many people stopped our messages, by sender, campaign, and the way in which they did."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, ScalarSelect, func, select

from bot.dialogue.effects import Consent
from bot.messaging.reports.taken import BY_US
from bot.store.tables import consent_events, conversations, outbound_messages

_event, _outbound = consent_events.c, outbound_messages.c


@dataclass(frozen=True)
class Stops:
    """How many people stopped messages of a sender by a method; `campaign_id` is that of the last
    message before, None where it was of none."""

    sender_id: int
    campaign_id: int | None
    method: str
    people: int


def stopped_between(connection: Connection, since: datetime, until: datetime) -> Iterator[Stops]:
    """The people who stopped, be it one purpose, between two moments; each of them counts once."""
    stops = (
        select(
            conversations.c.sender_id,
            _event.contact_id,
            _event.method,
            _campaign_before().label("campaign_id"),
        )
        .join(conversations, conversations.c.id == _event.conversation_id)
        .where(_event.created_at >= since, _event.created_at < until)
        .where(_event.consent == Consent.STOPPED)
        .subquery()
        .c
    )
    keys = (stops.sender_id, stops.campaign_id, stops.method)
    people = func.count(stops.contact_id.distinct()).label("people")
    for row in connection.execute(select(*keys, people).group_by(*keys)):
        yield Stops(row.sender_id, row.campaign_id, row.method, row.people)


def _campaign_before() -> ScalarSelect[Any]:
    before = select(_outbound.campaign_id).where(
        _outbound.conversation_id == _event.conversation_id,
        _outbound.sent_at < _event.created_at,
        BY_US,
    )
    return before.order_by(_outbound.id.desc()).limit(1).scalar_subquery()
