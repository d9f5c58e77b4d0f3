"""Which date is meant by somebody who writes on Wednesday 18 November 2026."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import dates
from bot.text.meant import date_meant

TODAY = date(2026, 11, 18)
TEXTS = [
    ("", None),
    ("給料日", None),
    ("25日か26日", None),
    ("11月25日木曜", None),
    ("明日か明後日", None),
    ("25日", date(2026, 11, 25)),
    ("25日、11/25", date(2026, 11, 25)),
    ("11月25日(水)", date(2026, 11, 25)),
    ("11月25日水曜", date(2026, 11, 25)),
    ("Wednesday the 25th", date(2026, 11, 25)),
    ("来週の金曜の27日", date(2026, 11, 27)),
    ("令和7年12月25日", date(2025, 12, 25)),
]


@pytest.mark.parametrize(("text", "meant"), TEXTS)
def test_one_date_is_meant_or_none(text: str, meant: date | None) -> None:
    assert date_meant(dates.every(text), TODAY) == meant


@given(st.text(alphabet="0123456789/月日年来週末金曜か後 ", max_size=24))
def test_the_first_day_of_a_text_is_among_all_of_them(text: str) -> None:
    assert dates.parse(text) == next(iter(dates.every(text)), None)
