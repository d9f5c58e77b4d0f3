"""The guard's say on a decision: whether the bot speaks, says a last word, or is silent."""

from dataclasses import replace

from bot.dialogue import guard
from bot.dialogue.decision import Decision
from bot.dialogue.effects import Consent, HandOver, Hold, HoldBack, RecordConsent, Release
from bot.dialogue.situation import ALWAYS_HEARD, Situation, stay
from bot.dialogue.turn import Reply
from bot.dialogue.vocabulary import Intent


def guarded(decision: Decision, situation: Situation) -> Decision:
    """A decision that says nothing where a loop or a flood is on; once, a last word instead."""
    view, at, most = situation.view, situation.at, situation.most_texts
    if at is None or view.consent is Consent.STOPPED:
        return decision
    text = guard.mark([decision.reading.form]) if not decision.secret else ""
    reply = _reply_mark(decision)
    fits = decision.misunderstood <= view.misunderstood
    counts = guard.came(view.guard, at, text, fits)
    if _always_heard(decision, situation, reply):
        return replace(decision, guard=guard.answered(counts, reply))
    if view.muted:
        if not guard.behaves(view.guard, counts, reply, most):
            return _mute(decision, situation, counts, "a loop or a flood goes on")
        counts = guard.came(guard.Counts(), at, text, fits)
    if why := guard.why_silent(counts, reply, most, situation.automatic):
        last_word = () if view.muted else (Reply("common.paused"),)
        return _mute(decision, situation, counts, why, *last_word)
    return replace(decision, muted=False, guard=guard.answered(counts, reply))


def _reply_mark(decision: Decision) -> str:
    """The same for the same replies with the same values; empty without any."""
    said = [(reply.key, sorted(reply.values.items())) for reply in decision.replies]
    return guard.mark(said) if said else ""


def _always_heard(decision: Decision, situation: Situation, reply: str) -> bool:
    """What settles whether a person wants messages is heard in every state.

    A doubt about that is asked about once: machines can say what sounds like one.
    """
    reading = decision.reading
    if reading.intent is Intent.STOP and reading.clarify:
        return reply != situation.view.guard.reply
    if reading.intent in ALWAYS_HEARD or situation.narrow is not None:
        return True
    return any(
        isinstance(effect, Release)
        or (isinstance(effect, RecordConsent) and effect.consent is not Consent.ASKED)
        for effect in decision.effects
    )


def _mute(
    decision: Decision, situation: Situation, counts: guard.Counts, why: str, *last_word: Reply
) -> Decision:
    """The text is kept and changes nothing, but that a person may be wanted, or no more said."""
    reading = decision.reading
    return replace(
        stay(decision, situation, *last_word),
        reading=replace(reading, trace={**reading.trace, "guard": why}),
        effects=tuple(
            one for one in decision.effects if isinstance(one, HandOver | Hold | HoldBack)
        ),
        misunderstood=situation.view.misunderstood,
        muted=True,
        guard=counts,
    )
