"""STOP and START win in every state; what is still said after a STOP."""

from dataclasses import replace

from bot.dialogue.converse import leave
from bot.dialogue.decision import Decision
from bot.dialogue.effects import Consent, RecordConsent
from bot.dialogue.situation import Situation, stay
from bot.dialogue.turn import Reply
from bot.dialogue.vocabulary import Intent


def stop(base: Decision, situation: Situation) -> Decision:
    """Exactly one confirmation: a second STOP is recorded and hears nothing."""
    stopped = situation.view.consent is Consent.STOPPED
    left = leave("stop", base, situation)
    return replace(
        left,
        replies=() if stopped else (Reply("consent.stopped"),),
        effects=(*left.effects, RecordConsent(Consent.STOPPED)),
        cancel_queued=True,
    )


def confirmed(decision: Decision) -> Decision:
    """A stop by way of a question is confirmed exactly as STOP is."""
    if decision.reading.intent is Intent.STOP or not decision.stops:
        return decision
    return replace(decision, replies=(Reply("consent.stopped"),), cancel_queued=True)


def stop_one(base: Decision, situation: Situation, purpose: str) -> Decision:
    """Messages for one purpose end; everything else, an open question too, goes on."""
    stayed = stay(base, situation, Reply(f"consent.stopped_{purpose}"))
    return replace(stayed, effects=(RecordConsent(Consent.STOPPED, purpose),))


def start(base: Decision, situation: Situation) -> Decision:
    """Consent by START, whatever was said before; an open question is closed."""
    stopped = situation.view.consent is Consent.STOPPED
    key = "consent.restarted" if stopped else "consent.started"
    return replace(base, replies=(Reply(key),), effects=(RecordConsent(Consent.GRANTED),))


def after_stop(base: Decision, situation: Situation) -> Decision:
    """After a STOP only HELP is answered, and once."""
    helped = situation.view.helped_since_stop
    if base.reading.intent is not Intent.HELP or helped:
        return replace(base, helped_since_stop=helped)
    return replace(base, replies=(Reply("consent.help_while_stopped"),), helped_since_stop=True)
