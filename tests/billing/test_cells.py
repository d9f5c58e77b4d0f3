"""Cells of a customer file: amounts, days and numbers as people write them, without guessing."""

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.billing import cells
from bot.billing.cells import CellRefused
from bot.text.language import Language

REFUSED_AMOUNTS = [
    ("", "JPY"),
    ("円", "JPY"),
    ("-500", "JPY"),
    ("△500", "JPY"),
    ("1,28", "JPY"),
    ("12,8000", "JPY"),
    ("12.800,50", "JPY"),
    ("1 280", "JPY"),
    ("12800.", "JPY"),
    (".5", "USD"),
    ("1e3", "JPY"),
    ("¥12,800円ほど", "JPY"),
    ("12800.0", "JPY"),
    ("45.505", "USD"),
    ("1.2345", "KWD"),
    ("$45.50", "JPY"),
    ("¥100", "USD"),
    ("100円", "USD"),
    ("1000000000001", "JPY"),
    ("9" * 10_000, "JPY"),
    ("٣٠٠", "JPY"),
    ("一万円", "JPY"),
]


@pytest.mark.parametrize(("cell", "currency"), REFUSED_AMOUNTS)
def test_an_amount_that_could_mean_two_things_or_none_is_refused(cell: str, currency: str) -> None:
    with pytest.raises(CellRefused, match="amount_due"):
        cells.amount(cell, currency)


AMOUNTS = [
    ("0", "JPY", 0),
    ("12800", "JPY", 12800),
    ("12,800", "JPY", 12800),
    ("１２，８００", "JPY", 12800),
    ("¥12,800", "JPY", 12800),
    ("￥12,800", "JPY", 12800),
    ("12,800円", "JPY", 12800),
    (" 12800 ", "JPY", 12800),
    ("007", "JPY", 7),
    ("45.50", "USD", 4550),
    ("45.5", "USD", 4550),
    ("45", "USD", 4500),
    ("$1,045.50", "USD", 104550),
    ("４５．５０", "USD", 4550),
    ("1.234", "KWD", 1234),
    ("1000000000000", "JPY", 10**12),
]


@pytest.mark.parametrize(("cell", "currency", "minor"), AMOUNTS)
def test_an_amount_becomes_minor_units(cell: str, currency: str, minor: int) -> None:
    assert cells.amount(cell, currency) == minor


@given(st.integers(0, 10**12), st.sampled_from([("JPY", 0), ("USD", 2), ("KWD", 3)]))
def test_every_amount_survives_its_written_form(minor: int, currency: tuple[str, int]) -> None:
    code, places = currency
    written = f"{Decimal(minor).scaleb(-places):,.{places}f}"

    assert cells.amount(written, code) == minor
    assert cells.amount(written.translate(_WIDE), code) == minor


_WIDE = {ord(narrow): ord(narrow) + 0xFEE0 for narrow in "0123456789,."}


@given(st.text())
def test_any_text_is_an_amount_or_refused(text: str) -> None:
    with suppress(CellRefused):
        assert 0 <= cells.amount(text, "USD") <= cells.LARGEST_MINOR


REFUSED_DAYS = [
    "12/25/2026",
    "25-12-2026",
    "2026-12/25",
    "2026年12月25",
    "2026-02-29",
    "2026-13-01",
    "2026-12-25 00:00:00",
    "20261225",
    "46381",
    "1926-12-25",
    "明日",
    "令和8年2月30日",
    "令和0年1月1日",
    "令和元年4月30日",
    "平成31年4月30日",
    "令和8/12/25",
]


@pytest.mark.parametrize("cell", REFUSED_DAYS)
def test_a_day_that_does_not_exist_or_is_unclear_is_refused(cell: str) -> None:
    with pytest.raises(CellRefused, match="due_date"):
        cells.day(cell)


