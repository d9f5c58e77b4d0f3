"""A text of a conversation: it answers an open question, begins a flow, or is not understood."""

from dataclasses import replace
from datetime import timedelta
from typing import Literal

from bot.dialogue.decision import Decision
from bot.dialogue.effects import Consent, HandOver, Hold, PromiseToPay, RecordConsent
from bot.dialogue.flow import DONE, START, Flow
from bot.dialogue.situation import Situation, stay
from bot.dialogue.turn import Reply, Turn
from bot.dialogue.vocabulary import Intent

QUESTION_OPEN_FOR = timedelta(hours=1)
# Who filled in a form waits for its question, and a day later still knows what their yes is to.
FORM_OPEN_FOR = timedelta(hours=24)
WAITS_FOR_PERSON = timedelta(hours=24)
ONBOARDING = "onboarding"
# The slot that says how an opened question of consent came about, and its one value.
CONFIRMS, FORM = "confirms", "form"
STOP_QUESTION = "stop_question"
# Beside these the question whether more messages are welcome would be out of place.
SETTLING = (RecordConsent, HandOver, Hold, PromiseToPay)


def converse(base: Decision, situation: Situation) -> Decision:
    """What a flow makes of a text: the one with a question open, or one that begins."""
    running, begun = situation.running, situation.begun
    if running and situation.view.idle > _open_for(situation):
        return _begin(leave("expire", base, situation), situation, begun)
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


def leave(trigger: Literal["expire", "stop"], base: Decision, situation: Situation) -> Decision:
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
