"""What is shown of a person's number and words never gives them away."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text import mask


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("", "****"),
        ("+819", "****"),
        ("1234567", "****"),
        ("+1234567", "****4567"),
        ("12345678", "****5678"),
        ("123456789", "1****6789"),
        ("+819000000001", "+8190****0001"),
        ("09000000001", "090****0001"),
        ("+12025550123", "+120****0123"),
        ("+123456789012345", "+1234****2345"),
        ("HENJI-SHOP", "****"),
        ("taro@example.com", "****"),
        ("+８１９０００００００１", "****"),
    ],
)
def test_a_number_keeps_its_ends_and_a_name_keeps_nothing(value: str, shown: str) -> None:
    assert mask.number(value) == shown


@settings(deadline=None)
@given(st.text(alphabet="0123456789", min_size=8, max_size=20))
def test_at_least_four_digits_are_hidden(value: str) -> None:
    assert len(mask.number(value).replace("****", "")) <= len(value) - 4


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("はい", "はい"),
        ("〇〇信販 一郎", "〇〇信販 一郎"),
        ("生年月日 1980/1/5", "生年月日 ••••/•/•"),
        ("１２３４円", "••••円"),
        ("① ² ½ ٣ ३ ❶ ⑩", "• • • • • • •"),
    ],
)
def test_digits_of_every_script_become_dots(text: str, shown: str) -> None:
    assert mask.digits(text) == shown


@settings(deadline=None)
@given(st.text())
def test_no_digit_is_left_and_nothing_else_is_touched(text: str) -> None:
    shown = mask.digits(text)
    assert len(shown) == len(text)
    assert not any(char.isdigit() for char in shown)


def test_a_body_shows_only_its_length() -> None:
    assert mask.text("") == "<0 chars>"
    assert mask.text("暗証番号は1234です") == "<11 chars>"


LINKS = [
    ("停止は https://s.example.jp/o/aB3dE6gH9jKl", "停止は https://s.example.jp/o/…"),
    ("http://127.0.0.1:8001/p/aB3dE6gH9jKl 期限", "http://127.0.0.1:8001/p/… 期限"),
    ("https://s.example.jp/senders", "https://s.example.jp/senders"),
    ("https://s.example.jp/shop/o/12", "https://s.example.jp/shop/o/12"),
]


@pytest.mark.parametrize(("body", "masked"), LINKS)
def test_the_secret_of_a_link_is_hidden(body: str, masked: str) -> None:
    assert mask.tokens(body) == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("'To' +819000000001 に、09000000001。", "'To' +8190****0001 に、090****0001。"),
        ("20 of 40 (50%) since 2026-11-26 10:00 UTC, 30007", None),
        ("SM0123456789abcdef0123456789abcdef", None),
    ],
)
def test_numbers_in_a_sentence_are_masked_and_the_rest_is_not(
    text: str, masked: str | None
) -> None:
    assert mask.numbers(text) == (masked or text)
