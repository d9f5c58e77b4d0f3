"""A carrier that keeps a list of all messages, as Twilio does, page by page."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.errors import Refused, SendError
from bot.providers import Outgoing, Post, Recorded, RecordPage, Way
from tests.carrier import Carrier
from tests.people import OURS

NOW = timedelta()


class Archive(Carrier):
    """Implements `KeepsRecords`. `asked` are the pages that were asked for, way and where from, and
    `numbers` those of ours whose pages they are.

    `page_size` messages make a page; `faults_of_list` are used up one per page, in order.
    """

    def __init__(self) -> None:
        super().__init__()
        self.book: list[Recorded] = []
        self.asked: list[tuple[Way, str | None]] = []
        self.numbers: list[str] = []
        self.faults_of_list: list[SendError | None] = []
        self.page_size = 1000

    async def send(self, message: Outgoing, post: Post) -> str:
        count = len(self.accepted)
        try:
            return await super().send(message, post)
        finally:
            if len(self.accepted) > count:
                sid = f"SM{len(self.accepted):032x}"
                self._add(sid, Way.OUT, message.sender, message.recipient, message.body, "queued")

    def received(self, number: str, body: str, sid: str, ago: timedelta = NOW) -> None:
        """A text of a person came in at the carrier, so long ago; its webhook never came."""
        self._add(sid, Way.IN, number, OURS, body, "received", ago)

    def foreign(self, number: str, body: str, sid: str, ago: timedelta = NOW) -> None:
        """Somebody else sent a message under our number."""
        self._add(sid, Way.OUT, OURS, number, body, "delivered", ago)

    def becomes(self, sid: str, status: str, code: int | None = None) -> None:
        """A message comes to a status, and nobody is told."""
        self.book = [
            replace(one, status=status, error_code=code) if one.sid == sid else one
            for one in self.book
        ]

    def records(self, ours: str, way: Way, following: str | None = None) -> RecordPage:
        self.asked.append((way, following))
        self.numbers.append(ours)
        if self.faults_of_list and (fault := self.faults_of_list.pop(0)):
            raise fault
        these = [
            one
            for one in sorted(self.book, key=lambda one: one.created_at, reverse=True)
            if one.way is way and ours == (one.recipient if way is Way.IN else one.sender)
        ]
        sids = [one.sid for one in these]
        if following is not None and following not in sids:
            raise Refused("no such page", 20001)
        begin = sids.index(following) if following else 0
        end = begin + self.page_size
        return RecordPage(these[begin:end], sids[end] if end < len(sids) else None)

    def _add(
        self,
        sid: str,
        way: Way,
        sender: str,
        recipient: str,
        body: str,
        status: str,
        ago: timedelta = NOW,
    ) -> None:
        at = datetime.now(UTC) - ago
        self.book.append(Recorded(sid, way, sender, recipient, body, status, None, at, at))
