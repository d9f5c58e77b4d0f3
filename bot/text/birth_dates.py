"""Dates of birth as people write them: 昭和55年1月5日, S55.1.5, H元.5.1, 19800105, Jan 5, 1980."""

import calendar
import re
import unicodedata
from datetime import date

LONGEST = 40
# The first year of each era, less one. https://www.ndl.go.jp/ (calendar of the eras)
_ERAS = {"m": 1867, "t": 1911, "s": 1925, "h": 1988, "r": 2018}
_LETTERS = {"明": "m", "大": "t", "昭": "s", "平": "h", "令": "r"}
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
_BETWEEN = r"[年月日/.\- ]+"
_ERA = r"(?P<era>明治?|大正?|昭和?|平成?|令和?|[mtshr])\.? ?"
_MONTH_NAME = r"(?P<month>[a-z]{3})[a-z]*\.?"
_DASH = re.compile("[‐‑‒–—―−ー]")
_END = " ?日?(?: ?生まれ| ?生)?"
_WAYS = tuple(
    re.compile(pattern + _END)
    for pattern in (
        rf"{_ERA}(?P<year>元|[0-9]{{1,2}}){_BETWEEN}(?P<month>[0-9]{{1,2}}){_BETWEEN}(?P<day>[0-9]{{1,2}})",
        rf"{_ERA}(?P<year>[0-9]{{2}})(?P<month>[0-9]{{2}})(?P<day>[0-9]{{2}})",
        rf"(?P<year>[0-9]{{4}}){_BETWEEN}(?P<month>[0-9]{{1,2}}){_BETWEEN}(?P<day>[0-9]{{1,2}})",
        r"(?P<year>[0-9]{4}|[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})",
        rf"{_MONTH_NAME} (?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?,? (?P<year>[0-9]{{4}})",
        rf"(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)? {_MONTH_NAME},? (?P<year>[0-9]{{4}})",
    )
)


def parse(written: str, today: date) -> date | None:
    """The date of birth that is meant, in any width; None where it is none or in the future.

    Two digits of a year without an era are the last such year that has come. What different
    countries read differently (01/05/1980) is not read.
    """
    folded = _DASH.sub("-", unicodedata.normalize("NFKC", written[: LONGEST + 1]).casefold())
    form = " ".join(folded.split())
    if len(form) > LONGEST:
        return None
    for way in _WAYS:
        if found := way.fullmatch(form):
            return _date(found.groupdict(), today)
    return None


def _date(found: dict[str, str], today: date) -> date | None:
    month = found["month"]
    number = _MONTHS.get(month) if month.isalpha() else int(month)
    try:
        born = date(_year(found, today), number or 0, int(found["day"]))
    except ValueError:
        return None
    return born if born <= today else None


def _year(found: dict[str, str], today: date) -> int:
    year, era = found["year"], found.get("era")
    if era is not None:
        return _ERAS[_LETTERS.get(era[0], era[0])] + (1 if year == "元" else int(year))
    if len(year) > 2:
        return int(year)
    this = today.year // 100 * 100 + int(year)
    return this if this <= today.year else this - 100
