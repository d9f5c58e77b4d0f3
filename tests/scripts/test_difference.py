"""Changes shown word by word, and two changes of one text made one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.scripts.difference import merged, parts, shown, words

texts = st.text(alphabet="あいアン残高払 {name}ab1,、。\n", max_size=40)

SHOWN = [
    ("お支払いはこちら", "お支払いはこちら", "お支払いはこちら"),
    (
        "残高は「残高」とご返信ください。",
        "残高は「残高照会」とご返信ください。",
        "残高は「残高{+照会+}」とご返信ください。",
    ),
    ("停止しました。", "停止いたしました。", "停止[-しました-]{+いたしました+}。"),
    ("{brand}: Reply HELP.", "{brand}: Do reply HELP.", "{brand}: [-Reply-]{+Do reply+} HELP."),
    ("{name}様", "{customer}様", "[-{name}-]{+{customer}+}様"),
    ("12,800円", "9,800円", "[-12,800-]{+9,800+}円"),
    ("テスト", "テキスト", "[-テスト-]{+テキスト+}"),
]


@pytest.mark.parametrize(("before", "after", "told"), SHOWN)
def test_a_change_is_shown_by_whole_words(before: str, after: str, told: str) -> None:
    assert shown(before, after) == told


@given(texts, texts)
def test_what_stayed_and_went_out_is_the_old_text_and_what_came_in_the_new(a: str, b: str) -> None:
    told = parts(a, b)
    assert "".join(part.text for part in told if part.change != "in") == a
    assert "".join(part.text for part in told if part.change != "out") == b
    assert "".join(words(a)) == a


def test_changes_of_different_words_are_made_one() -> None:
    assert merged("a b c d", "a B c d", "a b c D") == "a B c D"
    assert (
        merged(
            "【{brand}】担当者は「相談」、停止は「配信停止」とご返信ください。",
            "【{brand}】担当者は「相談」、停止は「配信停止」とお送りください。",
            "【{brand}】係の者は「相談」、停止は「配信停止」とご返信ください。",
        )
        == "【{brand}】係の者は「相談」、停止は「配信停止」とお送りください。"
    )


def test_two_changes_of_one_word_are_left_to_a_person() -> None:
    assert merged("a b c", "a X c", "a Y c") is None
    assert merged("a c", "a X c", "a Y c") is None
    assert merged("a b c", "a c", "a Y c") is None


@given(texts, texts)
def test_a_change_meets_no_change_and_itself(base: str, mine: str) -> None:
    assert merged(base, mine, base) == mine
    assert merged(base, mine, mine) == mine
    assert merged(base, base, mine) == mine
