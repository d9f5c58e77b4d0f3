"""Misspelt words, sentences and romaji."""

import pytest

from bot.text.romaji import looks_like_it, to_kana
from bot.text.sentences import Sentence, sentences
from bot.text.spelling import Spelling, one_slip

KNOWN = Spelling(["stop", "配信停止", "unsubscribe"])


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("stpo", "stop"),
        ("stopp", "stop"),
        ("stp", "stop"),
        ("dtop", "stop"),
        ("配信停志", "配信停止"),
        ("unsubscrib", "unsubscribe"),
        ("stop", None),
        ("step up", None),
        ("配送停電", None),
        ("", None),
    ],
)
def test_one_slip_is_forgiven(typed: str, known: str | None) -> None:
    assert KNOWN.correct(typed) == known


def test_two_slips_are_too_many() -> None:
    assert one_slip("stop", "sotp")
    assert not one_slip("stop", "post")
    assert not one_slip("stop", "st")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ()),
        ("…", ()),
        ("配信停止\n山田", (Sentence("配信停止"), Sentence("山田"))),
        ("停止する？", (Sentence("停止する", question=True),)),
        ("Stop. Thanks!", (Sentence("stop"), Sentence("thanks"))),
        ("1.2万円", (Sentence("1.2万円"),)),
        ("配 信 停 止", (Sentence("配信停止"),)),
    ],
)
def test_a_text_is_cut_into_sentences(text: str, found: tuple[Sentence, ...]) -> None:
    assert sentences(text) == found


def test_romaji_becomes_kana_and_english_stays() -> None:
    assert to_kana("haishin teishi") == "はいしんていし"
    assert looks_like_it("yamete kudasai")
    assert not looks_like_it("please stop texting me")
