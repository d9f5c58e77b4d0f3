"""Days as people write them: 12/25, 令和8年12月25日, 来週の金曜, 月末, next Friday, Dec 25th.

A day is read without knowing today; `Day.resolve` turns it into a date later.
"""

import calendar
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bot.text.amounts import kanji_number
from bot.text.normalize import folded

# The first year of each era, less one.
_ERAS = {"令和": 2018, "r": 2018, "平成": 1988, "h": 1988}
_WEEKDAYS = {name: index for index, name in enumerate("月火水木金土日")} | {
    name: index for index, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
}
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
_NUMBERS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "couple": 2}


@dataclass(frozen=True, slots=True)
class Day:
    """A day as it was written: fixed (`year`, `month`, `day`), or counted from today.

    `days`, `weeks` and `months` count from today; `weekday` is 0 for Monday; `end` is the last day
    of the week or month that the rest names. A payday is known to the person only: nothing is set.
    """

    words: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    days: int | None = None
    weeks: int | None = None
    months: int | None = None
    weekday: int | None = None
    end: bool = False

    def resolve(self, today: date) -> date | None:
        """The date meant by somebody who writes today, never one in the past.

        None where the words do not tell (給料日) or no such day exists (2/30).
        """
        if self.days is not None:
            return today + timedelta(days=self.days)
        if self.weekday is not None or self.weeks is not None:
            return self._in_week(today)
        if self.end or self.months is not None:
            return self._in_month(today)
        return self._fixed(today) if self.day else None

    @property
    def written(self) -> date | None:
        """The date that was written out with its year, be it past; None for any other day."""
        return None if self.year is None else _date(self.year, self.month, self.day)

    @property
    def only_weekday(self) -> bool:
        """Whether it is just a weekday, which may go with a date: "Friday, the 25th"."""
        return self.weekday is not None and self.weeks is None

    def _in_week(self, today: date) -> date:
        monday = today - timedelta(days=today.weekday())
        weekday = 6 if self.weekday is None else self.weekday
        found = monday + timedelta(weeks=self.weeks or 0, days=weekday)
        return found if found >= today else found + timedelta(weeks=1)

    def _in_month(self, today: date) -> date | None:
        months = today.year * 12 + today.month - 1 + (self.months or 0)
        year, month = divmod(months, 12)
        month = self.month or month + 1
        found = _date(year, month, self.day or calendar.monthrange(year, month)[1])
        return found and _forward(found, today)

    def _fixed(self, today: date) -> date | None:
        if self.year is not None:
            found = _date(self.year, self.month, self.day)
            return found if found and found >= today else None
        if self.month is not None:
            found = _date(today.year, self.month, self.day)
            later = _date(today.year + 1, self.month, self.day)
            return found if found and found >= today else later
        return _next_with_day(today, self.day or 0)


def _date(year: int, month: int | None, day: int | None) -> date | None:
    try:
        return date(year, month or 0, day or 0)
    except ValueError:
        return None


