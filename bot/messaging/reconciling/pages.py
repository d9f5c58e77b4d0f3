"""The provider's list of messages to or from one of our numbers, page by page."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import structlog

from bot.providers import KeepsRecords, Recorded, RecordPage, Way

# The provider dates its messages by its own clock.
CLOCKS_DIFFER_BY = timedelta(minutes=2)
# Two million messages of one number, at a thousand a page; more are left to the next round.
MOST_PAGES = 2000

log = structlog.get_logger(__name__)


def pages(
    provider: KeepsRecords, number: str, way: Way, since: datetime, following: str | None = None
) -> Iterator[RecordPage]:
    """Pages of a number's messages one way, newest first, down to a moment; raises a SendError.

    A list may be sorted by another date than the one that counts here: only a page without
    anything new is the last.
    """
    for _ in range(MOST_PAGES):
        page = provider.records(number, way, following)
        found = _wanted(page.records, number, way)
        new = [one for one in found if one.created_at >= since - CLOCKS_DIFFER_BY]
        following = page.following if new or not found else None
        yield RecordPage(new, following)
        if following is None:
            return
    log.warning("records.too_many", pages=MOST_PAGES)


def _wanted(records: Sequence[Recorded], number: str, way: Way) -> list[Recorded]:
    """What is surely one way and may be of this number: a stand-in for a provider may ignore what
    it was asked for."""
    these = [one for one in records if one.way is way]
    if way is Way.IN:
        return [one for one in these if one.recipient == number]
    return [one for one in these if one.sender in {None, number}]
