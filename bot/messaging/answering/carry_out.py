"""Carry out decisions: effects, replies and the new states, in the transaction that took them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from bot.compliance import holds, ledger
from bot.compliance.ledger import Entry, Method
from bot.compliance.standing import Changed
from bot.dialogue.decision import Decision
from bot.dialogue.effects import (
    ChooseLanguage,
    Consent,
    Effect,
    HandOver,
    Hold,
    RecordConsent,
    Release,
    VerificationFailed,
    VerificationPassed,
)
from bot.dialogue.holds import called_for
from bot.dialogue.situation import ALWAYS_HEARD
from bot.dialogue.turn import Reply
from bot.dialogue.vocabulary import Intent
from bot.messaging import outbox
from bot.messaging.answering import conversation, effects, loops, payment_link
from bot.messaging.answering.addressed import address
from bot.messaging.answering.render import Rendered, render
from bot.messaging.answering.work import Work
from bot.messaging.consent import consents
from bot.messaging.grounds import MessageClass
from bot.messaging.outbox import About
from bot.messaging.sending import recall
from bot.runtime import Runtime
from bot.store import bulk
from bot.store.tables import conversations, inbound_messages
from bot.text import mask


@dataclass(frozen=True)
class _Answer:
    """A decision on its way into the tables: the steps of consent it took, the hold it placed, the
    words that are sent, and the link among them with its address."""

    decision: Decision
    work: Work
    taken: list[Changed]
    held: dict[str, Any]
    messages: list[Rendered]
    about: About
    url: str | None


def carry_out(runtime: Runtime, decided: Sequence[tuple[Decision, Work]]) -> list[int]:
    """Write down all of some decisions, each on a conversation of its own, and return how many
    replies now wait to leave, in their order."""
    if not decided:
        return []
    connection = decided[0][1].connection
    answers = [_answer(decision, work) for decision, work in decided]
    outbox.insert_rows(connection, [row for answer in answers for row in _rows(answer)])
    for answer in answers:
        loops.tell(connection, answer.work.row, answer.decision)
        _log_carrier_line(answer)
        _tell_provider(answer)
    bulk.update_by_id(connection, conversations, [_conversation(answer) for answer in answers])
    bulk.update_by_id(connection, inbound_messages, [_inbound(answer) for answer in answers])
    entries = [entry for answer in answers for entry in _entries(answer)]
    ledger.append(connection, runtime.vault, entries)
    return [len(answer.messages) for answer in answers]


def _answer(decision: Decision, work: Work) -> _Answer:
    """Do what must be done before the words are known."""
    values: dict[str, Any] = {}
    for effect in decision.effects:
        values |= effects.carry_out(effect, decision, work)
    taken = _take_consents(decision, work)
    held = _place_hold(decision, work)
    messages = _rendered(decision, values, work)
    about = values.get(payment_link.ABOUT, outbox.NOTHING)
    return _Answer(decision, work, taken, held, messages, about, values.get("url"))


def _rows(answer: _Answer) -> list[Mapping[str, object]]:
    work, message_class = answer.work, _message_class(answer.decision)
    rows = outbox.rows(work.row.id, answer.messages, message_class, work.inbound.id)
    if answer.url is None:
        return rows
    about = asdict(answer.about)
    return [{**row, **about} if answer.url in str(row["body"]) else row for row in rows]


def _take_consents(decision: Decision, work: Work) -> list[Changed]:
    """Take each step of consent, and take back what waits where the person stopped."""
    row = work.row
    # What a STOP said before still has to leave: its confirmation.
    if decision.cancel_queued and row.consent != Consent.STOPPED:
        recall.cancel(work.connection, [row.id], consents.STOPPED_ALL)
    started = decision.reading.intent is Intent.START
    return [
        change
        for effect in decision.effects
        if isinstance(effect, RecordConsent)
        for change in consents.take(
            work.connection, work.runtime.settings, work.pair, effect, started
        )
    ]


def _log_carrier_line(answer: _Answer) -> None:
    """What the carrier answered by itself is a line of the conversation, though not one of ours."""
    work = answer.work
    intent = work.inbound.carrier_intent
    again = intent == Intent.STOP and work.row.consent == Consent.STOPPED
    if intent is None or again:
        return
    runtime = work.runtime
    reply = Reply(f"carrier.{str(intent).lower()}")
    company = conversation.company_of(work.row, runtime.settings)
    line = render(reply, answer.decision.language, runtime.edition, company)
    assert line is not None
    outbox.note_carrier_line(work.connection, work.row.id, line, work.inbound.id)


def _tell_provider(answer: _Answer) -> None:
    """A word of ours, not the carrier's, stopped or started: its own list must follow."""
    work = answer.work
    if work.inbound.carrier_intent is None:
        consents.tell_provider(work.connection, work.runtime, work.pair, answer.taken)


