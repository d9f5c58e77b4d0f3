"""What came in: keep it, once per provider id, and have it answered."""

from collections.abc import Sequence
from functools import partial

import structlog
from sqlalchemy import Connection

from bot.dialogue.decision import Heard
from bot.messaging import doorbell
from bot.messaging.answering import answer as answering
from bot.messaging.answering import conversation, waiting
from bot.messaging.answering.answer import FlowFailed, Step
from bot.messaging.answering.group import Group
from bot.messaging.answering.keep import keep
from bot.messaging.answering.read import Text, read
from bot.messaging.sending import landing
from bot.messaging.sending.landing import StillLeaving
from bot.runtime import Runtime
from bot.store.session import AWAY, transact

log = structlog.get_logger(__name__)


class Inbox:
    """Where the texts of one process come in; those that come at the same time share a commit."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._group: Group[Text, Step | None] = Group(partial(hear_together, runtime), _numbers)

    def hear(self, heard: Heard) -> None:
        """Keep an inbound text and answer it, as `hear` does."""
        runtime = self._runtime.pinned()
        text = read(heard, runtime.vocabulary)
        # A stop waits for what is in flight, and nobody else shall wait with it.
        step = None if text.ends_messages else self._group.do(text)
        if step is None:
            _alone(runtime, text)
        else:
            _go_on(self._runtime, step)


def hear(runtime: Runtime, heard: Heard) -> None:
    """Keep an inbound text, once per provider id, and answer what waits in its conversation.

    One transaction does both, for two cost half as much again. Where the answer fails it takes the
    text with it; then each gets its own, so that after this the text cannot be lost.
    """
    pinned = runtime.pinned()
    _alone(pinned, read(heard, pinned.vocabulary))


def _numbers(text: Text) -> tuple[str, str]:
    return text.numbers


def _alone(runtime: Runtime, text: Text) -> None:
    try:
        step = landing.attempt(runtime.engine, lambda it: _take(it, runtime, text))
    except (FlowFailed, StillLeaving):
        step = Step(receive(runtime, text.heard), more=True)
    if step.replies:
        doorbell.ring(runtime)
    _go_on(runtime, step)


def _go_on(runtime: Runtime, step: Step) -> None:
    if step.conversation_id is not None and step.more:
        answer(runtime, step.conversation_id)


def _take(connection: Connection, runtime: Runtime, text: Text) -> Step:
    (kept,) = keep(connection, [text])
    return answering.answer_one(connection, runtime, kept.row, [text]) if kept.row else Step()


def hear_together(runtime: Runtime, texts: Sequence[Text]) -> Sequence[Step | None]:
    """Hear texts in one transaction, at most one of each pair of numbers.

    None for each that was not kept: it is better heard alone.
    """
    pinned = runtime.pinned()
    try:
        steps = transact(runtime.engine, lambda it: _take_all(it, pinned, texts))
    except AWAY:
        raise
    except Exception as error:  # one of them is to blame, and no other shall suffer for it
        log.warning("inbox.apart", texts=len(texts), error=type(error).__name__)
        return [None] * len(texts)
    if any(step and step.replies for step in steps):
        doorbell.ring(runtime)
    return steps


def _take_all(
    connection: Connection, runtime: Runtime, texts: Sequence[Text]
) -> Sequence[Step | None]:
    kept = keep(connection, texts, wait=False)
    rows = [one.row for one in kept if one.row]
    steps = answering.answer_together(connection, runtime, rows, texts) if rows else {}
    return [None if one.busy else steps[one.row.id] if one.row else Step() for one in kept]


def receive(runtime: Runtime, heard: Heard) -> int | None:
    """Keep an inbound text, once per provider id, and return its conversation.

    None where nobody can be answered: the text is kept as unrouted (not to one of our numbers) or
    ignored (not from a number that can be answered).
    """
    text = read(heard, runtime.vocabulary)
    (kept,) = transact(runtime.engine, lambda connection: keep(connection, [text]))
    return kept.row and int(kept.row.id)


def answer(runtime: Runtime, conversation_id: int) -> None:
    """Answer what waits in a conversation and wake the sender."""
    if answer_waiting(runtime, conversation_id):
        doorbell.ring(runtime)


def answer_waiting(runtime: Runtime, conversation_id: int) -> int:
    """Answer what waits, a STOP first, and return how many replies now wait to leave.

    A stop waits for what is leaving; raises Crowded where too many do, and its text stays.

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
        transact(runtime.engine, lambda connection: waiting.note_failure(connection, inbound_id))
    return replies


def _step(runtime: Runtime, conversation_id: int) -> Step:
    pinned = runtime.pinned()

    def step(connection: Connection) -> Step:
        row = conversation.lock(connection, conversation_id)
        return answering.answer_one(connection, pinned, row)

    return landing.transact(runtime.engine, step)
