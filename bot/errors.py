"""Every error Henji raises on purpose; `str(error)` is a sentence a person can act on.

HenjiError
├── SettingError          a setting is missing or wrong: the start stops
├── TemplateError         a reply script cannot be rendered
├── ScriptError           the reply scripts are incomplete or contradict each other
│   └── TwoMeanings       a keyword would mean two things
├── ScriptRefused         a draft or publication of scripts is not taken as it was given
├── FlowError             a flow's table of moves cannot work
├── FileRefused           a file to import is unusable as a whole
├── SenderRefused         the sender registry does not take what it was given
├── KeyRefused            a key of the API is not taken as it was given
├── ActRefused            what a member of staff wants is not done
│   ├── StaffRefused      a change of staff, departments or their rules is not taken
│   ├── TakeoverRefused   a conversation cannot be taken over, or answered in
│   ├── FirstRefused      nobody may be written to first in this way
│   ├── CannedRefused     a canned reply is not taken as it was given
│   ├── ExportRefused     an export cannot be asked for, decided or taken
│   └── OutboxRefused     a message cannot be retried or given up as was asked
├── ConsentRefused        consent cannot be recorded: the person's own no wins
├── Crowded               too many stops wait for what is leaving: come again
├── LookUpRefused         a number cannot be looked up as things are set
├── CampaignRefused       a campaign is not taken, or moved on, as was asked
├── SourceAway            the balance source cannot tell what somebody owes
├── PaymentError          a payment cannot be started
│   ├── GatewayAway       no usable answer: a page may have been opened
│   ├── GatewayBusy       the gateway is still at work on the same request
│   └── GatewayRefused    certainly no page was opened
├── ForgedNotice          a notice about a payment is not signed by the gateway
└── SendError             the provider did not take a message
    ├── Throttled         not accepted, try again later
    ├── Unreachable       certainly not accepted, try again later
    ├── Misconfigured     not accepted until a person mends our account or sender
    ├── Unexplained       not accepted, nobody knows why: try once more
    ├── Refused           never going to be accepted as it is
    │   ├── BadNumber     the recipient's number cannot receive
    │   └── OptedOut      the recipient unsubscribed at the provider
    └── Uncertain         may have been accepted: never resend blindly
"""


class HenjiError(Exception):
    """The root; anything else that escapes is a bug."""


class SettingError(HenjiError):
    """A setting is missing or wrong; the message names it."""


class TemplateError(HenjiError):
    """A reply script holds a brace or a placeholder that cannot be filled."""


class ScriptError(HenjiError):
    """The reply scripts or keywords are incomplete or contradict each other."""


class TwoMeanings(ScriptError):
    """A keyword would mean two things, or one thing twice: `word`, `one` and `other` name them."""

    def __init__(self, message: str, word: str, one: str, other: str) -> None:
        super().__init__(message)
        self.word, self.one, self.other = word, one, other


class ScriptRefused(HenjiError):
    """A draft or a publication of scripts is not taken as it was given; nothing was changed.

    `why` is the sentence, which a page may be able to tell in the reader's language.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class FlowError(HenjiError):
    """A flow's table of moves cannot work."""


class FileRefused(HenjiError):
    """A file to import is unusable as a whole; nothing of it was imported."""


class SenderRefused(HenjiError):
    """The sender registry does not take what it was given; nothing was changed.

    `ja` is the sentence in Japanese where it has one.
    """

    def __init__(self, message: str, ja: str = "") -> None:
        super().__init__(message)
        self.ja = ja


class KeyRefused(HenjiError):
    """A key of the API is not taken as it was given; nothing was changed."""


class ActRefused(HenjiError):
    """What a member of staff wants is not done; nothing was changed.

    `why` names the reason, for a page that tells it in the reader's language.
    """

    def __init__(self, why: str, message: str) -> None:
        super().__init__(message)
        self.why = why


class StaffRefused(ActRefused):
    """A member of staff, a department or a rule is not taken as given."""


class TakeoverRefused(ActRefused):
    """A member of staff cannot take over a conversation or answer in it."""


class FirstRefused(ActRefused):
    """Somebody may not be written to first in this way; the message is the gate's where it says."""


class CannedRefused(ActRefused):
    """A canned reply is not taken as it was given."""


class ExportRefused(ActRefused):
    """An export cannot be asked for, decided or taken."""


class OutboxRefused(ActRefused):
    """A message cannot be sent after all or given up as was asked."""

    def __init__(self, why: str, message: str, message_id: int | None = None) -> None:
        super().__init__(why, message)
        self.message_id = message_id


class ConsentRefused(HenjiError):
    """A consent cannot be recorded: the person stopped, or said no later; nothing was written."""


class Crowded(HenjiError):
    """Too many stops wait for what is on its way to their people; the caller shall come again."""


class LookUpRefused(HenjiError):
    """A number cannot be looked up: it is switched off, or the provider offers nothing of it."""


class CampaignRefused(HenjiError):
    """A campaign is not taken as it was given, or cannot go where it was sent; nothing changed.

    `why` is the sentence, which a page may be able to tell in the reader's language.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class SourceAway(HenjiError):
    """The balance source cannot tell; the message says why, and nothing of the person."""


class PaymentError(HenjiError):
    """The payment gateway could not or would not do what it was asked for."""


class GatewayAway(PaymentError):
    """No usable answer came: the gateway may have done it. `failed` where it says that it broke."""

    def __init__(self, message: str, failed: bool = False) -> None:
        super().__init__(message)
        self.failed = failed


class GatewayBusy(PaymentError):
    """The gateway is still at work on the same request: ask again in a moment."""


class GatewayRefused(PaymentError):
    """The gateway certainly did nothing; `missing` where it does not know what was asked about."""

    def __init__(self, message: str, missing: bool = False) -> None:
        super().__init__(message)
        self.missing = missing


class ForgedNotice(HenjiError):
    """A notice about a payment does not carry the gateway's signature, or an old one."""


class SendError(HenjiError):
    """The provider did not confirm a message.

    `code` is the provider's own error code, if any, and `retry_after` its wish in seconds.
    """

    def __init__(
        self, message: str, code: int | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.retry_after = retry_after


class Throttled(SendError):
    """Not accepted because we are too fast, or the provider too slow."""


class Unreachable(SendError):
    """The request certainly never arrived; sending again cannot double."""


class Misconfigured(SendError):
    """Not accepted until a person of the company mends our account or sender."""


class Unexplained(SendError):
    """Not accepted, with a code that nobody here knows."""


class Refused(SendError):
    """The provider will never take this message as it is."""


class BadNumber(Refused):
    """The recipient's number does not exist or cannot receive SMS."""


class OptedOut(Refused):
    """The recipient unsubscribed at the provider."""


class Uncertain(SendError):
    """The answer was lost: the provider may have accepted the message."""
