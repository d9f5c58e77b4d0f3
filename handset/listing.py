"""Twilio's list of messages: filters by number and day, pages by key, newest first."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlencode

from handset import messages, refusals, resource
from handset.messages import Message
from handset.refusals import Refusal

_DEFAULT_SIZE, _LARGEST_SIZE, _MOST_DIGITS = 50, 1000, 9
# The prefixes of a page token: the page after, or before, the message whose SID follows.
_AFTER, _BEFORE = "PA", "PB"
_FILTERS = ("To", "From", "DateSent", "DateSent<", "DateSent>")


@dataclass(frozen=True)
class Query:
    """What is asked for. Messages not yet sent have no day and match no filter by day; those
    accepted after `listed_until` (Unix seconds) are not listed yet."""

    filters: Mapping[str, str]
    earliest: float | None
    latest: float | None
    size: int
    page: int
    token: str
    listed_until: float

    @property
    def backward(self) -> bool:
        """Whether the page before a message is wanted rather than the one after it."""
        return self.token.startswith(_BEFORE)


_OLDER = """
SELECT * FROM messages
WHERE (:recipient IS NULL OR recipient = :recipient) AND (:sender IS NULL OR sender = :sender)
    AND (:earliest IS NULL OR sent >= :earliest) AND (:latest IS NULL OR sent < :latest)
    AND (:edge IS NULL OR id < :edge) AND created <= :listed_until
ORDER BY id DESC LIMIT :limit
"""
_NEWER = _OLDER.replace("id < :edge", "id > :edge").replace("DESC", "ASC")


def read(arguments: Mapping[str, str], listed_until: float) -> Query | Refusal:
    """The query in a list's arguments, or why it is refused; days count in GMT."""
    try:
        earliest, latest = _days(arguments)
    except ValueError:
        return refusals.BAD_DATE
    size = _whole(arguments.get("PageSize", str(_DEFAULT_SIZE)))
    page = _whole(arguments.get("Page", "0"))
    if not size or page is None:
        return refusals.BAD_PAGE
    filters = {name: arguments[name] for name in _FILTERS if name in arguments}
    token = arguments.get("PageToken", "")
    size = min(size, _LARGEST_SIZE)
    return Query(filters, earliest, latest, size, page, token, listed_until)


def answer(db: sqlite3.Connection, query: Query, account_sid: str) -> dict[str, object] | Refusal:
    """One page as JSON with the paths of its neighbours, or a refusal of the page token."""
    edge = messages.find(db, query.token[len(_AFTER) :]) if query.token else None
    if query.token and edge is None:
        return refusals.BAD_PAGE
    found = _found(db, query, edge)
    more = len(found) > query.size or query.backward
    shown = found[-query.size :] if query.backward else found[: query.size]
    start = query.page * query.size
    return {
        "messages": [resource.resource(message, account_sid) for message in shown],
        "first_page_uri": _uri(query, account_sid, 0),
        "next_page_uri": _after(query, account_sid, shown) if more else None,
        "previous_page_uri": _before(query, account_sid, shown) if query.page else None,
        "page": query.page,
        "page_size": query.size,
        "start": start,
        "end": start + max(len(shown) - 1, 0),
        "uri": _uri(query, account_sid, query.page, query.token),
    }


def _found(db: sqlite3.Connection, query: Query, edge: Message | None) -> list[Message]:
    """The messages of the page, newest first, and one more if there is one beyond it."""
    values = {
        "recipient": query.filters.get("To"),
        "sender": query.filters.get("From"),
        "earliest": query.earliest,
        "latest": query.latest,
        "edge": edge.id if edge else None,
        "listed_until": query.listed_until,
        "limit": query.size + 1,
    }
    found = messages.read(db.execute(_NEWER if query.backward else _OLDER, values))
    return found[::-1] if query.backward else found


def _whole(written: str) -> int | None:
    return int(written) if written.isdecimal() and len(written) <= _MOST_DIGITS else None


def _days(arguments: Mapping[str, str]) -> tuple[float | None, float | None]:
    """The first moment of the first day wanted, and the first after the last; None is open."""
    exact = arguments.get("DateSent")
    since, until = arguments.get("DateSent>", exact), arguments.get("DateSent<", exact)
    return (
        _midnight(since) if since else None,
        _midnight(until) + timedelta(days=1).total_seconds() if until else None,
    )


def _midnight(written: str) -> float:
    """The start of a day given as such or, as Twilio's SDKs do, as a moment of it."""
    day = date.fromisoformat(written[:10])
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()


def _after(query: Query, account_sid: str, shown: list[Message]) -> str | None:
    return _uri(query, account_sid, query.page + 1, _AFTER + shown[-1].sid) if shown else None


def _before(query: Query, account_sid: str, shown: list[Message]) -> str | None:
    return _uri(query, account_sid, query.page - 1, _BEFORE + shown[0].sid) if shown else None


def _uri(query: Query, account_sid: str, page: int, token: str = "") -> str:
    arguments = {**query.filters, "PageSize": query.size, "Page": page}
    if token and page > 0:
        arguments["PageToken"] = token
    return f"{resource.messages_uri(account_sid)}?{urlencode(arguments)}"
