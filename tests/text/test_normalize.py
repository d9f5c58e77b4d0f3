"""The matching form: how a keyword is typed never changes it."""

import time
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.text.normalize import LONGEST, normalize

FORMS = [
    ("", ""),
    (" \u3000\n", ""),
    ("？！", ""),
    ("🙏", ""),
    ("\ud83d", ""),
    ("配信停止", "配信停止"),
    ("配信　停止。", "配信停止"),
    ("「配信停止」をお願いします", "配信停止をお願いします"),
    ("配信停止\n山田太郎", "配信停止山田太郎"),
    ("🈵配信停止🈵", "配信停止"),
    ("ﾊｲｼﾝﾃｲｼ", "はいしんていし"),
    ("ハイシン停止", "はいしん停止"),
    ("ＳＴＯＰ。", "stop"),
    ("「ＳＴＯＰ」", "stop"),
    ("“Stop”…", "stop"),
    ("S\u200bT\u00adO\ufe0fP", "stop"),
    ("Yes,  please !!", "yes, please"),
    ("yes👍please", "yes please"),
    ("don’t", "dont"),
    ("DON'T", "dont"),
    ("SMS 停止", "sms停止"),
    ("ｽﾄｯﾌﾟ", "すとっぷ"),
    ("ストッフ゜", "すとっぷ"),
    ("か\u3099", "が"),
    ("はい！", "はい"),
    ("はい、お願いします", "はい、お願いします"),
    ("はい〜", "はい"),
    ("は〜い", "はーい"),
    ("は～～い", "はーい"),
    ("はーーい", "はーい"),
    ("オペレーター", "おぺれーたー"),
    ("オペレ－タ－", "おぺれーたー"),
    ("おぺれ‐た―", "おぺれーたー"),
    ("ヘルプ - 1", "へるぷ - 1"),
    ("1.", "1"),
    ("①", "1"),
    ("⑴", "1"),
    ("1️⃣", "1"),
    ("１番", "1番"),
    ("１２３４", "1234"),
    ("12 34", "12 34"),
    ("７／１５ ４名", "7/15 4名"),
    ("１，２３４円", "1,234円"),
    ("12−25", "12-25"),
    ("㈱山田", "株山田"),
    ("ℹ️ help", "help"),
    ("Café", "café"),
    ("STRASSE", "strasse"),
    ("Straße", "strasse"),
]


@pytest.mark.parametrize(("text", "form"), FORMS)
def test_the_matching_form_of_what_people_type(text: str, form: str) -> None:
    assert normalize(text) == form


KEYWORDS = [
    "配信停止",
    "ストップ",
    "はい",
    "いいえ",
    "オペレーター",
    "stop",
    "help",
    "yes",
    "1",
    "1234",
]
WRAPPINGS = [
    "「{}」",
    "『{}』",
    "【{}】",
    "（{}）",
    "({})",
    "＜{}＞",
    '"{}"',
    "“{}”",
    "'{}'",
    "〔{}〕",
]
ENDINGS = [
    "。",
    "．",
    ".",
    "！",
    "!!",
    "？",
    "…",
    "・・・",
    "、",
    ",",
    "〜",
    "～",
    "~",
    "；",
    ":",
    "＊",
]
EMOJI = ["🙏", "👍🏽", "❤️", "👨‍👩‍👧‍👦", "🇯🇵", "🈵", "ℹ️", "㊗️", "♪", "★", "→", "\ue63e"]
UNSEEN = ["\u200b", "\u200e", "\ufeff", "\u00ad", "\ufe0f", "\u2060", "\x00", "\x1b", "\ud83d"]
SPACES = [" ", "\u3000", "\n", "\r\n", "\t", "\u00a0", "\u202f", ""]
TO_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}
TO_HIRAGANA = {code + 0x60: code for code in range(0x3041, 0x3097)}
TO_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}

keywords = st.sampled_from(KEYWORDS)
around = st.lists(st.sampled_from(ENDINGS + EMOJI + UNSEEN + SPACES), max_size=6).map("".join)
rewritings = st.sampled_from(
    [
        str.upper,
        str.title,
        str.swapcase,
        lambda word: word.translate(TO_WIDE),
        lambda word: word.upper().translate(TO_WIDE),
        lambda word: word.translate(TO_KATAKANA),
        lambda word: word.translate(TO_HIRAGANA),
        lambda word: word.replace("ー", "－"),
        lambda word: word.replace("ストップ", "ｽﾄｯﾌﾟ"),
    ]
)


@settings(deadline=None)
@given(keywords, rewritings, st.sampled_from(["{}", *WRAPPINGS]), around, around)
def test_how_a_keyword_is_typed_never_changes_it(
    keyword: str, rewrite: Callable[[str], str], wrapping: str, before: str, after: str
) -> None:
    typed = before + wrapping.format(rewrite(keyword)) + after
    assert normalize(typed) == normalize(keyword)


@settings(deadline=None)
@given(keywords, st.sampled_from(UNSEEN))
def test_an_invisible_character_inside_a_keyword_never_changes_it(
    keyword: str, unseen: str
) -> None:
    assert normalize(unseen.join(keyword)) == normalize(keyword)


any_text = st.text(alphabet=st.characters(exclude_categories=()), max_size=60)
awkward = st.text(
    alphabet="かパー〜~-−‐'’´「」。 \n\u3099\u309a\u0301\u200dᄀ\u1161é🈵ﷺİ\ud800", max_size=20
)


@settings(deadline=None)
@given(any_text | awkward)
@example("e'\u0301")
@example("ᄀ'\u1161")
@example("か - ー~ x")
@example("はい〜\n\n")
@example("ﷺ" * LONGEST)
def test_the_matching_form_of_a_matching_form_is_itself(text: str) -> None:
    form = normalize(text)
    assert normalize(form) == form
    assert len(form) <= LONGEST


@pytest.mark.parametrize(
    "unit",
    ["~", "ー", "か-", "~ー", " ", "。", "。a", "(", "\u0301", "か ~", "\u0301か", "👍\u200d"],
)
def test_a_hostile_text_takes_no_longer_than_its_length(unit: str) -> None:
    started = time.process_time()
    normalize(unit * 100_000)
    assert time.process_time() - started < 0.5
