"""Keywords are data: contradictions are refused by name, and every written form is one word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.intents import understand
from bot.dialogue.lexicon import Lexicon
from bot.dialogue.vocabulary import Intent, Vocabulary
from bot.errors import ScriptError
from bot.scripts.shipped import LOCALES, load_vocabulary
from bot.text.language import Language

WORDS = load_vocabulary(LOCALES)


@pytest.mark.parametrize(
    ("lists", "complaint"),
    [
        ({"STOP": ["停止"], "START": ["「停止」"]}, "停止.* cannot mean START and STOP"),
        ({"STOP": ["。"]}, "STOP holds an empty word"),
        ({"YES": [True]}, "YES holds an empty word or one without quotes"),
        ({"GREET": ["やあ"]}, "GREET is not an intent"),
    ],
)
def test_a_list_that_contradicts_itself_is_refused_by_name(
    lists: dict[str, list[str]], complaint: str
) -> None:
    with pytest.raises(ScriptError, match=complaint):
        Vocabulary.of({Language.JA: lists})


@pytest.mark.parametrize(
    ("lists", "kinds", "complaint"),
    [
        ({}, {"stop": ["停止", "。"]}, "stop holds an empty word"),
        ({}, {"stop": ["停止", "「停止」"]}, "cannot be listed twice"),
        ({"STOP": ["ｽﾄｯﾌﾟ", "ストップ"]}, {}, "ストップ is listed twice under STOP"),
        ({}, {"stop": ["停止"], "idiom": ["「停止」"]}, "cannot be both idiom and stop"),
        ({"STOP": ["停止"]}, {"idiom": ["停止"]}, "停止 means STOP and cannot be idiom"),
        ({"YES": ["止めて"]}, {"stop": ["止めて"]}, "止めて stops and cannot mean YES"),
        ({"STOP": ["中止"], "BACK": ["中止"]}, {}, "中止 means STOP and cannot lead back"),
    ],
)
def test_a_word_that_would_shadow_a_stop_is_refused_by_name(
    lists: dict[str, list[str]], kinds: dict[str, list[str]], complaint: str
) -> None:
    with pytest.raises(ScriptError, match=complaint):
        Vocabulary.of({Language.JA: lists}, {Language.JA: Lexicon(kinds, Language.JA)})


@pytest.mark.parametrize(
    ("text", "intent", "language"),
    [
        ("ＳＴＯＰ。", Intent.STOP, Language.JA),
        ("「ＳＴＯＰ」", Intent.STOP, Language.JA),
        ("stop", Intent.STOP, Language.EN),
        ("配信　停止", Intent.STOP, Language.JA),
        ("ﾊｲｼﾝﾃｲｼ", Intent.STOP, Language.JA),
        ("配信開始！", Intent.START, Language.JA),
        ("ﾍﾙﾌﾟ", Intent.HELP, Language.JA),
        ("残高🙏", Intent.BALANCE, Language.JA),
        ("お支払い。", Intent.PAY, Language.JA),
        ("①", Intent.YES, None),
        ("OK", Intent.YES, None),
        ("ＯＫ", Intent.YES, Language.JA),
        ("いいえ", Intent.NO, Language.JA),
        ("日本語", Intent.LANG_JA, Language.JA),
        ("English", Intent.LANG_EN, Language.EN),
        ("Please stop by the store", Intent.OTHER, Language.EN),
        ("", Intent.OTHER, None),
    ],
)
def test_a_text_is_read(text: str, intent: Intent, language: Language | None) -> None:
    reading = understand(text, WORDS)

    assert (reading.intent, reading.language, reading.clarify) == (intent, language, False)


@given(st.text())
def test_no_text_makes_it_raise(text: str) -> None:
    assert understand(text, WORDS).intent in Intent


AROUND = ("{}。", "「{}」", " {} !", "{}😡")


@given(st.sampled_from([*WORDS.entries.values()]), st.sampled_from(AROUND))
def test_what_stands_around_a_keyword_does_not_change_it(entry: object, around: str) -> None:
    word = entry.word  # type: ignore[attr-defined]

    assert understand(around.format(word), WORDS).intent is entry.intent  # type: ignore[attr-defined]


def test_the_trace_tells_why() -> None:
    assert understand("配信停止！", WORDS).trace == {
        "layer": "exact",
        "rule": "keyword STOP",
        "words": "配信停止",
        "form": "配信停止",
    }