def _forward(found: date, today: date) -> date | None:
    if found >= today:
        return found
    return _date(found.year + found.month // 12, found.month % 12 + 1, found.day)


def _next_with_day(today: date, day: int) -> date | None:
    """The next date with this day of the month; months that are too short are passed over."""
    months = range(today.year * 12 + today.month - 1, today.year * 12 + today.month + 2)
    dates = (_date(number // 12, number % 12 + 1, day) for number in months)
    return next((found for found in dates if found and found >= today), None)


def _year_end(match: re.Match[str]) -> Day:
    return Day(match.group(), month=12, day=31)


Build = Callable[[re.Match[str]], Day]


def _number(word: str) -> int:
    return _NUMBERS[word] if word in _NUMBERS else int(word)


def _era(match: re.Match[str]) -> Day:
    era, year, month, day = match.groups()
    count = 1 if year == "元" else int(year)
    return Day(match.group(), _ERAS[era] + count, int(month), int(day))


def _full(match: re.Match[str]) -> Day:
    year, month, day = map(int, match.groups())
    return Day(match.group(), year, month, day)


def _month_day(match: re.Match[str]) -> Day:
    return Day(match.group(), month=int(match.group(1)), day=int(match.group(2)))


def _english(match: re.Match[str]) -> Day:
    found = match.groupdict()
    month, day = found["month"] or found["month2"], found["day"] or found["day2"]
    year = found["year"] or found["year2"]
    return Day(match.group(), int(year) if year else None, _MONTHS[month[:3]], int(day))


def _named_month(match: re.Match[str]) -> Day:
    months = {"今": 0, "来": 1, "再来": 2}[match.group(1)]
    day = match.group(2)
    if day in {"頭", "初", "はじめ", "上旬"}:
        return Day(match.group(), months=months, day=1)
    return Day(match.group(), months=months, day=int(day) if day else None, end=not day)


def _named_week(match: re.Match[str]) -> Day:
    weeks = {"今": 0, "来": 1, "再来": 2, "this": 0, "next": 1}[match.group(1)]
    weekday = match.group(2)
    return Day(match.group(), weeks=weeks, weekday=_WEEKDAYS[weekday[:3]] if weekday else None)


def _weekday(match: re.Match[str]) -> Day:
    return Day(match.group(), weekday=_WEEKDAYS[match.group(1)[:3]])


def _later(match: re.Match[str]) -> Day:
    """So many days, weeks or months ahead; of "two or three" the later."""
    count, unit = _number(match.group(1)), match.group(2)
    if unit in {"日", "day"}:
        return Day(match.group(), days=count)
    if unit in {"週", "week"}:
        return Day(match.group(), days=count * 7)
    return Day(match.group(), days=count * (365 if unit in {"年", "year"} else 30))


def _day_of_month(match: re.Match[str]) -> Day:
    return Day(match.group(), day=int(match.group(1)))


def _in(days: int) -> Build:
    return lambda match: Day(match.group(), days=days)


def _month_end(months: int) -> Build:
    return lambda match: Day(match.group(), months=months, end=True)


_DAY_NAME = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
_MONTH_NAME = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"

# The most telling first; each tried over the whole text.
_WAYS: tuple[tuple[re.Pattern[str], Build], ...] = tuple(
    (re.compile(pattern), build)
    for pattern, build in (
        (r"(令和|平成|r|h) ?(元|[0-9]{1,2})[年./-] ?([0-9]{1,2})[月./-] ?([0-9]{1,2})", _era),
        (r"(?<![0-9])(20[0-9]{2})[年/.-] ?([0-9]{1,2})[月/.-] ?([0-9]{1,2})", _full),
        (r"(?<![0-9])([0-9]{1,2})月 ?([0-9]{1,2})", _month_day),
        (r"(?<![0-9/])([0-9]{1,2})/([0-9]{1,2})(?![0-9/])", _month_day),
        (rf"\b(?:(?P<month>{_MONTH_NAME})\.? (?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?"
         rf"(?:,? (?P<year>20[0-9]{{2}}))?|(?P<day2>[0-9]{{1,2}})(?:st|nd|rd|th)? (?:of )?"
         rf"(?P<month2>{_MONTH_NAME})(?:,? (?P<year2>20[0-9]{{2}}))?)\b", _english),
        (r"(今|来|再来)月の?([0-9]{1,2})日", _named_month),
        (r"(今|来|再来)月の?(頭|初|はじめ|上旬)", _named_month),
        (r"(再来|来|今)週の?([月火水木金土日])曜?", _named_week),
        (rf"\b(next|this) ({_DAY_NAME})\b", _named_week),
        (r"(?:end of|by the end of) next month|来月末", _month_end(1)),
        (r"月末|今月中|end of (?:the |this )?month|month[ -]end|\beom\b", _month_end(0)),
        (r"年末|年内|end of (?:the |this )?year", _year_end),
        (r"([0-9]{1,3})(日|週|[ゖか]月|年)間?(?:後|以内|のうち)", _later),
        (r"[0-9] ?[、,.・~か-] ?([0-9]{1,2})(日)間?(?:中|うち)", _later),
        (r"\b(?:with)?in (?:a |the next )?([0-9]{1,3}|an?|one|two|three|four|five|couple)(?: of)? "
         r"(day|week|month|year)s?\b", _later),
        (r"しあさって", _in(3)),
        (r"day after tomorrow|明後日|あさって", _in(2)),
        (r"tomorrow|tmrw|tmr\b|tomorow|tommorow|tommorrow|2moro|明日|あした", _in(1)),
        (r"\btoday\b|\btonight\b|this (?:evening|afternoon)|今日|本日|今夜|今晩", _in(0)),
        (r"([月火水木金土日])曜", _weekday),
        (rf"\b({_DAY_NAME})\b", _weekday),
        (r"(?<![0-9])([0-9]{1,2})日(?!間|分)", _day_of_month),
        (r"\b(?:the )?([0-9]{1,2})(?:st|nd|rd|th)\b",
         _day_of_month),
        (r"週末|weekend", lambda match: Day(match.group(), weeks=0)),
        (r"(再来|来|今)週()", _named_week),
        (r"\b(next|this) week()\b", _named_week),
        (r"(再来|来|今)月()", _named_month),
        (r"\bnext month\b", _month_end(1)),
        (r"給料日|給料|給与|ぼーなす|賞与|年金|pay ?day|pay ?check|get paid|bonus",
         lambda match: Day(match.group())),
    )
)  # fmt: skip
_KANJI_DAY = re.compile("[一二三四五六七八九十]{1,4}(?=[日月年]|週間後)")


def parse(text: str) -> Day | None:
    """The day a text names, None where it names none; of several the most telling."""
    return next(_days(_form(text)), None)


def every(text: str) -> tuple[Day, ...]:
    """Every day a text names, the most telling first."""
    return tuple(_days(_form(text)))


def _days(form: str) -> Iterator[Day]:
    for pattern, build in _WAYS:
        # What one way has read is not read again by a less telling one.
        while match := pattern.search(form):
            yield build(match)
            form = f"{form[: match.start()]}\n{form[match.end() :]}"


def _form(text: str) -> str:
    return _KANJI_DAY.sub(lambda match: str(kanji_number(match.group())), folded(text))
