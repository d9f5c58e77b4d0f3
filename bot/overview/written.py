"""Moments and days as an address holds them; None where they cannot be read."""

from datetime import UTC, date, datetime, time

from bot.text.format import TOKYO


def moment_of(written: str) -> datetime | None:
    """A moment that names its time zone, in UTC; at the ends of time some have none there."""
    try:
        found = datetime.fromisoformat(written)
        return found.astimezone(UTC) if found.tzinfo else None
    except (ValueError, OverflowError):
        return None


def day_of(written: str) -> datetime | None:
    """The beginning of a day in Japan; none without a day before and after it."""
    try:
        found = date.fromisoformat(written)
    except ValueError:
        return None
    return datetime.combine(found, time(), TOKYO) if date.min < found < date.max else None
