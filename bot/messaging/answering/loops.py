"""Conversations that fell silent because of a loop or a flood: who is told, and when it is over."""

from sqlalchemy import Connection, select, update

from bot import alerts
from bot.alerts import Kind
from bot.dialogue.decision import Decision
from bot.dialogue.guard import QUIET
from bot.messaging.answering.conversation import Locked
from bot.store.columns import seconds_from_now, utc_now
from bot.store.tables import conversations

BATCH = 100

_conversation = conversations.c


def tell(connection: Connection, row: Locked, decision: Decision) -> None:
    """Raise an alert where a decision silences a conversation, settle it where one ends that."""
    if decision.muted and row.muted_at is None:
        _alert(connection, row.id, decision.reading.trace["guard"])
    elif row.muted_at is not None and not decision.muted:
        _settle(connection, row.id)


def mute(connection: Connection, conversation_id: int, why: str) -> None:
    """Silence a conversation that the provider cut off."""
    connection.execute(
        update(conversations)
        .where(_conversation.id == conversation_id, _conversation.muted_at.is_(None))
        .values(muted_at=utc_now())
    )
    _alert(connection, conversation_id, why)


def calm(connection: Connection) -> None:
    """End the silence of conversations in which nothing was said for ten minutes."""
    quiet = seconds_from_now(-QUIET.total_seconds())
    over = (
        select(_conversation.id)
        .where(_conversation.muted_at < quiet, _conversation.heard_at < quiet)
        .order_by(_conversation.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    ids: list[int] = list(connection.execute(over).scalars())
    for conversation_id in ids:
        connection.execute(
            update(conversations)
            .where(_conversation.id == conversation_id)
            .values(muted_at=None, guard=None)
        )
        _settle(connection, conversation_id)


def _alert(connection: Connection, conversation_id: int, why: str) -> None:
    words = f"The bot is silent in a conversation, for a loop or a flood: {why}."
    ours = select(_conversation.sender_id).where(_conversation.id == conversation_id)
    alerts.alert(connection, Kind.LOOP, str(conversation_id), words, ours.scalar_subquery())


def _settle(connection: Connection, conversation_id: int) -> None:
    alerts.settle(connection, Kind.LOOP, str(conversation_id), "clock", "it is over")
