"""Which figures are asked for, as it stands in the address of the dashboard, to be shared."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement
from sqlalchemy.sql.schema import Column

from bot.staff.departments import Scope

MOST_DAYS = 400


class Period(StrEnum):
    """The periods to choose from; OWN lies between two days that are given."""

    TODAY = "today"
    WEEK = "7"
    MONTH = "30"
    OWN = "own"


WHOSE = ("sender", "department", "campaign")
LENGTHS = {Period.TODAY: 1, Period.WEEK: 7, Period.MONTH: 30}
Days = tuple[date, date]


@dataclass(frozen=True)
class Asked:
    """The days in Japan from `since` to `until`, both included, and whose figures.

    `sender`, `department` and `campaign` are ids, empty for any; `scope` is what the visitor may
    see at all.
    """

    scope: Scope
    period: Period
    since: date
    until: date
    sender: str = ""
    department: str = ""
    campaign: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str], scope: Scope, today: date) -> "Asked":
        """What an address asks for; what cannot be read does not matter.

        The last week unless it says otherwise, of a longer time the last 400 days. Days of one's
        own that are those of the named period are that period, which moves on tomorrow.
        """
        named = given.get("period", "")
        period = Period(named) if named in set(LENGTHS) else Period.WEEK
        days = today - timedelta(days=LENGTHS[period] - 1), today
        since, until = _day(given.get("since", "")), _day(given.get("until", ""))
        if (since or until) and (own := _own(since, until, today)) != days:
            period, days = Period.OWN, own
        return cls(scope, period, *days, *(_id(given.get(name, "")) for name in WHOSE))

    def before(self) -> "Asked":
        """The same of as many days before these."""
        length = self.until - self.since + timedelta(days=1)
        return replace(self, since=self.since - length, until=self.until - length)

    @property
    def days(self) -> list[date]:
        """Each of the days, in order."""
        return [self.since + timedelta(days=n) for n in range((self.until - self.since).days + 1)]

    def address(self) -> dict[str, str]:
        """What an address must hold to ask for the same."""
        own = {"since": self.since.isoformat(), "until": self.until.isoformat()}
        days = own if self.period is Period.OWN else {"period": str(self.period)}
        given = days | {name: getattr(self, name) for name in WHOSE}
        return {name: value for name, value in given.items() if value}

    def of_campaign(self, campaign_id: "Column[int]") -> list[ColumnElement[bool]]:
        """The condition that a row is of the campaign asked for; none where it does not matter."""
        return [campaign_id == int(self.campaign)] if self.campaign else []

    def of_senders(self, sender_id: "Column[int]") -> list[ColumnElement[bool]]:
        """The conditions that a row's sender is among those asked for."""
        found = [self.scope.covers(sender_id)]
        if self.department:
            found.append(Scope(int(self.department)).covers(sender_id))
        if self.sender:
            found.append(sender_id == int(self.sender))
        return found


def _own(since: date | None, until: date | None, today: date) -> Days:
    last = max(min(until or today, today), date.min + timedelta(days=2 * MOST_DAYS))
    return max(min(since or last, last), last - timedelta(days=MOST_DAYS - 1)), last


def _id(value: str) -> str:
    return value if value.isascii() and value.isdecimal() and len(value) < 10 else ""


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None
