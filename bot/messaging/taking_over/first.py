"""A member of staff writes to somebody first: unasked, so on the ground of a purpose."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, exists, func, select

from bot.compliance import purposes
from bot.compliance.purposes import PurposeType
from bot.errors import FirstRefused
from bot.messaging import outbox
from bot.messaging.answering import conversation
from bot.messaging.answering.conversation import Locked
from bot.messaging.grounds import Grounds, MessageClass
from bot.messaging.sending.facts import Ours
from bot.messaging.sending.foresight import foresee
from bot.messaging.taking_over import behind, reply, takeover
from bot.messaging.taking_over.behind import Behind
from bot.messaging.verdict import Blocked, Later, Verdict
from bot.runtime import Runtime
from bot.settings import Settings
from bot.store.tables import outbound_messages
from bot.text import phone
from bot.text.language import Language

KEY = "staff.first"
# One of these tells how to stop; an address of the opt-out page would be made by a script alone.
STOP_WORDS = ("配信停止", "STOP")
CLASSES = {
    PurposeType.TRANSACTIONAL: MessageClass.REMINDER,
    PurposeType.PROMOTIONAL: MessageClass.PROMOTIONAL,
}
_message = outbound_messages.c


@dataclass(frozen=True)
class Letter:
    """What is written to whom: the id of our sender, their number in any notation, a purpose, and
    what stands behind the link of the text, if anything."""

    sender_id: int
    number: str
    purpose: str
    text: str
    behind: Behind = field(default_factory=Behind)


@dataclass(frozen=True)
class Written:
    """The conversation in which it stands, and not before when it leaves (None: at once)."""

    conversation_id: int
    at: datetime | None


def write(
    connection: Connection, runtime: Runtime, member_id: int, letter: Letter, lasts: timedelta
) -> Written:
    """Put it into the outbox and take the conversation over, so that its answer is the member's.

    The gate is asked here, to tell at once what it would refuse, and again before it leaves.
    FirstRefused where it refuses, the number gets no texts, the text does not say who writes or
    how to stop, or nothing can stand behind its link; TakeoverRefused where somebody else is
    answering, or the text is empty or too long. Then nothing is kept, no conversation either.
    """
    row = conversation.make(connection, letter.sender_id, _number(letter.number))
    text, about = behind.make(connection, runtime, row, letter.text, letter.behind)
    message = reply.message_of(text, Language(row.language), KEY)
    _check_words(connection, runtime.settings, row, message.body)
    takeover.take(connection, row.id, member_id, lasts, force=False)
    purpose = purposes.current(purposes.shipped(), letter.purpose)
    grounds = Grounds(purpose.key)
    message_class = CLASSES[purpose.type]
    outbox.enqueue_by_staff(connection, row.id, message, member_id, message_class, grounds, about)
    verdict = _judge(connection, runtime.settings, row)
    if isinstance(verdict, Blocked):
        raise FirstRefused("gate", verdict.why)
    return Written(row.id, verdict.at if isinstance(verdict, Later) else None)


def _number(written: str) -> str:
    number = phone.parse(written)
    if number is None or not phone.receives_texts(number):
        raise FirstRefused("no_number", "This is no number that receives texts.")
    return number


def _check_words(connection: Connection, settings: Settings, row: Locked, body: str) -> None:
    company = conversation.company_of(row, settings)
    if not any(company.brand(language) in body for language in Language):
        raise FirstRefused("no_brand", "The text must say who writes.")
    wrote = exists().where(_message.conversation_id == row.id, _message.status == "sent")
    before = connection.execute(select(wrote)).scalar()
    if not before and not any(word in body for word in STOP_WORDS):
        raise FirstRefused("no_stop", "The first text to somebody must say how to stop.")


def _judge(connection: Connection, settings: Settings, row: Locked) -> Verdict:
    """What the gate says of the message that was queued last in a locked conversation."""
    last = select(func.max(_message.id)).where(_message.conversation_id == row.id)
    queued: int = connection.execute(last).scalar_one()
    return foresee(connection, queued, Ours.of(settings))
