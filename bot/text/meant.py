"""Of all the days that a text names, the one date that is meant."""

from collections.abc import Iterable
from datetime import date

from bot.text.dates import Day


def date_meant(days: Iterable[Day], today: date) -> date | None:
    """The date that days mean to somebody who writes today, be it past where its year was written.

    None where the words do not tell a date, or tell several; "Friday, the 25th" is one date where
    the 25th is a Friday.
    """
    dated = [(day, found) for day in days if (found := day.written or day.resolve(today))]
    confirmed = {found.weekday() for day, found in dated if not day.only_weekday}
    meant = {found for day, found in dated if not (day.only_weekday and day.weekday in confirmed)}
    return meant.pop() if len(meant) == 1 else None
