"""Money, days and moments, in both languages and without a character that costs a segment."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text.format import day, moment, money
from bot.text.language import Language
from bot.text.segments import count

JA, EN = Language.JA, Language.EN


@pytest.mark.parametrize(
    ("minor", "currency", "language", "shown"),
    [
        (0, "JPY", JA, "0円"),
        (12800, "JPY", JA, "12,800円"),
        (12800, "JPY", EN, "¥12,800"),
        (-500, "JPY", JA, "-500円"),
        (-500, "JPY", EN, "-¥500"),
        (1234, "USD", JA, "$12.34"),
        (1234, "USD", EN, "$12.34"),
        (5, "USD", EN, "$0.05"),
        (123456789, "USD", EN, "$1,234,567.89"),
        (1234, "EUR", JA, "€12.34"),
        (1234, "KWD", EN, "KWD1.234"),
    ],
)
def test_money_has_the_digits_of_its_currency(
    minor: int, currency: str, language: Language, shown: str
) -> None:
    assert money(minor, currency, language) == shown


def test_a_day_is_short() -> None:
    assert day(date(2026, 12, 31), JA) == "12月31日"
    assert day(date(2026, 12, 31), EN) == "Dec 31"
    assert day(date(2026, 1, 2), JA) == "1月2日"


def test_a_moment_is_told_in_tokyo() -> None:
    last_minute = datetime(2026, 12, 31, 14, 59, tzinfo=UTC)
    assert moment(last_minute, JA) == "12/31 23:59"
    assert moment(last_minute, EN) == "Dec 31, 23:59"


def test_midnight_in_tokyo_is_the_next_day() -> None:
    midnight = datetime(2026, 12, 31, 15, 0, tzinfo=UTC)
    assert moment(midnight, JA) == "1/1 00:00"
    assert moment(midnight, EN) == "Jan 1, 00:00"


def test_a_moment_can_be_told_elsewhere() -> None:
    noon = datetime(2026, 7, 1, 16, 5, tzinfo=UTC)
    assert moment(noon, EN, zone=ZoneInfo("America/New_York")) == "Jul 1, 12:05"


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = datetime.fromisoformat("2026-12-31T23:59:00")
    with pytest.raises(ValueError, match="2026-12-31T23:59:00 has no time zone"):
        moment(naive, JA)


@settings(deadline=None)
@given(
    st.integers(-(10**15), 10**15),
    st.sampled_from(["JPY", "USD", "EUR", "GBP"]),
    st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
)
def test_english_stays_in_gsm_7(minor: int, currency: str, value: datetime) -> None:
    shown = f"{money(minor, currency, EN)} {moment(value, EN)} {day(value, EN)}"
    assert count(shown).encoding == "GSM-7"
