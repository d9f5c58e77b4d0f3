"""When a company's people are there: "Mon-Fri 09:30-18:00", without Japanese holidays."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import jpholiday

from bot.text.format import TOKYO

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WRITTEN = re.compile(r"([A-Z][a-z]{2})(?:-([A-Z][a-z]{2}))? (\d\d:\d\d)-(\d\d:\d\d)")
# The New Year and Golden Week together are shorter than this.
LONGEST_CLOSED_DAYS = 31


@dataclass(frozen=True)
class BusinessHours:
    """The weekdays (Monday is 0) and the hours of each, in Japan."""

    weekdays: frozenset[int]
    opens: time
    closes: time

    def next_opening(self, now: datetime) -> datetime | None:
        """When they are there again; None where they are there now."""
        here = now.astimezone(TOKYO)
        if self._is_working_day(here.date()) and self.opens <= here.time() < self.closes:
            return None
        for ahead in range(LONGEST_CLOSED_DAYS):
            day = here.date() + timedelta(days=ahead)
            opening = datetime.combine(day, self.opens, TOKYO)
            if self._is_working_day(day) and opening > here:
                return opening
        return None

    def _is_working_day(self, day: date) -> bool:
        return day.weekday() in self.weekdays and not jpholiday.is_holiday(day)


@lru_cache
def parse(written: str) -> BusinessHours | None:
    """Read hours such as "Mon-Fri 09:30-18:00" or "Sat 10:00-12:00"; None for the empty text.

    Raises ValueError for anything else.
    """
    if not written:
        return None
    found = _WRITTEN.fullmatch(written.strip())
    if found is None:
        raise ValueError(written)
    first, last = (DAYS.index(day) for day in (found[1], found[2] or found[1]))
    opens, closes = (time.fromisoformat(each) for each in found.group(3, 4))
    if first > last or opens >= closes:
        raise ValueError(written)
    return BusinessHours(frozenset(range(first, last + 1)), opens, closes)
