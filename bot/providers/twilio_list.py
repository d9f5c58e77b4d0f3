"""Twilio's list of messages: what its entries say, and how far back it is read.

https://www.twilio.com/docs/messaging/api/message-resource
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from bot.errors import Uncertain
from bot.providers import Listed, Recorded, Way
from bot.providers.twilio_words import answered_by_twilio
from bot.setting_types import OptOutMode

# The most that Twilio lists on one page, and so many pages that no person has.
PAGE_SIZE = 1000
MOST_PAGES = 100
# A direction is "inbound", or "outbound-" with who asked for the message.
_WAYS = {"inbound": Way.IN, "outbound": Way.OUT}


def recorded(message: Any, mode: OptOutMode) -> Recorded:
    """An entry with all that is compared with our tables."""
    way = _WAYS.get(str(message.direction).partition("-")[0])
    body = message.body or ""
    return Recorded(
        sid=message.sid,
        way=way,
        sender=message.from_,
        recipient=message.to,
        body=body,
        status=str(message.status),
        error_code=int(message.error_code) if message.error_code else None,
        created_at=message.date_created or message.date_updated or datetime.now(UTC),
        changed_at=message.date_updated,
        answered_as=answered_by_twilio(None, body, mode) if way is Way.IN else None,
    )


def listed(messages: Any, recipient: str, since: datetime, *, pooled: bool) -> Iterator[Listed]:
    """The messages of ours to a person that were created since a moment, in the list's order.

    `messages` is the package's list; `pooled` says that the sender tells nothing.
    """
    for page in _pages(messages, recipient):
        for one in page:
            created = one.date_created or datetime.now(UTC)
            if created >= since and _may_be_to(one, recipient):
                yield Listed(one.sid, one.body or "", created, None if pooled else one.from_)
        if page and all(_was_before(one, since) for one in page):
            return


def _pages(messages: Any, recipient: str) -> Iterator[list[Any]]:
    page = messages.page(to=recipient, page_size=PAGE_SIZE)
    for _ in range(MOST_PAGES):
        yield list(page)
        page = page.next_page()
        if page is None:
            return
    raise Uncertain("Twilio's list does not end")


def _may_be_to(message: Any, recipient: str) -> bool:
    """Whether it may be one of ours to a person: what the list does not tell excludes nothing, for
    what is thought absent is sent again."""
    inbound = str(message.direction).startswith("inbound")
    return not inbound and message.to in {None, recipient}


def _was_before(message: Any, moment: datetime) -> bool:
    """Whether all that follows in the list may be older than a moment: where it is in the order of
    what was sent, one that was created long ago may still come first."""
    dates = [date for date in (message.date_created, message.date_sent) if date is not None]
    return bool(dates) and max(dates) < moment
