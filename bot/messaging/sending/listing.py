"""What the provider's own list tells of a message whose answer was lost."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Row

from bot.providers import Listed, ListsSent, Provider

# The provider dates its messages by its own clock, and should that differ by still more, what it
# dates shortly before might yet be the message.
CLOCKS_DIFFER_BY = timedelta(seconds=120)
SHORTLY_BEFORE = timedelta(minutes=10)

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Listing:
    """What the provider lists for a message of its sender's, by its ids, the newest first.

    `same` have its words; `wordless` have none any more, for the provider keeps them no longer.
    `early` have its words, but a date from shortly before it. `failed` says that no list came.
    """

    same: Sequence[str] = ()
    wordless: Sequence[str] = ()
    early: Sequence[str] = ()
    failed: bool = False


def since(row: Row[Any]) -> datetime:
    """From when on a message may be listed: its first attempt or, where that is not known, since it
    was made; by a clock that may differ."""
    first = row.attempted_at if row.attempts <= 1 else row.created_at
    moment: datetime = first - CLOCKS_DIFFER_BY
    return moment


def look_up(asked: Provider, row: Row[Any]) -> Listing | None:
    """What is listed for a message; None where there is no list that could tell."""
    if not isinstance(asked, ListsSent) or row.provider not in {None, asked.name}:
        return None
    try:
        listed = asked.sent_to(row.recipient, since(row) - SHORTLY_BEFORE)
    except Exception as error:  # a bug must not keep the other messages from being looked up
        log.warning("lookup.failed", message=row.id, exc_info=error)
        return Listing(failed=True)
    return _sorted(row, [found for found in listed if found.sender in {None, row.sender}])


def _sorted(row: Row[Any], listed: Sequence[Listed]) -> Listing:
    words, start = row.body.strip(), since(row)
    bodies = [(found, (found.body or "").strip()) for found in listed]
    within = [(found.sid, body) for found, body in bodies if found.created_at >= start]
    exact = [sid for sid, body in within if body == words]
    # The account may put words of its own before ours, as a trial account does.
    ending = [sid for sid, body in within if body.endswith(words)]
    return Listing(
        exact or ending,
        [sid for sid, body in within if not body],
        [found.sid for found, body in bodies if found.created_at < start and body.endswith(words)],
    )
