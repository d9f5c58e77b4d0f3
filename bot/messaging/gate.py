"""The one function that decides whether a message may leave, at the moment of sending.

Each message class has its rules; all of them speak, so that a verdict names every reason.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.compliance.countries import Country
from bot.dialogue.effects import Consent
from bot.dialogue.holds import HoldKind
from bot.messaging.grounds import Exemption, Grounds, MessageClass
from bot.messaging.verdict import Allowed, Blocked, Later, Reason, Verdict
from bot.text import segments

# As long as an answer is of use; later than this it would come out of the blue.
FRESH = timedelta(hours=1)


@dataclass(frozen=True)
class Hold:
    """What keeps unsolicited messages from a person: until a moment, or until staff release it."""

    kind: HoldKind
    rule: str
    until: datetime | None = None


@dataclass(frozen=True)
class Facts:
    """All that a verdict depends on, read in the transaction that claims the message.

    `consent` is the conversation's, `agreed` that of the message's purpose; `stopped` says that a
    stop of everything, or of this purpose, reaches it. `sent_today` counts unsolicited messages to
    the person, `heard_ago` is the time since they last wrote, `acted_ago` since they did what a
    notice tells of, if it tells of an act of theirs. `suspended` tells why the sender may not send,
    `settled` that nothing is due any more on the account that the message is about.
    Of a campaign's message `called_off` tells why the campaign was stopped, and `opens_at` when its
    own hours begin again, if it is outside of them.
    """

    message_class: MessageClass
    now: datetime
    expires_at: datetime
    country: Country
    consent: Consent = Consent.UNKNOWN
    heard_ago: timedelta = timedelta()
    acted_ago: timedelta | None = None
    body: str = ""
    grounds: Grounds = field(default_factory=Grounds)
    agreed: Consent = Consent.UNKNOWN
    stopped: bool = False
    holds: tuple[Hold, ...] = ()
    sent_today: int = 0
    legal_name: str = ""
    suspended: str = ""
    settled: bool = False
    called_off: str = ""
    opens_at: datetime | None = None


Rule = Callable[[Facts], Reason | None]


def may_send(facts: Facts) -> Verdict:
    """The verdict on one message: a rule that blocks wins, then the latest that puts off."""
    reasons = tuple(said for rule in RULES[facts.message_class] if (said := rule(facts)))
    for reason in reasons:
        if reason.blocks:
            return Blocked(reason.words, reasons)
    waits = [(reason.until, reason.words) for reason in reasons if reason.until is not None]
    if waits:
        at, why = max(waits)
        return Later(at, why, reasons)
    return Allowed(reasons)


def _stop(facts: Facts) -> Reason | None:
    if facts.consent is Consent.STOPPED or facts.stopped:
        return Reason("stop", "the recipient stopped all messages", blocks=True)
    return None


def _stop_of_purpose(facts: Facts) -> Reason | None:
    if facts.consent is Consent.STOPPED:
        return _stop(facts)
    if facts.stopped or facts.agreed is Consent.STOPPED:
        words = f"the recipient stopped messages for {facts.grounds.purpose}"
        return Reason("stop", words, blocks=True)
    return None


def _age(facts: Facts) -> Reason | None:
    if facts.expires_at <= facts.now:
        return Reason("age", "too old to be of use", blocks=True)
    return None


def _paid(facts: Facts) -> Reason | None:
    return Reason("paid", "nothing is due any more", blocks=True) if facts.settled else None


def _sender(facts: Facts) -> Reason | None:
    return Reason("sender", facts.suspended, blocks=True) if facts.suspended else None


def _consent(facts: Facts) -> Reason:
    grounds = facts.grounds
    if facts.agreed is Consent.GRANTED:
        return Reason("consent", f"the recipient agreed to {grounds.purpose}")
    if grounds.exemption is Exemption.EXISTING_CUSTOMER and not grounds.note:
        return Reason("consent", "a customer since which day is not stated", blocks=True)
    if grounds.exemption is not None:
        return Reason("exemption", f"no consent is needed: {grounds.exemption} ({grounds.note})")
    words = f"no consent to {grounds.purpose or 'any purpose'}: it is {facts.agreed}"
    return Reason("consent", words, blocks=True)


def _approval(facts: Facts) -> Reason:
    """A legal notice passes a stop, and so somebody must answer for it by name and reason."""
    grounds = facts.grounds
    if grounds.approved_by and grounds.note:
        words = f"a legal notice, approved by {grounds.approved_by}: {grounds.note}"
        return Reason("exemption", words)
    return Reason("approval", "a legal notice needs a name and a reason", blocks=True)


def _quarantine(facts: Facts) -> Reason | None:
    wrong = next((one for one in facts.holds if one.kind is HoldKind.WRONG_PERSON), None)
    return _held(wrong) if wrong is not None else None


def _holds(facts: Facts) -> Reason | None:
    """Of several holds the one that lasts longest speaks; one without an end lasts longest."""
    active = [one for one in facts.holds if one.until is None or one.until > facts.now]
    if not active:
        return None
    return _held(max(active, key=lambda one: (one.until is None, one.until or facts.now)))


def _held(hold: Hold) -> Reason:
    words = f"on hold, {hold.kind.words}: {hold.rule}"
    return Reason(f"hold {hold.kind}", words, blocks=hold.until is None, until=hold.until)


def _hours(facts: Facts) -> Reason | None:
    zone = facts.country.quiet_zone(facts.now)
    if zone is None:
        return None
    words = f"quiet hours: it is {facts.now.astimezone(zone):%H:%M} in {zone.key}"
    return Reason("hours", words, until=facts.country.opens(facts.now))


def _campaign(facts: Facts) -> Reason | None:
    if not facts.called_off:
        return None
    return Reason("campaign", f"the campaign was stopped: {facts.called_off}", blocks=True)


def _hours_of_campaign(facts: Facts) -> Reason | None:
    if facts.opens_at is None:
        return None
    return Reason("campaign_hours", "outside of the campaign's own hours", until=facts.opens_at)


def _hours_of_reply(facts: Facts) -> Reason | None:
    if facts.heard_ago <= FRESH:
        return Reason("fresh", "answers what the person has just written")
    return _hours(facts)


def _act(facts: Facts) -> Reason:
    return Reason("act", "follows an act of the person's own")


def _hours_of_notice(facts: Facts) -> Reason | None:
    if facts.acted_ago is not None and facts.acted_ago <= FRESH:
        return _act(facts)
    return _hours(facts)


def _cap(facts: Facts) -> Reason | None:
    if facts.sent_today < facts.country.per_day:
        return None
    words = (
        f"{facts.sent_today} messages went to this person today, and {facts.country.per_day} may"
    )
    return Reason("cap", words, until=facts.country.next_day(facts.now))


def _words(facts: Facts) -> Reason | None:
    for group in facts.country.required.get(facts.message_class, ()):
        words = [word.replace("{legal_name}", facts.legal_name) for word in group]
        if not any(word and word in facts.body for word in words):
            return Reason("words", f"the text lacks one of: {', '.join(group)}", blocks=True)
    return None


def _length(facts: Facts) -> Reason | None:
    """What the country's carriers would cut off, or not take at all."""
    longest = facts.country.longest
    # A unit is never shorter than half a character.
    if 2 * len(facts.body) <= min(longest.values()):
        return None
    counted = segments.count(facts.body)
    if counted.units <= longest[counted.encoding]:
        return None
    words = (
        f"the text is {counted.units} units long in {counted.encoding}, and"
        f" {longest[counted.encoding]} may be"
    )
    return Reason("length", words, blocks=True)


RULES: Mapping[MessageClass, tuple[Rule, ...]] = {
    MessageClass.REPLY: (_stop, _age, _hours_of_reply),
    MessageClass.CONFIRMATION: (_age, _act),
    MessageClass.NOTICE: (_stop, _age, _sender, _quarantine, _length, _hours_of_notice),
    MessageClass.REMINDER: (
        _stop_of_purpose, _age, _campaign, _paid, _sender, _consent, _holds, _hours,
        _hours_of_campaign, _cap, _words, _length,
    ),
    MessageClass.LEGAL: (_age, _paid, _sender, _approval, _quarantine, _hours, _length),
    MessageClass.PROMOTIONAL: (
        _stop_of_purpose, _age, _campaign, _sender, _consent, _holds, _hours, _hours_of_campaign,
        _cap, _words, _length,
    ),
}  # fmt: skip
