"""What came in: keep it, then answer it, each in a transaction of its own."""

from dataclasses import dataclass, replace
from functools import cache

import structlog
from sqlalchemy import Connection, Executable, bindparam, literal_column, select, update
from sqlalchemy.exc import DBAPIError

from bot.dialogue.decide import Situation, decide, needs
from bot.dialogue.decision import Decision, Heard
from bot.dialogue.intents import Reading, understand
from bot.dialogue.vocabulary import Intent
from bot.messaging import conversation, outbox
from bot.messaging.carry_out import Work, carry_out
from bot.messaging.conversation import Locked
from bot.runtime import Runtime
from bot.store.session import insert_in, transact
from bot.store.tables import inbound_messages
from bot.text import mask, phone

MOST_ATTEMPTS = 3
LONGEST_TEXT = 1600
LONGEST_NUMBER = 64

log = structlog.get_logger(__name__)


class _FlowFailed(Exception):
    """A bug while answering; carries which inbound message it was."""

    def __init__(self, inbound_id: int) -> None:
        super().__init__(inbound_id)
        self.inbound_id = inbound_id


@dataclass(frozen=True)
class _Step:
    """One text of a conversation was answered, or none waited; `more` says that others wait."""

    conversation_id: int | None
    replies: int = 0
    more: bool = False


_NOTHING = _Step(None)
# The oldest waiting text and, if there is one, its successor.
_WAITING = (
    select(
        inbound_messages.c.id,
        inbound_messages.c.provider,
        inbound_messages.c.provider_sid,
        inbound_messages.c.sender,
        inbound_messages.c.recipient,
        inbound_messages.c.body,
        inbound_messages.c.carrier_intent,
    )
    .where(
        inbound_messages.c.conversation_id == bindparam("conversation_id"),
        # Written out: a plan that is kept can then use the index of what waits.
        inbound_messages.c.status == literal_column("'waiting'"),
    )
    .order_by(inbound_messages.c.id)
    .limit(2)
)


def hear(runtime: Runtime, heard: Heard) -> None:
    """Keep an inbound text, once per provider id, and answer what waits in its conversation.

    One transaction does both, for two cost half as much again. Where the answer fails it takes the
    text with it; then each gets its own, so that after this the text cannot be lost.
    """
    try:
        step = transact(runtime.engine, lambda connection: _take(connection, runtime, heard))
    except (_FlowFailed, DBAPIError):
        step = _Step(receive(runtime, heard), replies=0, more=True)
    if step.replies:
        outbox.wake(runtime)
    if step.conversation_id is not None and step.more:
        answer(runtime, step.conversation_id)


def receive(runtime: Runtime, heard: Heard) -> int | None:
    """Keep an inbound text, once per provider id, and return its conversation.

    None where nobody can be answered: the text is kept as unrouted (not to one of our numbers) or
    ignored (not from a number that can be answered).
    """
    row = transact(runtime.engine, lambda connection: _keep(connection, heard))
    return row and int(row.id)


def _take(connection: Connection, runtime: Runtime, heard: Heard) -> _Step:
    row = _keep(connection, heard)
    return _answer_oldest(connection, runtime, row) if row else _NOTHING


def _keep(connection: Connection, heard: Heard) -> Locked | None:
    row = conversation.find(connection, heard.recipient, heard.sender) or _begin(connection, heard)
    if row is not None:
        # The conversation is locked by now, so ids are given in the order of the commits.
        _insert(connection, heard, row.id, "waiting")
    return row


def _begin(connection: Connection, heard: Heard) -> Locked | None:
    """A new conversation; None for a text that is only kept."""
    sender = conversation.sender_id(connection, heard.recipient)
    if sender is not None and phone.can_be_answered(heard.sender):
        return conversation.make(connection, sender, heard.sender)
    _insert(connection, heard, None, "unrouted" if sender is None else "ignored")
    log.info("text.not_answerable", sender=mask.number(heard.sender))
    return None


