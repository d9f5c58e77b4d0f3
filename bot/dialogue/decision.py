"""The values that go into a decision and come out of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.dialogue.effects import Consent, Effect, RecordConsent
from bot.dialogue.flow import START, Flow
from bot.dialogue.guard import Counts
from bot.dialogue.intents import Reading
from bot.dialogue.turn import Reply
from bot.dialogue.vocabulary import Intent
from bot.text.language import Language

Flows = Mapping[str, Flow]


@dataclass(frozen=True)
class Heard:
    """One inbound text as the provider delivered it.

    `sender` is the number it came from, `recipient` ours. `carrier` is set where the carrier
    itself took the text for a STOP, START or HELP and has already answered it. `written_at` is set
    where the text came to us late, and says when the provider had it.
    """

    provider: str
    sid: str
    sender: str
    recipient: str
    text: str
    carrier: Intent | None = None
    written_at: datetime | None = None


class Late(StrEnum):
    """How late a text came to be answered, in words for its trace.

    YES: nobody expects an answer any more. OVERTAKEN: and what the person wrote since settles
    whether they want messages.
    """

    NO = ""
    YES = "it came late: only a stop is obeyed"
    OVERTAKEN = "it came late, and a START has come since"


@dataclass(frozen=True)
class View:
    """What a decision sees of a conversation.

    `idle` is the time since the bot last spoke, `waiting` since a person was asked for (None:
    nobody was). `misunderstood` counts the texts in a row that nothing fitted. `held` is true while
    unsolicited messages wait for the answer to a stop question, `muted` while the bot is silent
    because of a loop or a flood; `guard` counts what may become one. `taken` says that a member of
    staff answers instead of the bot.
    """

    language: Language
    language_chosen: bool = False
    flow: str | None = None
    state: str = START
    slots: Mapping[str, object] = field(default_factory=dict)
    idle: timedelta = timedelta()
    waiting: timedelta | None = None
    consent: Consent = Consent.UNKNOWN
    helped_since_stop: bool = False
    misunderstood: int = 0
    held: bool = False
    muted: bool = False
    guard: Counts = field(default_factory=Counts)
    taken: bool = False


@dataclass(frozen=True)
class Decision:
    """What to say and to write down.

    `language` is that of the replies, `keep` the one the conversation goes on in. `flow` None
    means that no question is open. `secret` asks to mask the digits of the text wherever it is
    stored. `cancel_queued` takes back everything that has not left yet. `late` says that the text
    does not count as heard just now. `muted` and `guard` are as in the view, after this text.
    """

    reading: Reading
    language: Language
    keep: Language
    replies: tuple[Reply, ...] = ()
    effects: tuple[Effect, ...] = ()
    flow: str | None = None
    state: str = START
    slots: Mapping[str, object] = field(default_factory=dict)
    misunderstood: int = 0
    secret: bool = False
    cancel_queued: bool = False
    helped_since_stop: bool = False
    late: bool = False
    muted: bool = False
    guard: Counts = field(default_factory=Counts)

    @property
    def stops(self) -> bool:
        """Whether the person is not written to any more."""
        return RecordConsent(Consent.STOPPED) in self.effects

    @property
    def ends_messages(self) -> bool:
        """Whether it stops anything, be it messages for one purpose."""
        steps = (effect for effect in self.effects if isinstance(effect, RecordConsent))
        return any(step.consent is Consent.STOPPED for step in steps)
