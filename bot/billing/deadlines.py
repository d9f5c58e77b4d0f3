"""When to remind of a deadline: near enough to be of use, and never at night."""

from datetime import datetime, timedelta

from bot.compliance.countries import Country

# Time to sit down and pay, or to pass a store; a deadline of days is told of a day ahead.
AHEAD = timedelta(hours=3)
A_DAY_AHEAD = timedelta(days=1)
# Who was told of a deadline so lately knows it.
FRESH = timedelta(hours=1)


def remind_at(country: Country, told_at: datetime, ends_at: datetime) -> datetime | None:
    """When to remind of what ends, of which the person was told at a moment; None: not at all."""
    of_days = ends_at - told_at > 2 * A_DAY_AHEAD
    at = country.closes(ends_at - (A_DAY_AHEAD if of_days else AHEAD))
    return at if at - told_at >= FRESH else None
