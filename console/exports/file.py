"""What an export holds: the columns of a line, in the language of who takes it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from bot.text import mask, phone
from bot.text.format import TOKYO
from bot.text.language import Language
from console.conversations.lists import heard_words
from console.screens import say, told

COLUMNS = (
    "number",
    "sender",
    "language",
    "consent",
    "flow",
    "state",
    "heard_at",
    "heard",
    "said_at",
    "said_by",
    "said",
    "error",
)


def columns(language: Language) -> Sequence[str]:
    """What the columns are called."""
    return [told(language, "column", name) for name in COLUMNS]


def lines(
    language: Language, rows: Iterable[Row[Any]], *, unmasked: bool
) -> Iterator[Sequence[str]]:
    """Conversations as lines; unless they are `unmasked`, numbers and the digits of texts are
    hidden. The secrets of links always are."""
    for row in rows:
        number, heard, said = row.number, heard_words(row), mask.tokens(row.said or "")
        if not unmasked:
            number, heard, said = phone.masked(number), mask.digits(heard), mask.digits(said)
        yield (
            number,
            row.sender,
            say(language, f"language_{row.language}"),
            say(language, f"consent_{row.consent}"),
            told(language, "flow", row.flow or ""),
            ", ".join(_state(language, row)),
            _at(row.heard_at),
            heard,
            _at(row.said_at),
            told(language, "by", row.said_by or ""),
            said,
            str(row.error_code or ""),
        )


def _state(language: Language, row: Row[Any]) -> Iterator[str]:
    """The flags that a line of the list has."""
    flags = {
        "view_wanted": row.person_wanted_at,
        "view_taken": row.taken_until and row.taken_until > row.now,
        "view_held": row.held_since,
        "view_on_hold": row.on_hold,
        f"trouble_{row.trouble}": row.trouble,
    }
    return (say(language, key) for key, is_set in flags.items() if is_set)


def _at(moment: datetime | None) -> str:
    return moment.astimezone(TOKYO).isoformat(timespec="seconds") if moment else ""