DAYS = [
    ("2026-12-25", date(2026, 12, 25)),
    ("2026/12/25", date(2026, 12, 25)),
    ("2026/1/5", date(2026, 1, 5)),
    ("２０２６／１２／２５", date(2026, 12, 25)),
    ("2026年12月25日", date(2026, 12, 25)),
    ("2026年 1月 5日", date(2026, 1, 5)),
    ("令和8年12月25日", date(2026, 12, 25)),
    ("令和８年１２月２５日", date(2026, 12, 25)),
    ("㋿8年12月25日", date(2026, 12, 25)),
    ("令和元年5月1日", date(2019, 5, 1)),
    ("", None),
    ("　", None),
]


@pytest.mark.parametrize(("cell", "day"), DAYS)
def test_a_day_is_read_in_the_forms_of_both_calendars(cell: str, day: date | None) -> None:
    assert cells.day(cell) == day


@given(st.dates(date(2019, 5, 1), date(2099, 12, 31)))
def test_every_day_reads_the_same_in_every_form(day: date) -> None:
    forms = (
        day.isoformat(),
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"令和{day.year - 2018}年{day.month}月{day.day}日",
    )

    assert {cells.day(form) for form in forms} == {day}


@pytest.mark.parametrize("cell", ["", "123", "ABCDE", "1234A", "12-34", "١٢٣٤", "9" * 65])
def test_a_customer_number_without_four_last_digits_is_refused(cell: str) -> None:
    with pytest.raises(CellRefused, match="customer_number"):
        cells.customer_number(cell)


@pytest.mark.parametrize(
    ("cell", "plain"),
    [
        ("1234", "1234"),
        ("1000-1234", "1000-1234"),
        ("１０００－１２３４", "1000-1234"),
        ("1000‐1234", "1000-1234"),
        ("1000−1234", "1000-1234"),
        (" a-0001 ", "A-0001"),
        ("Ａ　０００１", "A0001"),
    ],
)
def test_one_customer_number_has_one_notation(cell: str, plain: str) -> None:
    assert cells.customer_number(cell) == plain


def test_a_currency_is_one_of_iso_4217_and_yen_by_default() -> None:
    assert cells.currency("") == "JPY"
    assert cells.currency(" ｕｓｄ ") == "USD"
    for wrong in ("円", "YEN", "US", "800"):
        with pytest.raises(CellRefused, match="currency"):
            cells.currency(wrong)


def test_a_language_is_japanese_english_or_open() -> None:
    assert [cells.language(cell) for cell in ("ja", "EN", "")] == [Language.JA, Language.EN, None]
    with pytest.raises(CellRefused, match="language"):
        cells.language("fr")


@pytest.mark.parametrize("code", ["XXX", "XTS", "XAU", "DEM"])
def test_a_code_that_nobody_pays_with_is_no_currency(code: str) -> None:
    with pytest.raises(CellRefused, match="currency"):
        cells.currency(code)


@pytest.mark.parametrize("code", ["JPY", "USD", "EUR", "KWD", "XOF"])
def test_money_of_today_is_a_currency(code: str) -> None:
    assert cells.currency(code) == code


@pytest.mark.parametrize("unseen", ["\x00", "\x07", "\x1b", "\x7f", "\u200b", "\u202e", "\ufeff"])
def test_what_cannot_be_seen_is_refused(unseen: str) -> None:
    with pytest.raises(CellRefused, match="name has control characters"):
        cells.name(f"山田{unseen}花子")
    with pytest.raises(CellRefused, match="customer_number has control characters"):
        cells.customer_number(f"1000{unseen}1234")


@pytest.mark.parametrize("name", ["葛\U000e0100城 花子", "José Müller", "\ue000田", "𠮷野 花子"])
def test_rare_letters_of_names_are_kept(name: str) -> None:
    assert cells.name(name) == name


def test_a_name_may_be_empty_but_not_endless() -> None:
    assert cells.name(" 山田　花子\n") == "山田 花子"
    assert cells.name("") == ""
    with pytest.raises(CellRefused, match="name"):
        cells.name("ア" * 101)
