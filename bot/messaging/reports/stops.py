"""How many people stopped our messages, by sender and by the way in which they did."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, func, select

from bot.dialogue.effects import Consent
from bot.store.tables import consent_events, conversations

_event = consent_events.c


def stopped_between(
    connection: Connection, since: datetime, until: datetime
) -> Mapping[tuple[int, str], int]:
    """How many people stopped, all or one purpose, by sender's id and method; each counts once."""
    keys = (conversations.c.sender_id, _event.method)
    found = (
        select(*keys, func.count(_event.contact_id.distinct()).label("people"))
        .join(conversations, conversations.c.id == _event.conversation_id)
        .where(_event.created_at >= since, _event.created_at < until)
        .where(_event.consent == Consent.STOPPED)
        .group_by(*keys)
    )
    return {(row.sender_id, row.method): row.people for row in connection.execute(found)}
