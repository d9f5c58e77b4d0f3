"""Amounts as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import amounts

AMOUNTS = [
    ("", None),
    ("払います", None),
    ("12/25に払います", None),
    ("25日", None),
    ("1234番", None),
    ("5000円", "5000 JPY"),
    ("５，０００円", "5000 JPY"),
    ("¥5,000", "5000 JPY"),
    ("5千円", "5000 JPY"),
    ("五千円", "5000 JPY"),
    ("三万五千円", "35000 JPY"),
    ("1万2千円払います", "12000 JPY"),
    ("1万2千", "12000"),
    ("1.2万", "12000"),
    ("25日に一万円", "10000 JPY"),
    ("とりあえず3000", "3000"),
    ("12,800", "12800"),
    ("$20.50", "20.50 USD"),
    ("20 dollars", "20 USD"),
    ("全額払います", "all"),
    ("半分だけ", "half"),
    ("pay in full", "all"),
]


@pytest.mark.parametrize(("text", "expected"), AMOUNTS)
def test_an_amount_is_read(text: str, expected: str | None) -> None:
    amount = amounts.parse(text)

    assert (amount and str(amount)) == expected


@pytest.mark.parametrize(
    ("word", "value"), [("十", 10), ("二五", 25), ("三百二十一", 321), ("一億二千万", 120_000_000)]
)
def test_kanji_numbers(word: str, value: int) -> None:
    assert amounts.kanji_number(word) == value


@given(st.text(alphabet="0123456789,.万千百億円¥$一二三十 ", max_size=30))
def test_no_text_makes_it_raise(text: str) -> None:
    amounts.parse(text)
