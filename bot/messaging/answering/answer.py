"""Answer one text of a conversation: choose it, decide, carry the decision out, or count a bug."""

from dataclasses import dataclass, replace

import structlog
from sqlalchemy import Connection, bindparam, case, literal_column, select, update

from bot.dialogue.decide import Situation, decide, needs
from bot.dialogue.decision import Decision, Heard
from bot.dialogue.intents import Reading, understand
from bot.dialogue.vocabulary import Intent
from bot.messaging.answering import conversation
from bot.messaging.answering.carry_out import Work, carry_out
from bot.messaging.answering.conversation import Locked
from bot.runtime import Runtime
from bot.store.session import AWAY
from bot.store.tables import inbound_messages
from bot.text import mask

MOST_ATTEMPTS = 3

log = structlog.get_logger(__name__)
_inbound = inbound_messages.c


class FlowFailed(Exception):
    """A bug while answering; carries which inbound message it was."""

    def __init__(self, inbound_id: int) -> None:
        super().__init__(inbound_id)
        self.inbound_id = inbound_id


@dataclass(frozen=True)
class Step:
    """One text of a conversation was answered, or none waited; `more` says that others wait."""

    conversation_id: int | None
    replies: int = 0
    more: bool = False


# The text to answer next and, if there is one, its successor: the oldest first, but a STOP must
# not wait behind a text that a flow cannot answer.
_WAITING = (
    select(
        _inbound.id,
        _inbound.provider,
        _inbound.provider_sid,
        _inbound.sender,
        _inbound.recipient,
        _inbound.body,
        _inbound.carrier_intent,
        _inbound.intent,
    )
    .where(
        _inbound.conversation_id == bindparam("conversation_id"),
        # Written out: a plan that is kept can then use the index of what waits.
        _inbound.status == literal_column("'waiting'"),
    )
    .order_by(case((_inbound.intent == Intent.STOP, 0), else_=1), _inbound.id)
    .limit(2)
)
_OVERTAKEN = (
    update(inbound_messages)
    .where(_inbound.id == bindparam("this"))
    .values(status="answered", error="overtaken by a STOP", body=bindparam("masked"))
)


def certain_stop(runtime: Runtime, heard: Heard) -> Intent | None:
    """STOP, where a text surely is one: it is kept with the text, to be answered first."""
    return Intent.STOP if _is_stop(_reading(heard, runtime)) else None


def answer_next(connection: Connection, runtime: Runtime, row: Locked) -> Step:
    """Answer the text of a locked conversation whose turn it is; raises FlowFailed for a bug."""
    waiting = connection.execute(_WAITING, {"conversation_id": row.id}).all()
    if not waiting:
        return Step(row.id)
    work = Work(connection, runtime, row, waiting[0])
    more = len(waiting) > 1
    try:
        replies = carry_out(_decision(work), work)
    except AWAY:
        raise
    except Exception as error:
        raise FlowFailed(work.inbound.id) from error
    if more and work.inbound.intent == Intent.STOP:
        _overtake(work)
    return Step(row.id, replies, more)


def _overtake(work: Work) -> None:
    """What waited before a STOP is settled by it: an older START must not lift it again."""
    older = select(_inbound.id.label("this"), _inbound.body).where(
        _inbound.conversation_id == work.row.id,
        _inbound.status == "waiting",
        _inbound.id < work.inbound.id,
    )
    rows = work.connection.execute(older).all()
    if rows:
        masked = [{"this": row.this, "masked": mask.digits(row.body)} for row in rows]
        work.connection.execute(_OVERTAKEN, masked)


def _decision(work: Work) -> Decision:
    heard = _heard(work)
    view = conversation.view_of(work.row)
    runtime = work.runtime
    reading = _reading(heard, runtime)
    narrow = _narrow(heard, reading, runtime)
    situation = Situation(view, heard, reading, runtime.flows, narrow=narrow)
    try:
        return _decide(situation, work)
    except AWAY:
        raise
    except Exception:
        if not _is_stop(situation.reading):
            raise
        # A flow that cannot even say goodbye must not keep a person from leaving.
        log.exception("flow.failed", inbound=work.inbound.id)
        return decide(replace(situation, view=replace(view, flow=None)))


def _decide(situation: Situation, work: Work) -> Decision:
    vault = work.runtime.vault
    facts = conversation.facts_of(work.connection, vault, work.row, needs(situation))
    return decide(replace(situation, facts=facts))


def _heard(work: Work) -> Heard:
    inbound = work.inbound
    carrier = Intent(inbound.carrier_intent) if inbound.carrier_intent else None
    return Heard(
        inbound.provider,
        inbound.provider_sid,
        inbound.sender,
        inbound.recipient,
        inbound.body,
        carrier,
    )


def _reading(heard: Heard, runtime: Runtime) -> Reading:
    reading = understand(heard.text, runtime.vocabulary)
    if narrow := _narrow(heard, reading, runtime):
        return _of_one_purpose(reading, narrow)
    if heard.carrier is None or heard.carrier is reading.intent:
        return reading
    trace = {"layer": "carrier", "rule": f"OptOutType {heard.carrier}", "form": reading.form}
    return Reading(heard.carrier, reading.form, reading.language, trace=trace)


def _narrow(heard: Heard, reading: Reading, runtime: Runtime) -> str | None:
    """The one purpose that a text stops; what the carrier took for a STOP stops everything."""
    return None if heard.carrier else runtime.vocabulary.narrow.get(reading.form)


def _of_one_purpose(reading: Reading, purpose: str) -> Reading:
    """A stop of one purpose is no STOP, whatever the grammar reads in its words."""
    trace = {"layer": "exact", "rule": f"keyword stop {purpose}"}
    return replace(reading, intent=Intent.OTHER, clarify=False, trace=trace)


def _is_stop(reading: Reading) -> bool:
    return reading.intent is Intent.STOP and not reading.clarify


def note_failure(connection: Connection, inbound_id: int) -> None:
    """Count a failed attempt; after three the conversation goes on without the text."""
    failed = connection.execute(
        update(inbound_messages)
        .where(_inbound.id == inbound_id, _inbound.status == "waiting")
        .values(attempts=_inbound.attempts + 1, error="a flow could not answer; see the log")
        .returning(_inbound.attempts, _inbound.body)
    ).one_or_none()
    if failed is not None and failed.attempts >= MOST_ATTEMPTS:
        connection.execute(
            update(inbound_messages)
            .where(_inbound.id == inbound_id)
            .values(status="failed", body=mask.digits(failed.body))
        )
