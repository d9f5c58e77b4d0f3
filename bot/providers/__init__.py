"""The carriers that can be sent through: what each must offer; one file per carrier.

A carrier's file does no I/O to send: it makes a `Request` of a message, is handed the `Answer` to
it, and reads the provider's id out of that, or raises a SendError that says what went wrong. Who
sends (`bot/messaging/sending/`) owns the wire, its time-outs and what happens next; what an error
code asks for is data in `codes/`. Look-ups may block.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from bot.dialogue.vocabulary import Intent
from bot.providers.answer import Answer as Answer
from bot.setting_types import LookUp


@dataclass(frozen=True)
class Outgoing:
    """One message as it is handed to a provider; `id` is ours and rides in the callback address.

    `valid_for` is how many seconds the message is of use; it may be more than a provider takes.
    """

    id: int
    sender: str
    recipient: str
    body: str
    valid_for: int


@dataclass(frozen=True)
class Request:
    """One HTTP request to a provider's API."""

    url: str = field(repr=False)
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    method: str = "POST"


# Carries a request, once: nothing is followed or repeated. Raises Unreachable where it certainly
# never arrived, and Uncertain where the answer is lost; never hangs.
Post = Callable[[Request], Awaitable[Answer]]


@dataclass(frozen=True)
class Listed:
    """One outbound message as the provider lists it; `sender` is None where it may be any of ours,
    since the provider has chosen none, or chooses among them."""

    sid: str
    body: str
    created_at: datetime
    sender: str | None = None


@dataclass(frozen=True)
class ConsentOrder:
    """A stop, or a start, that the provider did not hear itself.

    `correlation` is ours, 32 hex digits; `sender` a number of ours or a Messaging Service.
    """

    correlation: str
    sender: str
    recipient: str
    stops: bool
    at: datetime


@dataclass(frozen=True)
class RefusedNumber:
    """A number that the provider refused a message to, for it unsubscribed there."""

    number: str
    at: datetime


@dataclass(frozen=True)
class NumberStatus:
    """What a carrier tells of a number; None: it does not know, or was not asked.

    `line` is its own word for the kind of line, `takes_texts` whether SMS can reach that kind, and
    `reassigned` whether somebody else has the number now.
    """

    line: str | None = None
    takes_texts: bool | None = None
    reassigned: bool | None = None


class Way(StrEnum):
    """Which way a message went: IN from a person to us, OUT from us."""

    IN = "inbound"
    OUT = "outbound"


@dataclass(frozen=True)
class Recorded:
    """One message as the provider keeps it, in either direction, by its own clock.

    `way` is None where the provider does not tell, and `sender` while it has not chosen one; `body`
    is empty where there are no words or they were redacted. `answered_as` is what the provider
    itself took a text for and answered.
    """

    sid: str
    way: Way | None
    sender: str | None
    recipient: str
    body: str
    status: str
    error_code: int | None
    created_at: datetime
    changed_at: datetime | None = None
    carrier: str | None = None
    answered_as: Intent | None = None


@dataclass(frozen=True)
class RecordPage:
    """Some of a provider's messages; `following` is where the next page begins, if there is one."""

    records: Sequence[Recorded]
    following: str | None


class Provider(Protocol):
    """A carrier. Nothing is retried in here; look-ups may block."""

    name: str

    async def send(self, message: Outgoing, post: Post) -> str:
        """Hand over a message by one POST and return the provider's id; raises a SendError."""


@runtime_checkable
class ListsSent(Protocol):
    """A carrier that lists what it took, completely within seconds."""

    def sent_to(self, recipient: str, since: datetime) -> Sequence[Listed]:
        """The outbound messages to a number since a moment; raises a SendError."""


@runtime_checkable
class KeepsConsents(Protocol):
    """A carrier that keeps a list of who unsubscribed, beside ours."""

    def keep_consents(self, orders: Sequence[ConsentOrder]) -> Mapping[str, str]:
        """Tell it; returns the errors by correlation. Raises a SendError where none was taken."""

    def refused_since(self, since: datetime) -> Sequence[RefusedNumber]:
        """Whom it refused messages to since a moment; raises a SendError."""


@runtime_checkable
class ChecksNumbers(Protocol):
    """A carrier that can be asked about a number, for money."""

    def check_number(
        self, number: str, since: date | None, asked: frozenset[LookUp]
    ) -> NumberStatus:
        """What it knows; `since` is the day on which the number was its owner's for sure, without
        which nobody can tell whether it was reassigned. Raises a SendError."""


@runtime_checkable
class KeepsRecords(Protocol):
    """A carrier that keeps a list of the messages that went through it."""

    def records(self, ours: str, way: Way, following: str | None = None) -> RecordPage:
        """A page of the messages to or from a number of ours, the newest first.

        `following` comes from the page before. Raises a SendError; Refused where that page is
        gone.
        """
