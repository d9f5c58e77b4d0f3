"""Carry out a decision: effects, replies and the new state, in the transaction that took it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, bindparam, update

from bot.billing import links, verification
from bot.compliance import countries, holds, ledger
from bot.compliance.ledger import Entry, Method
from bot.compliance.standing import Changed, Pair
from bot.dialogue.decide import ALWAYS_HEARD
from bot.dialogue.decision import Decision
from bot.dialogue.effects import (
    ChooseLanguage,
    Consent,
    CreatePaymentLink,
    Effect,
    HandOver,
    Hold,
    PromiseToPay,
    RecordConsent,
    Release,
    VerificationFailed,
    VerificationPassed,
)
from bot.dialogue.holds import HoldKind, called_for
from bot.dialogue.turn import Reply
from bot.dialogue.vocabulary import Intent
from bot.messaging import outbox
from bot.messaging.answering import conversation
from bot.messaging.answering.conversation import Locked
from bot.messaging.answering.render import Rendered, render
from bot.messaging.consent import consents
from bot.messaging.gate import MessageClass
from bot.messaging.sending import recall
from bot.runtime import Runtime
from bot.store.tables import conversations, inbound_messages
from bot.text import mask

# What these set is named by the values that they are executed with.
_KEEP_CONVERSATION = update(conversations).where(conversations.c.id == bindparam("this"))
_KEEP_INBOUND = update(inbound_messages).where(inbound_messages.c.id == bindparam("this"))


@dataclass(frozen=True)
class Work:
    """The transaction at hand: the locked conversation and the inbound text it answers."""

    connection: Connection
    runtime: Runtime
    row: Locked
    inbound: Row[tuple[object, ...]]


def carry_out(decision: Decision, work: Work) -> int:
    """Write down all of a decision and return how many replies now wait to leave."""
    values: dict[str, object] = {}
    for effect in decision.effects:
        values |= _carry_out_effect(effect, decision, work)
    taken = _take_consents(decision, work)
    held = _place_hold(decision, work)
    rendered = _rendered(decision, values, work)
    outbox.enqueue(
        work.connection, work.row.id, rendered, _message_class(decision), work.inbound.id
    )
    _log_carrier_line(decision, work)
    _tell_provider(taken, work)
    _keep_conversation(decision, consents.kept(taken) | held, bool(rendered), work)
    _keep_inbound(decision, work)
    _record(taken, decision, rendered, work)
    return len(rendered)


def _carry_out_effect(effect: Effect, decision: Decision, work: Work) -> Mapping[str, object]:
    """Do one thing; what it returns are values for the scripts."""
    match effect:
        case VerificationPassed():
            verification.passed(work.connection, work.row.contact_id)
        case VerificationFailed():
            left = conversation.tries_left(work.row)
            verification.failed(work.connection, work.row.contact_id, left)
        case CreatePaymentLink(account_id):
            return _payment_link(account_id, decision, work)
        case PromiseToPay(day):
            _hold_until(day, work)
        case RecordConsent() | ChooseLanguage() | HandOver() | Hold() | Release():
            pass  # part of the conversation's new row
    return {}


def _payment_link(account_id: int, decision: Decision, work: Work) -> Mapping[str, object]:
    row = work.row
    link = links.create(work.connection, row.id, account_id, decision.language, row.now)
    url = f"{work.runtime.settings.link_url}/p/{link.token}"
    return {"url": url, "expires": link.expires_at}


def _hold_until(day: date, work: Work) -> None:
    """Hold unsolicited messages back until a promised day is over where the person is."""
    row = work.row
    until = countries.of_number(row.number, countries.shipped()).end_of(day)
    rule = f"promised for {day.isoformat()}"
    holds.place(
        work.connection, row.contact_id, HoldKind.PROMISE, rule, work.inbound.id, until=until
    )


def _take_consents(decision: Decision, work: Work) -> list[Changed]:
    """Take each step of consent, and take back what waits where the person stopped."""
    row = work.row
    pair = _pair(row)
    # What a STOP said before still has to leave: its confirmation.
    if decision.cancel_queued and row.consent != Consent.STOPPED:
        recall.cancel(work.connection, [row.id], consents.STOPPED_ALL)
    started = decision.reading.intent is Intent.START
    return [
        change
        for effect in decision.effects
        if isinstance(effect, RecordConsent)
        for change in consents.take(work.connection, work.runtime.settings, pair, effect, started)
    ]


def _log_carrier_line(decision: Decision, work: Work) -> None:
    """What the carrier answered by itself is a line of the conversation, though not one of ours."""
    intent = work.inbound.carrier_intent
    again = intent == Intent.STOP and work.row.consent == Consent.STOPPED
    if intent is None or again:
        return
    runtime = work.runtime
    reply = Reply(f"carrier.{str(intent).lower()}")
    company = conversation.company_of(work.row, runtime.settings)
    line = render(reply, decision.language, runtime.scripts, company)
    assert line is not None
    outbox.note_carrier_line(work.connection, work.row.id, line, work.inbound.id)


def _tell_provider(taken: list[Changed], work: Work) -> None:
    """A word of ours, not the carrier's, stopped or started: its own list must follow."""
    if work.inbound.carrier_intent is not None:
        return
    consents.tell_provider(work.connection, work.runtime, _pair(work.row), taken)


