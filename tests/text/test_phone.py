"""Telephone numbers: every notation of one number leads to one E.164 form, the rest to None."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text import phone

REFUSED = [
    "",
    "+",
    "-",
    "なし",
    "090-0000",
    "090-0000-000",
    "090-0000-00001",
    "110",
    "12345678",
    "０９０ー００００",
    "090-0000-0001 内線3",
    "090-0000-0001, 090-0000-0002",
    "090-0000-0001/090-0000-0002",
    "090-0000-0001 or 090-0000-0002",
    "1-800-HENJI-00",
    "+090-0000-0001",
    "++819000000001",
    "81+9000000001",
    "+15550100",
    "+9990000000",
    "https://example.com/09000000001",
    "\ud83d",
    "0" * 10_000,
]


@pytest.mark.parametrize("raw", REFUSED)
def test_what_is_no_single_number_is_refused(raw: str) -> None:
    assert phone.parse(raw) is None


NOTATIONS = [
    "09000000001",
    "090-0000-0001",
    "０９００００００００１",
    "090 0000 0001",
    "090.0000.0001",
    "(090)0000-0001",
    "（０９０）００００－０００１",
    "０９０−００００−０００１",
    "090ー0000ー0001",
    "090ｰ0000ｰ0001",
    "090‐0000‐0001",
    "090\u20110000\u20110001",
    "090–0000—0001",
    "090―0000─0001",
    "090　0000　0001",
    "'09000000001",
    "9000000001",
    "819000000001",
    "+819000000001",
    "＋８１９００００００００１",
    "+81 90-0000-0001",
    "+81(0)90-0000-0001",
    "+81 090 0000 0001",
    "0081 90 0000 0001",
    "\u202a+81 90 0000 0001\u202c",
    " 090-0000-0001\n",
]


@pytest.mark.parametrize("raw", NOTATIONS)
def test_every_notation_of_a_japanese_mobile_is_one_number(raw: str) -> None:
    assert phone.parse(raw) == "+819000000001"


OTHERS = [
    ("060-0000-0001", "JP", "+816000000001"),
    ("070-0000-0001", "JP", "+817000000001"),
    ("080-0000-0001", "JP", "+818000000001"),
    ("050-0000-0001", "JP", "+815000000001"),
    ("03-0000-0000", "JP", None),
    ("+1 (202) 555-0123", "JP", "+12025550123"),
    ("202-555-0123", "US", "+12025550123"),
    ("312-555-0123", "JP", None),
    ("+1 555 010 0123", "JP", "+15550100123"),
    ("010 1 202 555 0123", "JP", "+12025550123"),
    ("+44 7700 900123", "JP", "+447700900123"),
    ("090-0000-0001", "Japan", None),
]


@pytest.mark.parametrize(("raw", "region", "number"), OTHERS)
def test_the_region_is_the_country_of_national_numbers(
    raw: str, region: str, number: str | None
) -> None:
    assert phone.parse(raw, region) == number


@settings(deadline=None)
@given(st.text(alphabet=st.characters(), max_size=80))
def test_any_text_is_a_number_or_none(raw: str) -> None:
    number = phone.parse(raw)
    assert number is None or phone.is_e164(number)


@settings(deadline=None)
@given(st.integers(0, 9999), st.sampled_from(["-", "−", "ー", "‐", " ", ""]))
def test_a_parsed_number_parses_to_itself(last: int, dash: str) -> None:
    number = phone.parse(f"090{dash}0000{dash}{last:04}")
    assert number == f"+8190000{last:05}"
    assert phone.parse(number) == number


COUNTRIES = [
    ("+819000000001", "JP"),
    ("+12025550123", "US"),
    ("+15550100123", "US"),
    ("+14165550123", "CA"),
    ("+447700900123", "GB"),
    ("+80012345678", None),
    ("+9990000000", None),
    ("09000000001", None),
    ("HENJI", None),
    ("", None),
]


@pytest.mark.parametrize(("number", "region"), COUNTRIES)
def test_a_number_belongs_to_a_country(number: str, region: str | None) -> None:
    assert phone.country(number) == region


@pytest.mark.parametrize("value", ["+819000000001", "+12025550123", "+1234567", "+123456789012345"])
def test_e164_is_plus_and_7_to_15_digits(value: str) -> None:
    assert phone.is_e164(value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "+",
        "819000000001",
        "+0819000000",
        "+123456",
        "+1234567890123456",
        "+81 9000000001",
        "+81９０００００００１",
        "+٨١٩٠٠٠٠٠٠٠١",
        "+819000000001\n",
        "tel:+819000000001",
    ],
)
def test_nothing_else_is_e164(value: str) -> None:
    assert not phone.is_e164(value)


RECEIVES = [
    "+819000000001",
    "+818000000003",
    "+818012345678",
    "+817012345678",
    "+816012345678",
    "+12025550123",
]
RECEIVES_NOT = ["+81312345678", "+81120000000", "+81570000000", "+18005550123", "+44800123456", "x"]


@pytest.mark.parametrize("number", RECEIVES + RECEIVES_NOT)
def test_landlines_and_hotlines_receive_no_texts(number: str) -> None:
    assert phone.receives_texts(number) == (number in RECEIVES)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+819012345678", "090-****-5678"),
        ("+818000000003", "080-****-0003"),
        ("+815000000001", "050-****-0001"),
        ("+81312345678", "03-****-5678"),
        ("+12025550123", "202-****-0123"),
        ("BRAND", "****"),
        ("", "****"),
    ],
)
def test_a_number_is_shown_to_who_need_not_know_it(number: str, shown: str) -> None:
    assert phone.masked(number) == shown
