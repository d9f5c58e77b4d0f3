"""What a flow wants done: data in the decision, carried out by `messaging` in its transaction."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.dialogue.holds import HoldKind
from bot.text.amounts import Amount
from bot.text.language import Language


class Consent(StrEnum):
    """Whether unsolicited messages may be sent to a conversation."""

    UNKNOWN = "unknown"
    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"
    STOPPED = "stopped"


@dataclass(frozen=True)
class RecordConsent:
    """Append one step to the consent ledger and take the conversation there.

    Without a `purpose`, a stop is of every purpose, a START of the main one, and an answer is to
    what was asked.
    """

    consent: Consent
    purpose: str | None = None


@dataclass(frozen=True)
class VerificationPassed:
    """The person proved to be an account's: forget earlier wrong answers, ask again in a while."""

    account_id: int


@dataclass(frozen=True)
class VerificationFailed:
    """A wrong answer: count it, and lock the number when it was the last one allowed."""


@dataclass(frozen=True)
class CreatePaymentLink:
    """Make a payment link for an account; gives the script `url` and `expires`.

    Of what is due only a `part` (minor units) is to be paid through it, if given.
    """

    account_id: int
    part: int | None = None


@dataclass(frozen=True)
class OrderAtStore:
    """Have the gateway give a number to pay with at a store, and text it, once that is known."""

    account_id: int


@dataclass(frozen=True)
class HandOver:
    """A person is wanted: mark the conversation."""


@dataclass(frozen=True)
class ChooseLanguage:
    """The person chose a language; detection no longer changes it."""

    language: Language


@dataclass(frozen=True)
class Hold:
    """The person may want no more messages: unsolicited ones wait until that is settled."""


@dataclass(frozen=True)
class Release:
    """The person wants to go on: unsolicited messages may leave again."""


@dataclass(frozen=True)
class PromiseToPay:
    """The person will pay on a day: unsolicited messages wait until it is over where they are.

    `amount` is what they named; None: all that is due.
    """

    day: date
    amount: Amount | None = None


@dataclass(frozen=True)
class HoldBack:
    """Unsolicited messages wait: for so many days, or (None) until a person has looked at it."""

    kind: HoldKind
    days: int | None = None


Effect = (
    RecordConsent
    | VerificationPassed
    | VerificationFailed
    | CreatePaymentLink
    | OrderAtStore
    | HandOver
    | ChooseLanguage
    | Hold
    | Release
    | PromiseToPay
    | HoldBack
)
