"""One text to answer, in the transaction that answers it."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from bot.compliance.standing import Pair
from bot.messaging.answering.conversation import Locked
from bot.messaging.answering.read import Text
from bot.runtime import Runtime


@dataclass(frozen=True)
class Work:
    """The transaction at hand, the locked conversation, and the inbound text that is answered."""

    connection: Connection
    runtime: Runtime
    row: Locked
    inbound: Row[Any]
    text: Text

    @property
    def pair(self) -> Pair:
        """The ids of the conversation and its two ends."""
        return Pair(self.row.id, self.row.contact_id, self.row.sender_id)
