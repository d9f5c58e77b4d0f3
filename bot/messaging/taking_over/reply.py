"""What a member of staff writes: the same outbox, gate and order as everything else that leaves."""

import hashlib
from datetime import timedelta

from sqlalchemy import Connection, exists, select, update

from bot.compliance import opt_outs
from bot.dialogue.effects import Consent
from bot.errors import TakeoverRefused
from bot.messaging import outbox
from bot.messaging.answering import conversation
from bot.messaging.answering.conversation import Locked
from bot.messaging.answering.render import Rendered
from bot.messaging.taking_over import takeover
from bot.store.columns import seconds_from_now, utc_now
from bot.store.tables import conversations, outbound_messages, takeovers
from bot.text import segments
from bot.text.language import Language

# As long as Twilio takes one; far beyond what anybody should write.
LONGEST = 1600
# The same words of the same member so soon after are the same reply, sent twice by their browser.
TWICE_WITHIN_S = 10
KEY = "staff.reply"
_message = outbound_messages.c


def send(
    connection: Connection, conversation_id: int, member_id: int, text: str, lasts: timedelta
) -> int:
    """Put a member's words into the outbox of a conversation that they have taken over.

    Returns how many segments they take. TakeoverRefused where the conversation is not theirs, the
    person wants no messages, there are no words or too many, or it was sent a moment ago.
    """
    row = conversation.lock(connection, conversation_id)
    takeover.check_mine(row, member_id)
    if is_stopped(connection, row):
        raise TakeoverRefused("stopped", "This person wants no messages: only START lifts a stop.")
    message = message_of(text, Language(row.language))
    _refuse_twice(connection, conversation_id, member_id, message.body)
    outbox.enqueue_by_staff(connection, conversation_id, message, member_id)
    connection.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id)
        .values(spoke_at=utc_now(), taken_until=seconds_from_now(lasts.total_seconds()))
    )
    connection.execute(
        update(takeovers)
        .where(takeovers.c.conversation_id == conversation_id, takeovers.c.ended_at.is_(None))
        .values(replies=takeovers.c.replies + 1)
    )
    return message.segments


def _refuse_twice(connection: Connection, conversation_id: int, member_id: int, body: str) -> None:
    """A form that comes again; the conversation is locked, so that the first one is seen."""
    same = exists().where(
        _message.conversation_id == conversation_id,
        _message.staff_id == member_id,
        _message.body == body,
        _message.created_at > seconds_from_now(-TWICE_WITHIN_S),
    )
    if connection.execute(select(same)).scalar():
        raise TakeoverRefused("twice", "The same words were sent a moment ago.")


def is_stopped(connection: Connection, row: Locked) -> bool:
    """Whether the person of a conversation wants no messages of this sender's."""
    return row.consent == Consent.STOPPED or opt_outs.is_stopped(
        connection, row.contact_id, row.sender_id
    )


def message_of(text: str, language: Language, key: str = KEY) -> Rendered:
    """What a member wrote as a message; TakeoverRefused without words, or with too many."""
    body = segments.outgoing(text).strip()
    if not body:
        raise TakeoverRefused("empty", "There is nothing to send.")
    if len(body) > LONGEST:
        raise TakeoverRefused("too_long", f"A reply has {LONGEST} characters at most.")
    counted = segments.count(body)
    revision = hashlib.sha256(body.encode()).hexdigest()[:12]
    return Rendered(key, language, revision, body, counted.encoding, counted.segments)
