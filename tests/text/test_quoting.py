"""What stands in a text without being said by the person."""

import pytest

from bot.text.quoting import is_reaction, unquoted


@pytest.mark.parametrize(
    "text",
    [
        "Liked “Reply STOP to end”",
        'Loved "your balance"',
        "Emphasized “Text STOP to opt out”",
        "Reacted 👍 to “Reply STOP”",
        "Removed a like from “Hello”",
        "“配信停止は「配信停止」とご返信ください”を強調しました",
        "「お支払いを確認しました」にハートをつけました",
    ],
)
def test_a_tapped_reaction_says_nothing(text: str) -> None:
    assert is_reaction(text)


@pytest.mark.parametrize("text", ["「配信停止」をお願いします", "I liked it", "stop", "「停止」"])
def test_what_a_person_writes_is_no_reaction(text: str) -> None:
    assert not is_reaction(text)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("> Reply STOP to end\nthanks", "thanks"),
        ("停止は「配信停止」とご返信ください。", ""),
        ("Reply STOP to unsubscribe.", ""),
        ("STOP\nSent from my iPhone", "STOP"),
        ("STOP - John Smith", "STOP"),
        ("「配信停止」と送信します", "「配信停止」と送信します"),
        ("配信停止", "配信停止"),
    ],
)
def test_our_own_words_are_left_out(text: str, left: str) -> None:
    assert unquoted(text).strip() == left
