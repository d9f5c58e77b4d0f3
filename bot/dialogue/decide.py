"""The one decision per text: from a conversation and what was heard to what is said and done.

Pure: no database, no clock, no network. STOP, START and HELP win in every state.
"""

import re
from dataclasses import replace

from bot.dialogue.commanded import after_stop, confirmed, start, stop, stop_one
from bot.dialogue.converse import converse
from bot.dialogue.decision import Decision, Late
from bot.dialogue.effects import ChooseLanguage, Consent, Hold, RecordConsent
from bot.dialogue.guarded import guarded
from bot.dialogue.situation import ALWAYS_HEARD, Situation, stay
from bot.dialogue.turn import Reply
from bot.dialogue.vocabulary import Intent
from bot.text.amounts import may_be_digits

PROOF_LENGTH = 4
DIGITS = re.compile(r"\d{4,}")


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
    decision = guarded(confirmed(_decide(_silence(situation), situation)), situation)
    if situation.heard.carrier is not None:
        return replace(decision, replies=())
    return _in_chosen_language(decision)


def _decide(base: Decision, situation: Situation) -> Decision:
    intent = base.reading.intent
    if situation.narrow is not None and situation.view.consent is not Consent.STOPPED:
        return stop_one(base, situation, situation.narrow)
    if intent is Intent.STOP and not base.reading.clarify:
        return stop(base, situation)
    if intent is Intent.START:
        return start(base, situation)
    if situation.view.consent is Consent.STOPPED:
        return after_stop(base, situation)
    if intent is Intent.HELP:
        return stay(base, situation, Reply("common.help"))
    go_on = _left_to_a_person if situation.view.taken else converse
    return go_on(base, situation)


def _left_to_a_person(base: Decision, situation: Situation) -> Decision:
    """Who took over answers; what may be a stop holds unsolicited messages until they asked."""
    doubtful = base.reading.intent is Intent.STOP
    return replace(stay(base, situation), effects=(Hold(),) if doubtful else ())


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
    return replace(stop(base, situation), replies=())


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


def _in_chosen_language(decision: Decision) -> Decision:
    """A language chosen in this very turn is that of its answer."""
    for effect in decision.effects:
        if isinstance(effect, ChooseLanguage):
            return replace(decision, language=effect.language, keep=effect.language)
    return decision
