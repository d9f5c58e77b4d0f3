"""The carriers that can be sent through: what each must offer; one file per carrier."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


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


class Provider(Protocol):
    """A carrier. Calls may block; they never retry by themselves."""

    name: str

    def send(self, message: Outgoing) -> str:
        """Hand over a message and return the provider's id; raises a SendError otherwise."""

    def sent_to(self, recipient: str, since: datetime) -> Sequence[Listed]:
        """The outbound messages to a number since a moment; raises a SendError."""
