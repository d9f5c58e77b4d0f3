"""The carriers that can be sent through: what each must offer; one file per carrier."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable


@dataclass(frozen=True)
class Outgoing:
    """One message as it is handed to a provider; `id` is ours and rides in the callback address.

    `valid_for` is how many seconds the provider may still try to deliver it.
    """

    id: int
    sender: str
    recipient: str
    body: str
    valid_for: int


@dataclass(frozen=True)
class Listed:
    """One outbound message as the provider lists it."""

    sid: str
    body: str
    created_at: datetime


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


class Provider(Protocol):
    """A carrier. Calls may block; they never retry by themselves."""

    name: str

    def send(self, message: Outgoing) -> str:
        """Hand over a message and return the provider's id; raises a SendError otherwise."""

    def sent_to(self, recipient: str, since: datetime) -> Sequence[Listed]:
        """The outbound messages to a number since a moment; raises a SendError."""


@runtime_checkable
class KeepsConsents(Protocol):
    """A carrier that keeps a list of who unsubscribed, beside ours."""

    def keep_consents(self, orders: Sequence[ConsentOrder]) -> Mapping[str, str]:
        """Tell it; returns the errors by correlation. Raises a SendError where none was taken."""

    def refused_since(self, since: datetime) -> Sequence[RefusedNumber]:
        """Whom it refused messages to since a moment; raises a SendError."""