def _pair(row: Locked) -> Pair:
    return Pair(row.id, row.contact_id, row.sender_id)


def _place_hold(decision: Decision, work: Work) -> dict[str, Any]:
    """Hold unsolicited messages where the text calls for it; then a person must look as well."""
    call = called_for(decision.reading, work.runtime.vocabulary)
    if call is None:
        return {}
    kind, words = call
    holds.place(work.connection, work.row.contact_id, kind, words, work.inbound.id)
    return {"person_wanted_at": work.row.now}


def _rendered(decision: Decision, values: Mapping[str, object], work: Work) -> list[Rendered]:
    runtime = work.runtime
    company = conversation.company_of(work.row, runtime.settings)
    replies = (_with(reply, values) for reply in decision.replies)
    rendered = (render(reply, decision.language, runtime.scripts, company) for reply in replies)
    return [message for message in rendered if message is not None]


def _with(reply: Reply, values: Mapping[str, object]) -> Reply:
    return replace(reply, values={**values, **reply.values})


def _message_class(decision: Decision) -> MessageClass:
    heard_always = decision.reading.intent in ALWAYS_HEARD or decision.stops
    return MessageClass.CONFIRMATION if heard_always else MessageClass.REPLY


def _record(taken: list[Changed], decision: Decision, rendered: list[Rendered], work: Work) -> None:
    """Append to the ledger what the person decided, by which rule, and the words they were sent."""
    shown = rendered[-1] if rendered else None
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
        evidence={"text": text, "number": work.row.number, "shown": shown.body if shown else ""},
    )
    entries = consents.entries(taken, entry, settings)
    ledger.append(work.connection, work.runtime.vault, entries)


def _keep_conversation(decision: Decision, more: dict[str, Any], spoke: bool, work: Work) -> None:
    changes: dict[str, Any] = {
        "language": decision.keep,
        "flow": decision.flow,
        "state": decision.state,
        "slots": dict(decision.slots),
        "misunderstood": decision.misunderstood,
        "helped_since_stop": decision.helped_since_stop,
        "heard_at": work.row.now,
    }
    if spoke:
        changes["spoke_at"] = work.row.now
    for effect in decision.effects:
        changes |= _kept(effect, work)
    changes |= more
    work.connection.execute(_KEEP_CONVERSATION, {"this": work.row.id, **changes})


def _kept(effect: Effect, work: Work) -> dict[str, Any]:
    match effect:
        case ChooseLanguage():
            return {"language_chosen": True}
        case HandOver():
            return {"person_wanted_at": work.row.now}
        case Hold():
            return {"held_since": work.row.held_since or work.row.now}
        case Release():
            return {"held_since": None}
    return {}


def _keep_inbound(decision: Decision, work: Work) -> None:
    """Mark the text as answered; digits that prove who somebody is are not kept."""
    changes: dict[str, Any] = {"status": "answered", "intent": decision.reading.intent}
    trace = dict(decision.reading.trace)
    if decision.secret:
        trace = {name: mask.digits(value) for name, value in trace.items()}
        changes["body"] = mask.digits(work.inbound.body)
    work.connection.execute(_KEEP_INBOUND, {"this": work.inbound.id, **changes, "trace": trace})
