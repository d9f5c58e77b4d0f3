"""Pages by key: however deep a page lies, it begins with one probe of an index."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from bot.overview.written import moment_of
from bot.text.whole import whole

PAGE = 50
# A moment, and an id that tells rows of the same moment apart.
Key = tuple[datetime, int]


@dataclass(frozen=True)
class Page:
    """Some rows, and the key of the next page; None where there is none."""

    rows: Sequence[Row[Any]]
    next: str | None = None


def cut(rows: Sequence[Row[Any]], limit: int, key: Callable[[Row[Any]], Key]) -> Page:
    """A page of rows of which one more than fits was read; `key` is what `key_of` reads."""
    if len(rows) <= limit:
        return Page(rows)
    return Page(rows[:limit], written(*key(rows[limit - 1])))


def written(moment: datetime, number: int) -> str:
    """A key as an address holds it."""
    return f"{moment.isoformat()}~{number}"


def key_of(after: str) -> Key | None:
    """The moment and the id after which a page begins; None where it is the first."""
    moment, _, number = after.partition("~")
    at, found = moment_of(moment), whole(number)
    return None if at is None or found is None else (at, found)
