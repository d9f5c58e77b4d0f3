"""Taking a conversation over, keeping it while one writes, and giving it back to the bot.

Every act locks the conversation as a text does, so that two people, or a person and the bot, never
answer at once.
"""

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from bot.dialogue.flow import START
from bot.errors import TakeoverRefused
from bot.messaging.answering import conversation
from bot.messaging.answering.conversation import Locked
from bot.store.columns import seconds_from_now, utc_now
from bot.store.tables import conversations, inbound_messages, outbound_messages, takeovers

CLOCK = "clock"
BATCH = 100

_conversation, _takeover = conversations.c, takeovers.c


def take(
    connection: Connection, conversation_id: int, member_id: int, lasts: timedelta, force: bool
) -> bool:
    """Take a conversation over for so long; the bot is silent but for STOP, START and HELP.

    False where it is the member's already, which makes it last anew. `force` takes it from
    somebody else; without it TakeoverRefused says that it is theirs.
    """
    row = conversation.lock(connection, conversation_id)
    holder = holder_of(row)
    if holder == member_id:
        _last(connection, conversation_id, lasts)
        return False
    if holder is not None and not force:
        raise TakeoverRefused("taken", "Somebody else has taken this conversation over.")
    wanted_at = row.person_wanted_at or _wanted_before(connection, conversation_id)
    _end(connection, conversation_id, f"staff {member_id}" if holder else CLOCK)
    connection.execute(
        insert(takeovers).values(
            conversation_id=conversation_id, staff_id=member_id, wanted_at=wanted_at
        )
    )
    connection.execute(
        update(conversations)
        .where(_conversation.id == conversation_id)
        .values(
            taken_by=member_id,
            taken_until=_until(lasts),
            person_wanted_at=None,
            # Nobody shall find the bot's old question open when it comes back.
            flow=None,
            state=START,
            slots={},
        )
    )
    return True


def go_on(connection: Connection, conversation_id: int, member_id: int, lasts: timedelta) -> None:
    """Keep a conversation for so long from now on, as who writes in it does."""
    check_mine(conversation.lock(connection, conversation_id), member_id)
    _last(connection, conversation_id, lasts)


def hand_back(connection: Connection, conversation_id: int, member_id: int, actor: str) -> None:
    """Give a conversation back to the bot; TakeoverRefused where it is not the member's."""
    check_mine(conversation.lock(connection, conversation_id), member_id)
    _release(connection, conversation_id, None)
    _end(connection, conversation_id, actor)


def expire(connection: Connection) -> int:
    """Give back what nobody went on with, and return how many there were.

    Who waits for an answer there waits for a person again, since when they first did.
    """
    over = (
        select(_conversation.id)
        .where(_conversation.taken_until < utc_now())
        .order_by(_conversation.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    ids: list[int] = list(connection.execute(over).scalars())
    for conversation_id in ids:
        _release(connection, conversation_id, _still_wanted(connection, conversation_id))
        _end(connection, conversation_id, CLOCK)
    return len(ids)


def holder_of(row: Locked | Row[Any]) -> int | None:
    """Who has a conversation (with `taken_by`, `taken_until` and `now`); None: the bot."""
    over = row.taken_until is None or row.taken_until <= row.now
    return None if over else row.taken_by


def check_mine(row: Locked, member_id: int) -> None:
    """TakeoverRefused where a locked conversation is not the member's."""
    holder = holder_of(row)
    if holder is None:
        raise TakeoverRefused("not_taken", "The bot answers here: take the conversation over.")
    if holder != member_id:
        raise TakeoverRefused("taken", "Somebody else has taken this conversation over.")


def _still_wanted(connection: Connection, conversation_id: int) -> Any:
    """Since when a person is waited for, where the last word is not one of theirs."""
    last = connection.execute(
        select(_takeover.id, _takeover.wanted_at, _takeover.replies, _takeover.created_at).where(
            _takeover.conversation_id == conversation_id, _takeover.ended_at.is_(None)
        )
    ).one_or_none()
    if last is None:
        return None
    heard = _last_moment(connection, inbound_messages, conversation_id)
    said = _last_moment(connection, outbound_messages, conversation_id)
    if last.replies == 0:
        return last.wanted_at or (heard if heard and heard > last.created_at else None)
    return heard if heard and said and heard > said else None


def _last_moment(connection: Connection, messages: Any, conversation_id: int) -> Any:
    found = select(func.max(messages.c.created_at))
    return connection.execute(found.where(messages.c.conversation_id == conversation_id)).scalar()


def _wanted_before(connection: Connection, conversation_id: int) -> Any:
    """Since when a person was waited for when the takeover that is still open began."""
    found = select(_takeover.wanted_at).where(
        _takeover.conversation_id == conversation_id, _takeover.ended_at.is_(None)
    )
    return connection.execute(found).scalar()


def _last(connection: Connection, conversation_id: int, lasts: timedelta) -> None:
    kept = update(conversations).where(_conversation.id == conversation_id)
    connection.execute(kept.values(taken_until=_until(lasts)))


def _release(connection: Connection, conversation_id: int, wanted_at: Any) -> None:
    connection.execute(
        update(conversations)
        .where(_conversation.id == conversation_id)
        .values(taken_by=None, taken_until=None, person_wanted_at=wanted_at)
    )


def _end(connection: Connection, conversation_id: int, actor: str) -> None:
    connection.execute(
        update(takeovers)
        .where(_takeover.conversation_id == conversation_id, _takeover.ended_at.is_(None))
        .values(ended_at=utc_now(), ended_by=actor)
    )


def _until(lasts: timedelta) -> Any:
    return seconds_from_now(lasts.total_seconds())