def _insert(connection: Connection, heard: Heard, conversation_id: int | None, status: str) -> None:
    row = {
        "provider": heard.provider,
        "provider_sid": heard.sid,
        "conversation_id": conversation_id,
        "sender": heard.sender[:LONGEST_NUMBER],
        "recipient": heard.recipient[:LONGEST_NUMBER],
        "body": heard.text[:LONGEST_TEXT],
        "carrier_intent": heard.carrier,
        "status": status,
    }
    connection.execute(_insert_once(connection.dialect.name), row)


@cache
def _insert_once(dialect: str) -> Executable:
    row = insert_in(dialect, inbound_messages).inline()
    return row.on_conflict_do_nothing(index_elements=["provider", "provider_sid"])


def answer(runtime: Runtime, conversation_id: int) -> None:
    """Answer what waits in a conversation and wake the sender."""
    if answer_waiting(runtime, conversation_id):
        outbox.wake(runtime)


def answer_waiting(runtime: Runtime, conversation_id: int) -> int:
    """Answer what waits, oldest first, and return how many replies now wait to leave.

    A bug in a flow is logged and counted; its text stays and is tried again by the sweep, at most
    three times, before the conversation goes on without it.
    """
    replies = 0
    try:
        while (step := _answer_next(runtime, conversation_id)).more:
            replies += step.replies
        replies += step.replies
    except _FlowFailed as failure:
        inbound_id = failure.inbound_id
        log.exception("flow.failed", inbound=inbound_id)
        transact(runtime.engine, lambda connection: _note_failure(connection, inbound_id))
    return replies


def _answer_next(runtime: Runtime, conversation_id: int) -> _Step:
    def step(connection: Connection) -> _Step:
        row = conversation.lock(connection, conversation_id)
        return _answer_oldest(connection, runtime, row)

    return transact(runtime.engine, step)


def _answer_oldest(connection: Connection, runtime: Runtime, row: Locked) -> _Step:
    waiting = connection.execute(_WAITING, {"conversation_id": row.id}).all()
    if not waiting:
        return _Step(row.id)
    work = Work(connection, runtime, row, waiting[0])
    try:
        replies = carry_out(_decision(work), work)
    except DBAPIError:
        raise
    except Exception as error:
        raise _FlowFailed(work.inbound.id) from error
    return _Step(row.id, replies, more=len(waiting) > 1)


def _decision(work: Work) -> Decision:
    inbound = work.inbound
    carrier = Intent(inbound.carrier_intent) if inbound.carrier_intent else None
    heard = Heard(
        inbound.provider,
        inbound.provider_sid,
        inbound.sender,
        inbound.recipient,
        inbound.body,
        carrier,
    )
    runtime = work.runtime
    view = conversation.view_of(work.row)
    reading = _reading(heard, runtime)
    narrow = runtime.vocabulary.narrow.get(reading.form)
    situation = Situation(view, heard, reading, runtime.flows, narrow=narrow)
    facts = conversation.facts_of(work.connection, runtime.vault, work.row, needs(situation))
    return decide(replace(situation, facts=facts))


def _reading(heard: Heard, runtime: Runtime) -> Reading:
    reading = understand(heard.text, runtime.vocabulary)
    if narrow := runtime.vocabulary.narrow.get(reading.form):
        return replace(reading, trace={"layer": "exact", "rule": f"keyword stop {narrow}"})
    if heard.carrier is None or heard.carrier is reading.intent:
        return reading
    trace = {"layer": "carrier", "rule": f"OptOutType {heard.carrier}", "form": reading.form}
    return Reading(heard.carrier, reading.form, reading.language, trace=trace)


def _note_failure(connection: Connection, inbound_id: int) -> None:
    inbound = inbound_messages.c
    attempts = connection.execute(
        update(inbound_messages)
        .where(inbound.id == inbound_id, inbound.status == "waiting")
        .values(attempts=inbound.attempts + 1, error="a flow could not answer; see the log")
        .returning(inbound.attempts, inbound.body)
    ).one_or_none()
    if attempts is not None and attempts.attempts >= MOST_ATTEMPTS:
        connection.execute(
            update(inbound_messages)
            .where(inbound.id == inbound_id)
            .values(status="failed", body=mask.digits(attempts.body))
        )