def _place_hold(decision: Decision, work: Work) -> dict[str, Any]:
    """Hold unsolicited messages where the text calls for it; then a person must look as well."""
    call = called_for(decision.reading, work.runtime.vocabulary)
    if call is None:
        return {}
    kind, words = call
    holds.place(work.connection, work.row.contact_id, kind, words, work.inbound.id)
    return {"person_wanted_at": work.row.now}


def _rendered(decision: Decision, values: Mapping[str, object], work: Work) -> list[Rendered]:
    replies = (_with(reply, values) for reply in decision.replies)
    rendered = (
        address(work.connection, work.runtime, work.row, reply, decision.language)
        for reply in replies
    )
    return [message for message in rendered if message is not None]


def _with(reply: Reply, values: Mapping[str, object]) -> Reply:
    return replace(reply, values={**values, **reply.values})


def _message_class(decision: Decision) -> MessageClass:
    heard_always = decision.reading.intent in ALWAYS_HEARD or decision.stops
    return MessageClass.CONFIRMATION if heard_always else MessageClass.REPLY


def _entries(answer: _Answer) -> list[Entry]:
    """What the person decided, by which rule, and the words they were sent, for the ledger."""
    if not answer.taken:
        return []
    decision, work = answer.decision, answer.work
    shown = answer.messages[-1] if answer.messages else None
    inbound, settings = work.inbound, work.runtime.settings
    text = mask.digits(inbound.body) if decision.secret else inbound.body
    entry = Entry(
        contact_id=work.row.contact_id,
        conversation_id=work.row.id,
        inbound_id=inbound.id,
        consent=Consent.UNKNOWN,
        method=Method.SMS,
        rule=decision.reading.trace.get("rule", "answer to a question"),
        actor="person",
        script_key=shown.key if shown else None,
        revision=shown.revision if shown else None,
        policy_version=settings.HENJI_POLICY_VERSION or None,
        provider_sid=inbound.provider_sid,
        evidence={
            "text": text,
            "number": work.row.number,
            "shown": mask.tokens(shown.body) if shown else "",
        },
    )
    return consents.entries(answer.taken, entry, settings)


def _conversation(answer: _Answer) -> dict[str, Any]:
    """The conversation's new row: every column that an answer may change, so that many rows are
    written by one statement."""
    decision, row = answer.decision, answer.work.row
    changes: dict[str, Any] = {
        "id": row.id,
        "language": decision.keep,
        "language_chosen": row.language_chosen,
        "flow": decision.flow,
        "state": decision.state,
        "slots": dict(decision.slots),
        "consent": row.consent,
        "misunderstood": decision.misunderstood,
        "helped_since_stop": decision.helped_since_stop,
        "person_wanted_at": row.person_wanted_at,
        "held_since": row.held_since,
        "spoke_at": row.now if answer.messages else row.spoke_at,
        "heard_at": row.heard_at if decision.late else row.now,
        "guard": decision.guard.stored(),
        "verified_at": row.verified_at,
        "verified_account_id": row.verified_account_id,
        "muted_at": (row.muted_at or row.now) if decision.muted else None,
    }
    for effect in decision.effects:
        changes |= _kept(effect, answer.work)
    return changes | consents.kept(answer.taken) | answer.held


def _kept(effect: Effect, work: Work) -> dict[str, Any]:
    now = work.row.now
    changes: dict[str, Any] = {}
    match effect:
        case ChooseLanguage():
            changes = {"language_chosen": True}
        case HandOver():
            changes = {"person_wanted_at": now}
        case Hold():
            changes = {"held_since": work.row.held_since or now}
        case Release():
            changes = {"held_since": None}
        case VerificationPassed(account_id):
            changes = {"verified_at": now, "verified_account_id": account_id}
        case VerificationFailed():
            changes = {"verified_at": None}
    return changes


def _inbound(answer: _Answer) -> dict[str, Any]:
    """The text as answered; digits that prove who somebody is are not kept."""
    decision, inbound = answer.decision, answer.work.inbound
    trace, body = dict(decision.reading.trace), inbound.body
    if decision.secret:
        trace = {name: mask.digits(value) for name, value in trace.items()}
        body = mask.digits(body)
    return {
        "id": inbound.id,
        "status": "answered",
        "intent": decision.reading.intent,
        "trace": trace,
        "state_before": _where(answer.work.row.flow, answer.work.row.state),
        "state_after": _where(decision.flow, decision.state),
        "body": body,
    }


def _where(flow: str | None, state: str) -> str | None:
    return f"{flow}.{state}" if flow else None
