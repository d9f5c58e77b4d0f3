"""Which language a text or a number shows."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.text.language import Language, detect, of_number

SILENT = [
    "",
    " ",
    "?",
    "1",
    "1234",
    "１２３４",
    "12/25",
    "y",
    "A 1 ?",
    "👍",
    "ℹ️",
    "é",
    "①",
    "\ud83d",
]


@pytest.mark.parametrize("text", SILENT)
def test_some_texts_show_no_language(text: str) -> None:
    assert detect(text) is None


JAPANESE = [
    "はい",
    "ﾊｲ",
    "ハイ",
    "ー",
    "停止",
    "々",
    "〇",
    "ＳＴＯＰ",
    "ｏｋ",
    "𠮟",
    "STOP を希望",
    "Hello、はい",
]


@pytest.mark.parametrize("text", JAPANESE)
def test_kana_kanji_and_what_a_japanese_keyboard_writes_are_japanese(text: str) -> None:
    assert detect(text) is Language.JA


@pytest.mark.parametrize("text", ["no", "STOP", "I 👍 it", "y/n", "Dec 31", "1 a 2 b"])
def test_two_latin_letters_without_japanese_are_english(text: str) -> None:
    assert detect(text) is Language.EN


@settings(deadline=None)
@given(st.text(alphabet=st.characters()), st.text(alphabet=st.characters()))
def test_one_kana_anywhere_makes_a_text_japanese(before: str, after: str) -> None:
    assert detect(f"{before}い{after}") is Language.JA


@pytest.mark.parametrize(
    ("number", "language"),
    [
        ("+819000000001", Language.JA),
        ("+12025550123", Language.EN),
        ("+82100000000", Language.EN),
        ("HENJI", Language.EN),
        ("", Language.EN),
    ],
)
def test_a_japanese_number_is_spoken_to_in_japanese(number: str, language: Language) -> None:
    assert of_number(number) is language
