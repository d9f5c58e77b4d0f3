"""Pairs of letters: whatever is written in a text is found from two letters on."""

from hypothesis import given
from hypothesis import strategies as st

from bot.overview.terms import holds, needed, pairs


@given(st.text(max_size=60), st.data())
def test_every_part_of_a_word_is_found(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, max(0, len(text) - 1)))
    part = text[start : start + data.draw(st.integers(2, 8))]

    if len(part.split()) == 1 and holds(text, part):
        assert set(needed(part)) <= set(pairs(text))


def test_width_case_and_kana_do_not_matter() -> None:
    assert set(needed("ざんだか")) == set(needed("ザンダカ")) == set(needed("ｻﾞﾝﾀﾞｶ"))
    assert set(needed("ＢＡＬＡＮＣＥ")) == set(needed("balance"))
    assert holds("残高を教えてください", "残高")
    assert holds("Balance, please!", "balance PLEASE")
    assert not holds("高い残り", "残高")


def test_masked_digits_and_hidden_tokens_are_no_words() -> None:
    assert pairs("••••") == []
    assert needed("a") == []
