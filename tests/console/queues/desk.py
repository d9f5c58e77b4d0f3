"""A desk at which the queues are read and decided."""

import threading

from sqlalchemy import select, update

from bot import alerts, errors
from bot.alerts import Kind
from bot.messaging import outbox
from bot.messaging.answering.render import Rendered
from bot.messaging.grounds import MessageClass
from bot.overview.indexing import Indexing
from bot.store.tables import (
    contacts,
    conversations,
    outbound_messages,
)
from bot.text.language import Language
from tests.carrier import Carrier
from tests.console.working import Working
from tests.people import Texting

HANAKO, TARO = "+819000000001", "+819000000002"
RECEIPT = Rendered("payment.receipt", Language.JA, "r", "12,800円を領収いたしました", "UCS-2", 1)


class Desk:
    """Staff at their queues, and the people who text."""

    def __init__(self, working: Working, texting: Texting, carrier: Carrier) -> None:
        self.working, self.texting, self.carrier = working, texting, carrier
        self.engine = working.runtime.engine
        self.indexing = Indexing()

    def hears(self, number: str, *texts: str) -> None:
        for text in texts:
            self.texting.says(number, text)
        self.index()

    def index(self) -> None:
        self.indexing.looked_at_flags = -1e9
        self.indexing(self.working.runtime, threading.Event())

    def receipt(self, number: str = HANAKO, **values: object) -> int:
        """A receipt for somebody who has written before, as `values` say."""
        self.texting.says(number, "ヘルプ")
        with self.engine.begin() as connection:
            theirs = select(conversations.c.id).join(contacts).where(contacts.c.number == number)
            outbox.enqueue(
                connection, connection.execute(theirs).scalar_one(), [RECEIPT], MessageClass.NOTICE
            )
            newest = select(outbound_messages.c.id).order_by(outbound_messages.c.id.desc())
            message = int(connection.execute(newest.limit(1)).scalar_one())
            this = update(outbound_messages).where(outbound_messages.c.id == message)
            if values:
                connection.execute(this.values(**values))
        return message

    def refused(self, number: str = HANAKO) -> int:
        """A message that the carrier refused for good."""
        message = self.receipt(number)
        self.carrier.faults.append(errors.Refused("refused with code 21612: no way", 21612))
        self.texting.sends()
        return message

    def status(self, message: int) -> str:
        with self.engine.connect() as connection:
            found = select(outbound_messages.c.status).where(outbound_messages.c.id == message)
            return str(connection.execute(found).scalar_one())

    def acts(self) -> list[tuple[str, str, int | None, str]]:
        """Who decided what in which conversation and why, the oldest first."""
        decided = {"message_retry", "message_discard", "hold_release", "alert_settle"}
        return [
            (act.act, act.subject, act.conversation_id, act.reason)
            for act in self.working.acts()
            if act.act in decided
        ]

    def raises(self, kind: Kind, subject: str, words: str, sender: int | None = None) -> None:
        with self.engine.begin() as connection:
            alerts.alert(connection, kind, subject, words, sender)
