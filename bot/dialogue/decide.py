"""The one decision per text: from a conversation and what was heard to what is said and done.

Pure: no database, no clock, no network. STOP, START and HELP win in every state.
"""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Literal

from bot.dialogue.decision import Decision, Late
from bot.dialogue.effects import (
    ChooseLanguage,
    Consent,
    HandOver,
    Hold,
    PromiseToPay,
    RecordConsent,
)
from bot.dialogue.flow import DONE, START, Flow
from bot.dialogue.guarded import guarded
from bot.dialogue.situation import ALWAYS_HEARD, Situation, stay
from bot.dialogue.turn import Reply, Turn
from bot.dialogue.vocabulary import Intent
from bot.text.amounts import may_be_digits

QUESTION_OPEN_FOR = timedelta(hours=1)
# Who filled in a form waits for its question, and a day later still knows what their yes is to.
FORM_OPEN_FOR = timedelta(hours=24)
WAITS_FOR_PERSON = timedelta(hours=24)
PROOF_LENGTH = 4
DIGITS = re.compile(r"\d{4,}")
ONBOARDING = "onboarding"
# The slot that says how an opened question of consent came about, and its one value.
CONFIRMS, FORM = "confirms", "form"
STOP_QUESTION = "stop_question"
# Beside these the question whether more messages are welcome would be out of place.
SETTLING = (RecordConsent, HandOver, Hold, PromiseToPay)


def needs(situation: Situation) -> frozenset[str]:
    """The facts to load before `decide`: for the running flow and for the one that may begin.

    Digits are compared with the accounts wherever they come, so that none that prove anything stay.
    """
    candidates = (situation.running, situation.begun)
    digits = {"account"} if DIGITS.search(situation.reading.form) else set()
    return frozenset(digits).union(*(flow.needs for flow in candidates if flow))


def tells_accounts(situation: Situation) -> bool:
    """Whether the answer may tell what somebody owes, rather than only compare their digits."""
    if situation.reading.intent in ALWAYS_HEARD or situation.view.consent is Consent.STOPPED:
        return False
    candidates = (situation.running, situation.begun)
    return any(flow is not None and "account" in flow.needs for flow in candidates)


def decide(situation: Situation) -> Decision:
    """Decide one text. The replies are keys and values; nothing is rendered or stored here."""
    if situation.late:
        return _too_late(_silence(situation), situation)
    decision = guarded(_confirmed(_decide(_silence(situation), situation)), situation)
    if situation.heard.carrier is not None:
        return replace(decision, replies=())
    return _in_chosen_language(decision)


def _decide(base: Decision, situation: Situation) -> Decision:
    intent = base.reading.intent
    if situation.narrow is not None and situation.view.consent is not Consent.STOPPED:
        return _stop_one(base, situation, situation.narrow)
    if intent is Intent.STOP and not base.reading.clarify:
        return _stop(base, situation)
    if intent is Intent.START:
        return _start(base, situation)
    if situation.view.consent is Consent.STOPPED:
        return _stopped(base, situation)
    if intent is Intent.HELP:
        return stay(base, situation, Reply("common.help"))
    go_on = _left_to_a_person if situation.view.taken else _converse
    return go_on(base, situation)


def _too_late(base: Decision, situation: Situation) -> Decision:
    """What nobody expects an answer to any more is kept, and a stop in it obeyed, in silence."""
    view, reading = situation.view, base.reading
    base = replace(
        base,
        reading=replace(reading, trace={**reading.trace, "late": situation.late}),
        misunderstood=view.misunderstood,
        helped_since_stop=view.helped_since_stop,
        late=True,
    )
    kept = stay(base, situation)
    if situation.late is Late.OVERTAKEN or view.consent is Consent.STOPPED:
        return kept
    if situation.narrow is not None:
        return replace(kept, effects=(RecordConsent(Consent.STOPPED, situation.narrow),))
    if reading.intent is not Intent.STOP:
        return kept
    if reading.clarify:
        return replace(kept, effects=(Hold(),))
    return replace(_stop(base, situation), replies=())


