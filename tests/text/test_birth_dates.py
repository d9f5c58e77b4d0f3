"""Dates of birth in every notation that people use, and none that they do not mean."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.birth_dates import parse

TODAY = date(2026, 12, 25)
BORN = date(1980, 1, 5)
SAME = ["19800105", "1980/1/5", "1980-01-05", "1980.1.5", "1980年1月5日", " 1980 1 5 ", "800105"]
SAME += ["１９８０年１月５日", "1980年1月5日生まれ", "昭和55年1月5日", "昭和５５年１月５日"]
SAME += ["昭55.1.5", "昭55 1 5", "昭和 55年 1月 5日", "昭和55年01月05日生", "S55.1.5", "s55/1/5"]
SAME += ["S550105", "Ｓ５５－１－５", "Jan 5, 1980", "January 5th 1980", "5 jan 1980"]
OTHERS = {
    "H元.5.1": date(1989, 5, 1),
    "平成元年5月1日": date(1989, 5, 1),
    "H2.1.5": date(1990, 1, 5),
    "平成31年4月30日": date(2019, 4, 30),
    "令和8年12月25日": TODAY,
    "R010501": date(2019, 5, 1),
    "大正15年3月3日": date(1926, 3, 3),
    "明治45年1月1日": date(1912, 1, 1),
    "050203": date(2005, 2, 3),
    "20000229": date(2000, 2, 29),
}
NONE = ["", " ", "x", "1980", "198001", "19801305", "19800230", "01/05/1980", "5/1/80", "昭和"]
NONE += ["S55", "令和9年1月1日", "20261226", "昭和55年13月1日", "1" * 5000, "1980/1/5 1981/1/5"]
NONE += ["🎂", "foo 5, 1980", "0000-01-01", "元元.1.1"]


@pytest.mark.parametrize("written", SAME)
def test_one_date_is_read_in_every_notation(written: str) -> None:
    assert parse(written, TODAY) == BORN


@pytest.mark.parametrize(("written", "born"), OTHERS.items())
def test_eras_and_centuries_are_told(written: str, born: date) -> None:
    assert parse(written, TODAY) == born


@pytest.mark.parametrize("written", NONE)
def test_what_is_no_date_of_birth_is_not_read(written: str) -> None:
    assert parse(written, TODAY) is None


@given(st.text(max_size=60))
def test_whatever_is_written_is_a_past_date_or_none(written: str) -> None:
    born = parse(written, TODAY)
    assert born is None or born <= TODAY
