"""Which of the texts that people wrote other keywords would read differently."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row

from bot.dialogue.decision import Heard
from bot.dialogue.vocabulary import Intent, Vocabulary
from bot.messaging.answering.read import Text, read
from bot.rehearsal import past
from bot.staff.departments import EVERYTHING, Scope
from bot.text import mask


@dataclass(frozen=True)
class Differently:
    """A text, its digits masked, and how it is read before and after; "?" where the bot asks."""

    inbound_id: int
    text: str
    before: str
    after: str


@dataclass(frozen=True)
class DryRun:
    """How many texts were looked at, those that are read differently, and the id of the oldest
    text where older ones may be left."""

    texts: int
    different: tuple[Differently, ...]
    next: int | None = None


def dry_run(
    connection: Connection,
    before: Vocabulary,
    after: Vocabulary,
    most: int = 1000,
    scope: Scope = EVERYTHING,
    older_than: int | None = None,
) -> DryRun:
    """Read the newest texts of a scope, or those before another one, with both vocabularies."""
    rows = past.latest(connection, most, scope, older_than)
    more = rows[-1].id if len(rows) == most else None
    return DryRun(len(rows), tuple(_different(rows, before, after)), more)


def _different(
    rows: list[Row[Any]], before: Vocabulary, after: Vocabulary
) -> Iterator[Differently]:
    for row in rows:
        carrier = Intent(row.carrier_intent) if row.carrier_intent else None
        heard = Heard("", "", row.sender, row.recipient, row.body, carrier)
        one, other = _told(read(heard, before)), _told(read(heard, after))
        if one != other:
            yield Differently(row.id, mask.digits(row.body), one, other)


def _told(text: Text) -> str:
    if text.narrow is not None:
        return f"STOP {text.narrow}"
    return f"{text.reading.intent}{'?' if text.reading.clarify else ''}"