def _silence(situation: Situation) -> Decision:
    """A decision that says nothing yet, in the language that this text calls for."""
    view, reading = situation.view, situation.reading
    free_answer = situation.running is not None and reading.intent is Intent.OTHER
    spoken = view.language if free_answer else reading.language or view.language
    keep = view.language if view.language_chosen else spoken
    return Decision(
        reading,
        language=spoken if reading.intent in ALWAYS_HEARD else keep,
        keep=keep,
        secret=_secret(situation),
        muted=view.muted,
        guard=view.guard,
    )


def _secret(situation: Situation) -> bool:
    """Digits that answer a question of identity, also where they come late, twice or unasked."""
    running, form = situation.running, situation.reading.form
    if running is not None and situation.view.state in running.secret:
        return True
    found = [digits[-PROOF_LENGTH:] for digits in DIGITS.findall(form)]
    facts = situation.facts
    if found and (facts.quarantined or facts.withheld):
        return True
    if any(account.proves(digits) for account in facts.accounts for digits in found):
        return True
    if running is not None:
        return False
    begun = situation.begun
    asks = begun is not None and bool(begun.secret) and may_be_digits(situation.heard.text)
    return asks or DIGITS.fullmatch(form) is not None


def _stop(base: Decision, situation: Situation) -> Decision:
    """Exactly one confirmation: a second STOP is recorded and hears nothing."""
    stopped = situation.view.consent is Consent.STOPPED
    left = _leave("stop", base, situation)
    return replace(
        left,
        replies=() if stopped else (Reply("consent.stopped"),),
        effects=(*left.effects, RecordConsent(Consent.STOPPED)),
        cancel_queued=True,
    )


def _confirmed(decision: Decision) -> Decision:
    """A stop by way of a question is confirmed exactly as STOP is."""
    if decision.reading.intent is Intent.STOP or not decision.stops:
        return decision
    return replace(decision, replies=(Reply("consent.stopped"),), cancel_queued=True)


def _stop_one(base: Decision, situation: Situation, purpose: str) -> Decision:
    """Messages for one purpose end; everything else, an open question too, goes on."""
    stayed = stay(base, situation, Reply(f"consent.stopped_{purpose}"))
    return replace(stayed, effects=(RecordConsent(Consent.STOPPED, purpose),))


def _start(base: Decision, situation: Situation) -> Decision:
    stopped = situation.view.consent is Consent.STOPPED
    key = "consent.restarted" if stopped else "consent.started"
    return replace(base, replies=(Reply(key),), effects=(RecordConsent(Consent.GRANTED),))


def _stopped(base: Decision, situation: Situation) -> Decision:
    """After a STOP only HELP is answered, and once."""
    helped = situation.view.helped_since_stop
    if base.reading.intent is not Intent.HELP or helped:
        return replace(base, helped_since_stop=helped)
    return replace(base, replies=(Reply("consent.help_while_stopped"),), helped_since_stop=True)


def _left_to_a_person(base: Decision, situation: Situation) -> Decision:
    """Who took over answers; what may be a stop holds unsolicited messages until they asked."""
    doubtful = base.reading.intent is Intent.STOP
    return replace(stay(base, situation), effects=(Hold(),) if doubtful else ())


def _converse(base: Decision, situation: Situation) -> Decision:
    running, begun = situation.running, situation.begun
    if running and situation.view.idle > _open_for(situation):
        return _begin(_leave("expire", base, situation), situation, begun)
    if begun and begun.name == STOP_QUESTION != situation.view.flow:
        return _begin(base, situation, begun)
    if running and begun and begun.aside:
        return _aside(base, situation, begun)
    if running and (turn := _reply(running, situation, begun)):
        return _after(base, situation, turn)
    return _begin(base, situation, begun)


def _open_for(situation: Situation) -> timedelta:
    """How long the open question may be answered by this text."""
    of_form = situation.view.slots.get(CONFIRMS) == FORM
    plain = situation.reading.intent in {Intent.YES, Intent.NO}
    return FORM_OPEN_FOR if of_form and plain else QUESTION_OPEN_FOR


