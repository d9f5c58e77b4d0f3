"""The days that a page looks at, as its address has them."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from flask import request

from bot.text.format import TOKYO

# What is counted or played is read from the messages themselves.
LONGEST = timedelta(days=92)


@dataclass(frozen=True)
class Period:
    """Whole days in Japan, the first and the last one of them included."""

    first: date
    last: date

    @property
    def since(self) -> datetime:
        """When the first day begins."""
        return datetime.combine(self.first, time(), TOKYO)

    @property
    def until(self) -> datetime:
        """When the last day is over."""
        return datetime.combine(self.last + timedelta(days=1), time(), TOKYO)

    @property
    def days(self) -> int:
        """How many days these are."""
        return (self.last - self.first).days + 1


def latest(days: int) -> Period:
    """So many days, today the last of them."""
    today = datetime.now(TOKYO).date()
    return Period(today - timedelta(days=days - 1), today)


def asked(days: int) -> Period:
    """The days from `?since=` to `?until=`; so many up to today where these are none, or too
    many, or in the wrong order."""
    usual = latest(days)
    first = _day(request.args.get("since", "")) or usual.first
    last = _day(request.args.get("until", "")) or usual.last
    return Period(first, last) if timedelta() <= last - first < LONGEST else usual


def _day(written: str) -> date | None:
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return None
    # Some days before and after these are none in another time zone.
    return day if 2000 <= day.year < 3000 else None
