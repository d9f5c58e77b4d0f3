"""Answer texts of locked conversations: choose each, decide, and carry the decisions out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog
from sqlalchemy import Connection, Row

from bot.billing import accounts
from bot.dialogue.decide import decide, needs
from bot.dialogue.decision import Decision, Heard
from bot.dialogue.situation import Situation
from bot.dialogue.turn import Account, Facts
from bot.dialogue.vocabulary import Intent
from bot.messaging.answering import conversation, late, waiting
from bot.messaging.answering.carry_out import carry_out
from bot.messaging.answering.conversation import Locked
from bot.messaging.answering.read import Text, read
from bot.messaging.answering.work import Work
from bot.runtime import Runtime
from bot.store.session import AWAY

log = structlog.get_logger(__name__)

Known = Mapping[str, Sequence[Account]]


class FlowFailed(Exception):
    """A bug while answering; carries which inbound message it was."""

    def __init__(self, inbound_id: int) -> None:
        super().__init__(inbound_id)
        self.inbound_id = inbound_id


@dataclass(frozen=True)
class Step:
    """One text of a conversation was answered, or none waited; `more` says that others wait."""

    conversation_id: int | None = None
    replies: int = 0
    more: bool = False


def answer_one(
    connection: Connection, runtime: Runtime, row: Locked, texts: Iterable[Text] = ()
) -> Step:
    """Answer the text of a locked conversation whose turn it is; raises FlowFailed for a bug."""
    works, more = _works(connection, runtime, [row], texts)
    if not works:
        return Step(row.id)
    (work,) = works
    try:
        known = _accounts(connection, runtime, works)
        (replies,) = carry_out(runtime, [(_decision(work, known), work)])
    except AWAY:
        raise
    except Exception as error:
        raise FlowFailed(work.inbound.id) from error
    if more and work.inbound.intent == Intent.STOP:
        waiting.overtake(connection, work.inbound)
    return Step(row.id, replies, bool(more))


def answer_together(
    connection: Connection, runtime: Runtime, rows: Sequence[Locked], texts: Iterable[Text]
) -> dict[int, Step]:
    """Answer the next text of each of these locked conversations; the steps by conversation.

    A text whose flow fails, or that ends messages and so waits for what is in flight, still waits
    for an answer after this: `more` says so.
    """
    works, more = _works(connection, runtime, rows, texts)
    known = _accounts(connection, runtime, works)
    decided = [(decision, work) for work in works if (decision := _easy_decision(work, known))]
    replies = carry_out(runtime, decided)
    answered = {work.row.id: count for (_, work), count in zip(decided, replies, strict=True)}
    left = more | {work.row.id for work in works} - answered.keys()
    return {row.id: Step(row.id, answered.get(row.id, 0), row.id in left) for row in rows}


def _works(
    connection: Connection, runtime: Runtime, rows: Sequence[Locked], texts: Iterable[Text]
) -> tuple[list[Work], set[int]]:
    """The next text of each conversation, and the conversations where another follows it."""
    read_already = {(text.heard.provider, text.heard.sid): text for text in texts}
    turns = waiting.next_of(connection, [row.id for row in rows])
    works = []
    for row in rows:
        for inbound in turns.get(row.id, ())[:1]:
            known = read_already.get((inbound.provider, inbound.provider_sid))
            text = known or read(_heard(inbound), runtime.vocabulary)
            works.append(Work(connection, runtime, row, inbound, text))
    return works, {conversation_id for conversation_id, two in turns.items() if len(two) > 1}


def _heard(inbound: Row[Any]) -> Heard:
    return Heard(
        inbound.provider,
        inbound.provider_sid,
        inbound.sender,
        inbound.recipient,
        inbound.body,
        Intent(inbound.carrier_intent) if inbound.carrier_intent else None,
        inbound.written_at,
    )


def _accounts(connection: Connection, runtime: Runtime, works: Sequence[Work]) -> Known:
    """The accounts of those whose flows, or digits, call for them."""
    numbers = [work.row.number for work in works if "account" in needs(_situation(work))]
    return accounts.of_numbers(connection, runtime.vault, numbers) if numbers else {}


def _situation(work: Work) -> Situation:
    text = work.text
    view = conversation.view_of(work.row)
    return Situation(
        view,
        text.heard,
        text.reading,
        work.runtime.flows,
        narrow=text.narrow,
        late=late.lateness(work),
        at=work.inbound.written_at or work.inbound.created_at,
        automatic=work.runtime.vocabulary.is_automatic(text.reading.form),
        most_texts=work.runtime.settings.HENJI_TEXTS_PER_MINUTE,
    )


def _facts(work: Work, known: Known) -> Facts:
    return conversation.facts_of(work.row, known, work.runtime.settings)


def _decision(work: Work, known: Known) -> Decision:
    situation = replace(_situation(work), facts=_facts(work, known))
    try:
        return decide(situation)
    except Exception:
        if not work.text.stops:
            raise
        # A flow that cannot even say goodbye must not keep a person from leaving.
        log.exception("flow.failed", inbound=work.inbound.id)
        return decide(replace(situation, view=replace(situation.view, flow=None)))


def _easy_decision(work: Work, known: Known) -> Decision | None:
    """The decision on one of many texts; None where it is better answered alone."""
    try:
        decision = _decision(work, known)
    except Exception:  # answered alone it fails again, and is counted and logged
        return None
    return None if decision.ends_messages else decision