def _reply(running: Flow, situation: Situation, begun: Flow | None) -> Turn | None:
    """The next turn of the running flow; None where the text rather begins something else."""
    turn = situation.turn(running)
    back = situation.reading.back and running.hears("back", turn.state)
    moved = running.step("back" if back else "reply", turn)
    return turn if moved and (turn.understood or not begun) else None


def _leave(trigger: Literal["expire", "stop"], base: Decision, situation: Situation) -> Decision:
    """Let the running flow say goodbye to a question that nobody will answer any more."""
    if situation.running is None:
        return base
    turn = situation.turn(situation.running)
    situation.running.step(trigger, turn)
    return replace(base, replies=tuple(turn.replies), effects=tuple(turn.effects))


def _begin(base: Decision, situation: Situation, begun: Flow | None) -> Decision:
    flow = begun or _open_question(situation)
    if flow is None:
        return _not_understood(base, situation)
    turn = Turn(flow.name, situation.heard.text, situation.reading, facts=situation.facts)
    flow.step("begin", turn)
    return _after(base, situation, turn)


def _open_question(situation: Situation) -> Flow | None:
    """A yes or no that answers no open question is never taken: the question is put again."""
    if situation.reading.intent not in {Intent.YES, Intent.NO}:
        return None
    if situation.view.held:
        return situation.flows.get(STOP_QUESTION)
    if situation.facts.quarantined:
        return None
    open_still = situation.view.consent in {Consent.UNKNOWN, Consent.ASKED}
    return situation.flows.get(ONBOARDING) if open_still else None


def _after(base: Decision, situation: Situation, turn: Turn) -> Decision:
    decision = _joined(base, turn)
    if turn.state not in {START, DONE}:
        return decision
    settled = any(isinstance(effect, SETTLING) for effect in turn.effects)
    view = situation.view
    settled |= situation.facts.quarantined
    if settled or view.consent is not Consent.UNKNOWN or view.waiting is not None:
        return decision
    return _ask_consent(decision, situation)


def _joined(base: Decision, turn: Turn) -> Decision:
    """A decision with what a turn adds to it; a turn that is over leaves no question open."""
    over = turn.state in {START, DONE}
    return replace(
        base,
        replies=(*base.replies, *turn.replies),
        effects=(*base.effects, *turn.effects),
        flow=None if over else turn.flow,
        state=START if over else turn.state,
        slots={} if over else turn.slots,
    )


def _ask_consent(decision: Decision, situation: Situation) -> Decision:
    """Who wrote first was answered first; now the one question about unsolicited messages."""
    onboarding = situation.flows.get(ONBOARDING)
    if onboarding is None:
        return decision
    asking = Turn(ONBOARDING, "", situation.reading)
    onboarding.step("begin", asking)
    return _joined(decision, asking)


def _aside(base: Decision, situation: Situation, flow: Flow) -> Decision:
    """A remark inside a conversation: answer it and put the open question again."""
    turn = situation.turn(flow)
    flow.step("begin", turn)
    view = situation.view
    question = Reply(f"{view.flow}.{view.state}", dict(view.slots))
    stayed = stay(base, situation, *turn.replies, question)
    return replace(stayed, effects=tuple(turn.effects))


def _not_understood(base: Decision, situation: Situation) -> Decision:
    """Teach the keywords; a person who was promised a human is not lectured meanwhile."""
    view = situation.view
    if view.waiting is not None and view.waiting <= WAITS_FOR_PERSON:
        return base
    key = "common.not_understood_again" if view.misunderstood else "common.not_understood"
    replies = (*base.replies, Reply(key))
    return replace(base, replies=replies, misunderstood=view.misunderstood + 1)


def _in_chosen_language(decision: Decision) -> Decision:
    """A language chosen in this very turn is that of its answer."""
    for effect in decision.effects:
        if isinstance(effect, ChooseLanguage):
            return replace(decision, language=effect.language, keep=effect.language)
    return decision
