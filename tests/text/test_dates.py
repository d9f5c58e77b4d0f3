"""Days as people write them, resolved for somebody who writes on Wednesday 18 November 2026."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import dates

TODAY = date(2026, 11, 18)
DAYS = [
    ("昨日払いました", None),
    ("2/30に払います", None),
    ("給料日に払います", None),
    ("令和7年12月25日", None),
    ("25日に払います", date(2026, 11, 25)),
    ("二十五日に", date(2026, 11, 25)),
    ("10日までに", date(2026, 12, 10)),
    ("18日", date(2026, 11, 18)),
    ("31日", date(2026, 12, 31)),
    ("12/25", date(2026, 12, 25)),
    ("１２月２５日", date(2026, 12, 25)),
    ("1/5に払います", date(2027, 1, 5)),
    ("令和8年12月25日", date(2026, 12, 25)),
    ("R8.12.25", date(2026, 12, 25)),
    ("令和九年一月五日", date(2027, 1, 5)),
    ("2026-12-01", date(2026, 12, 1)),
    ("今日", date(2026, 11, 18)),
    ("明日", date(2026, 11, 19)),
    ("あさって", date(2026, 11, 20)),
    ("しあさって", date(2026, 11, 21)),
    ("5日後", date(2026, 11, 23)),
    ("3日以内に払います", date(2026, 11, 21)),
    ("2、3日中に", date(2026, 11, 21)),
    ("25日中に", date(2026, 11, 25)),
    ("1週間以内", date(2026, 11, 25)),
    ("3ヶ月後", date(2027, 2, 16)),
    ("within 3 days", date(2026, 11, 21)),
    ("2週間後", date(2026, 12, 2)),
    ("金曜に", date(2026, 11, 20)),
    ("月曜日", date(2026, 11, 23)),
    ("来週の金曜", date(2026, 11, 27)),
    ("再来週の火曜", date(2026, 12, 1)),
    ("今月末", date(2026, 11, 30)),
    ("来月末", date(2026, 12, 31)),
    ("来月10日", date(2026, 12, 10)),
    ("来月頭", date(2026, 12, 1)),
    ("年末", date(2026, 12, 31)),
    ("tomorrow", date(2026, 11, 19)),
    ("day after tomorrow", date(2026, 11, 20)),
    ("on friday", date(2026, 11, 20)),
    ("next Friday", date(2026, 11, 27)),
    ("end of the month", date(2026, 11, 30)),
    ("Dec 25th", date(2026, 12, 25)),
    ("25th of December", date(2026, 12, 25)),
    ("the 30th", date(2026, 11, 30)),
    ("in two weeks", date(2026, 12, 2)),
]


@pytest.mark.parametrize(("text", "expected"), DAYS)
def test_a_day_is_read_and_never_lies_in_the_past(text: str, expected: date | None) -> None:
    day = dates.parse(text)

    assert (day and day.resolve(TODAY)) == expected


def test_a_payday_is_named_though_nobody_knows_when_it_is() -> None:
    day = dates.parse("給料日まで待ってください")

    assert day is not None
    assert day.words == "給料日"


@pytest.mark.parametrize("text", ["", "こんにちは", "stop", "123", "5分後"])
def test_most_texts_name_no_day(text: str) -> None:
    assert dates.parse(text) is None


@given(st.text(alphabet="0123456789/.-年月日末今来再週の金曜後令和rh ", max_size=20), st.dates())
def test_no_text_makes_it_raise(text: str, today: date) -> None:
    day = dates.parse(text)

    if day is not None and date(2000, 1, 1) < today < date(2100, 1, 1):
        found = day.resolve(today)
        assert found is None or found >= today
