"""A conversation that is written to, and one text to answer, in the transaction that does it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from bot.compliance.standing import Pair
from bot.messaging.answering.conversation import Locked
from bot.messaging.answering.read import Text
from bot.runtime import Runtime


@dataclass(frozen=True)
class Writing:
    """The transaction at hand, and the locked conversation that is written to."""

    connection: Connection
    runtime: Runtime
    row: Locked


@dataclass(frozen=True)
class Work(Writing):
    """The same where it answers a text, with that inbound text."""

    inbound: Row[Any]
    text: Text

    @property
    def pair(self) -> Pair:
        """The ids of the conversation and its two ends."""
        return Pair(self.row.id, self.row.contact_id, self.row.sender_id)
