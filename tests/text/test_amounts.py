"""Amounts as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import amounts
from bot.text.format import Money

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
    ("一括で払います", "all"),
    ("一部だけ払いたい", "part"),
    ("全額は無理なので半分払います", "half"),
    ("partial payment", "part"),
]
OFFERS = [
    ("5000円だけ", "5000 JPY"),
    ("五千円だけなら", "5000 JPY"),
    ("先に1万円入れます", "10000 JPY"),
    ("3000円ずつでお願いします", "3000 JPY"),
    ("半額だけでもいいですか", "half"),
    ("今月は半分しか無理", "half"),
    ("一部なら払えます", "part"),
    ("I can only do $50", "50 USD"),
    ("just 5000 yen now", "5000 JPY"),
    ("half now, the rest later", "half"),
    ("5000円", None),
    ("5000円だけですか？", None),
    ("5000円だけなんですか", None),
    ("全額は無理です", None),
    ("just a minute", None),
    ("1234", None),
]
PARTS = [
    ("5000円", 12800, "JPY", 5000),
    ("2万円", 12800, "JPY", 12800),
    ("半分", 12801, "JPY", 6401),
    ("全額", 12800, "JPY", 12800),
    ("一部", 12800, "JPY", None),
    ("0円", 12800, "JPY", None),
    ("$20.50", 4210, "USD", 2050),
    ("$20", 12800, "JPY", None),
    ("5000円", 4210, "USD", None),
    ("3000", 12800, "JPY", 3000),
]


@pytest.mark.parametrize(("text", "expected"), AMOUNTS)
def test_an_amount_is_read(text: str, expected: str | None) -> None:
    amount = amounts.parse(text)

    assert (amount and str(amount)) == expected


@pytest.mark.parametrize(("text", "expected"), OFFERS)
def test_an_amount_that_is_offered_instead_of_all_is_told_from_others(
    text: str, expected: str | None
) -> None:
    amount = amounts.offered(text)

    assert (amount and str(amount)) == expected


@pytest.mark.parametrize(("text", "due", "currency", "part"), PARTS)
def test_how_much_of_what_is_due_an_amount_is(
    text: str, due: int, currency: str, part: int | None
) -> None:
    amount = amounts.parse(text)
    assert amount is not None
    found = amounts.part_of(amount, Money(due, currency))

    assert found == (None if part is None else Money(part, currency))


@pytest.mark.parametrize(
    ("word", "value"), [("十", 10), ("二五", 25), ("三百二十一", 321), ("一億二千万", 120_000_000)]
)
def test_kanji_numbers(word: str, value: int) -> None:
    assert amounts.kanji_number(word) == value


@given(st.text(alphabet="0123456789,.万千百億円¥$一二三十 ", max_size=30))
def test_no_text_makes_it_raise(text: str) -> None:
    amounts.parse(text)
    amounts.offered(text)
