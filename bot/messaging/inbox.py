"""What came in: keep it, once per provider id, and have it answered."""

from functools import cache

import structlog
from sqlalchemy import Connection, Executable, bindparam, exists, select

from bot.dialogue.decision import Heard
from bot.dialogue.vocabulary import Intent
from bot.messaging import outbox
from bot.messaging.answering import conversation
from bot.messaging.answering.answer import FlowFailed, Step, answer_next, certain_stop, note_failure
from bot.messaging.answering.conversation import Locked
from bot.runtime import Runtime
from bot.store.session import insert_in, transact
from bot.store.tables import inbound_messages, senders
from bot.text import mask, phone

LONGEST_TEXT = 1600
LONGEST_NUMBER = 64

log = structlog.get_logger(__name__)
# One of our senders, and whether a text was kept before: one question for two costs half.
_SENDER = select(
    senders.c.id,
    exists()
    .where(
        inbound_messages.c.provider == bindparam("provider"),
        inbound_messages.c.provider_sid == bindparam("sid"),
    )
    .label("kept_before"),
).where(senders.c.number == bindparam("ours"))


def hear(runtime: Runtime, heard: Heard) -> None:
    """Keep an inbound text, once per provider id, and answer what waits in its conversation.

    One transaction does both, for two cost half as much again. Where the answer fails it takes the
    text with it; then each gets its own, so that after this the text cannot be lost.
    """
    try:
        step = transact(runtime.engine, lambda connection: _take(connection, runtime, heard))
    except FlowFailed:
        step = Step(receive(runtime, heard), more=True)
    if step.replies:
        outbox.wake(runtime)
    if step.conversation_id is not None and step.more:
        answer(runtime, step.conversation_id)


def receive(runtime: Runtime, heard: Heard) -> int | None:
    """Keep an inbound text, once per provider id, and return its conversation.

    None where nobody can be answered: the text is kept as unrouted (not to one of our numbers) or
    ignored (not from a number that can be answered).
    """
    row = transact(runtime.engine, lambda connection: _keep(connection, runtime, heard))
    return row and int(row.id)


def _take(connection: Connection, runtime: Runtime, heard: Heard) -> Step:
    row = _keep(connection, runtime, heard)
    return answer_next(connection, runtime, row) if row else Step(None)


def _keep(connection: Connection, runtime: Runtime, heard: Heard) -> Locked | None:
    row = conversation.find(connection, heard.recipient, heard.sender) or _begin(connection, heard)
    if row is not None:
        # The conversation is locked by now, so ids are given in the order of the commits.
        intent = certain_stop(runtime, heard)
        _insert(connection, heard, heard.text, "waiting", row.id, intent)
    return row


def _begin(connection: Connection, heard: Heard) -> Locked | None:
    """A new conversation; None for a text that is only kept, or was kept before."""
    asked = {"provider": heard.provider, "sid": heard.sid, "ours": heard.recipient}
    sender = connection.execute(_SENDER, asked).one_or_none()
    if sender is not None and sender.kept_before:
        return None
    if sender is not None and phone.can_be_answered(heard.sender):
        return conversation.make(connection, sender.id, heard.sender)
    # Nobody will ask what the digits prove, so whether they are a secret stays unknown.
    status = "unrouted" if sender is None else "ignored"
    _insert(connection, heard, mask.digits(heard.text), status)
    log.info("text.not_answerable", sender=mask.number(heard.sender))
    return None


def _insert(
    connection: Connection,
    heard: Heard,
    body: str,
    status: str,
    conversation_id: int | None = None,
    intent: Intent | None = None,
) -> None:
    row = {
        "provider": heard.provider,
        "provider_sid": heard.sid,
        "conversation_id": conversation_id,
        "sender": heard.sender[:LONGEST_NUMBER],
        "recipient": heard.recipient[:LONGEST_NUMBER],
        "body": body[:LONGEST_TEXT],
        "carrier_intent": heard.carrier,
        "status": status,
        "intent": intent,
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
    """Answer what waits, a STOP first, and return how many replies now wait to leave.

    A bug in a flow is logged and counted; its text stays and is tried again by the sweep, at most
    three times, before the conversation goes on without it.
    """
    replies = 0
    try:
        while (step := _step(runtime, conversation_id)).more:
            replies += step.replies
        replies += step.replies
    except FlowFailed as failure:
        inbound_id = failure.inbound_id
        log.exception("flow.failed", inbound=inbound_id)
        transact(runtime.engine, lambda connection: note_failure(connection, inbound_id))
    return replies


def _step(runtime: Runtime, conversation_id: int) -> Step:
    def step(connection: Connection) -> Step:
        row = conversation.lock(connection, conversation_id)
        return answer_next(connection, runtime, row)

    return transact(runtime.engine, step)
