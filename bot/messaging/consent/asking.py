"""Ask the owner of a number by SMS whether a form that names it was theirs."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, select, update

from bot.compliance import standing
from bot.compliance.standing import Pair
from bot.dialogue.converse import CONFIRMS, FORM, ONBOARDING, QUESTION_OPEN_FOR
from bot.dialogue.effects import Consent
from bot.dialogue.turn import Reply
from bot.messaging import outbox
from bot.messaging.answering.addressed import address
from bot.messaging.answering.conversation import Locked
from bot.messaging.grounds import MessageClass
from bot.runtime import Runtime
from bot.store.columns import seconds_from_now
from bot.store.tables import conversations, outbound_messages
from bot.text import mask
from bot.text.language import Language

QUESTION = f"{ONBOARDING}.confirm"
# Anybody can fill in a form with anybody's number: so often it may be asked about, however many
# forms and senders of ours there are. Twice more than a person needs whose text was lost.
DAY, MONTH = timedelta(days=1), timedelta(days=30)
MOST_A_DAY = 3
MOST_A_MONTH = 6
# Within which a form that comes again is a second tap on its button.
A_MOMENT = timedelta(minutes=1)


def _since(age: timedelta) -> Any:
    return outbound_messages.c.created_at > seconds_from_now(-int(age.total_seconds()))


_ASKED = (
    select(func.count(case((_since(DAY), 1))).label("day"), func.count().label("month"))
    .select_from(outbound_messages)
    .join(conversations, conversations.c.id == outbound_messages.c.conversation_id)
    .where(
        conversations.c.contact_id == bindparam("contact"),
        outbound_messages.c.script_key == QUESTION,
        _since(MONTH),
    )
)


def may_be_asked(connection: Connection, row: Locked) -> bool:
    """Whether to put the question now: not into the midst of another one, and not too often."""
    return not _is_busy(row) and not _was_asked_enough(connection, row)


def is_second_tap(connection: Connection, row: Locked, keys: Iterable[str]) -> bool:
    """Whether a form put just this question a moment ago, and it is still open."""
    of_form = row.flow == ONBOARDING and row.slots.get(CONFIRMS) == FORM
    if not of_form or row.spoke_at is None or row.now - row.spoke_at > A_MOMENT:
        return False
    stands = standing.look(connection, Pair(row.id, row.contact_id, row.sender_id))
    return all(stands[key] is Consent.ASKED for key in keys)


def _is_busy(row: Locked) -> bool:
    """A yes to "shall we stop?" must not be taken for one to the form; nor may digits be lost."""
    if row.held_since is not None:
        return True
    if row.flow in {None, ONBOARDING} or row.spoke_at is None:
        return False
    return bool(row.now - row.spoke_at <= QUESTION_OPEN_FOR)


def _was_asked_enough(connection: Connection, row: Locked) -> bool:
    asked = connection.execute(_ASKED, {"contact": row.contact_id}).one()
    return bool(asked.day >= MOST_A_DAY or asked.month >= MOST_A_MONTH)


def ask(connection: Connection, runtime: Runtime, row: Locked, language: Language) -> str:
    """Put the question and open it, so that a yes is its answer; returns the words for the ledger.

    A language that the person chose by text stays that of the conversation.
    """
    message = address(connection, runtime, row, Reply(QUESTION), language)
    assert message is not None
    outbox.enqueue(connection, row.id, [message], MessageClass.CONFIRMATION)
    connection.execute(
        update(conversations)
        .where(conversations.c.id == row.id)
        .values(
            flow=ONBOARDING,
            state="consent",
            slots={CONFIRMS: FORM},
            language=row.language if row.language_chosen else language,
            spoke_at=row.now,
        )
    )
    return mask.tokens(message.body)
