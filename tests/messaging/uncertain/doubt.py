"""Messages of which nobody knows whether they left, and carriers that do not tell."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import update

from bot import errors
from bot.providers import Listed
from bot.store.columns import utc_now
from bot.store.tables import outbound_messages
from tests.carrier import Carrier
from tests.people import Texting


class Blind(Carrier):
    """A carrier whose list does not come for some numbers; it remembers who asked."""

    def __init__(self, *unlisted: str) -> None:
        super().__init__()
        self.unlisted = unlisted
        self.asked: list[str] = []

    def sent_to(self, recipient: str, since: datetime) -> Sequence[Listed]:
        self.asked.append(recipient)
        if recipient in self.unlisted:
            raise errors.Uncertain("no list")
        return super().sent_to(recipient, since)


def unknown(texting: Texting, carrier: Carrier, *numbers: str) -> None:
    """Answers to these numbers leave, and the carrier's own answer is lost."""
    texting.runtime = replace(texting.runtime, provider=carrier)
    for number in numbers:
        carrier.answers_lost.append(errors.Uncertain("connection reset"))
        texting.says(number, "ヘルプ")


def expire(texting: Texting) -> None:
    """The answers are of no use to anybody any more."""
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(outbound_messages).values(expires_at=utc_now()))
