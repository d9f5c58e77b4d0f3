"""What those who write scripts are told: in both languages, with equal values, all of it used."""

import ast
from collections.abc import Iterator

import pytest

from bot.scripts.drafts import State
from bot.scripts.sentence import Code, Sentence, Sentences, spoken, templates
from bot.settings import ROOT
from bot.text import template
from bot.text.language import Language
from tests.scripts.publishing import EN, JA

# Keys that are put together where they are said.
BUILT = {
    *(f"state_{state}" for state in State),
    *(f"language_{language}" for language in Language),
    "between",
    "size_shortest",
    "size_typical",
    "size_longest",
}


def written() -> Iterator[tuple[str, frozenset[str] | None]]:
    """Every key in the code, with the names of its values where they stand there too."""
    for file in [*(ROOT / "bot").rglob("*.py"), *(ROOT / "console").rglob("*.py")]:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Sentence":
                names = [one.arg for one in node.keywords]
                told = None if None in names else frozenset(map(str, names))
                for key in ast.walk(node.args[0]):
                    if isinstance(key, ast.Constant) and key.value in templates(EN):
                        yield str(key.value), told


def test_every_sentence_is_there_in_both_languages_with_the_same_values() -> None:
    assert templates(JA).keys() == templates(EN).keys()
    for key, words in templates(EN).items():
        template.check(words)
        assert template.placeholders(words) == template.placeholders(templates(JA)[key]), key


def test_every_sentence_is_said_with_its_values() -> None:
    said = dict(written())
    for key, names in said.items():
        if names is not None:
            assert template.placeholders(templates(EN)[key]) <= names, key

    assert templates(EN).keys() == said.keys() | BUILT


@pytest.mark.parametrize(
    ("language", "told"),
    [
        (EN, "Draft 3 is waiting for a review and cannot be changed any more."),
        (JA, "下書き3は確認待ちのため、変更できません。"),
    ],
)
def test_a_sentence_in_another_is_told_in_the_same_language(language: Language, told: str) -> None:
    sentence = Sentence("draft_is_closed", draft=3, state=Sentence("state_review"))
    assert sentence.told(language) == told


def test_a_sentence_is_its_english_and_values_are_never_filled_again() -> None:
    letters = Sentences([Sentence("letter", letter="{size}", code="U+007B", at=1)])
    sentence = Sentence("iso_2022_jp", letters=letters)

    assert sentence == "Gateways limited to ISO-2022-JP cannot send {size} (U+007B) at 1."
    assert f"{sentence}" == str(sentence) == sentence.told(EN)


def test_several_sentences_are_parted_as_their_language_parts_them() -> None:
    letters = Sentences(Sentence("letter", letter=one, code="U+0041", at=1) for one in "ab")
    assert letters.told(EN) == "a (U+0041) at 1, b (U+0041) at 1"
    assert letters.told(JA).count("、") == 1


def test_codes_stand_as_they_are_until_a_page_names_them() -> None:
    flow, intent = Code("flow", "balance"), Code("intent", "STOP")
    sentence = Sentence("begins_a_flow", word="残高", flow=flow, intent=intent)
    around = Sentence("found", key="keywords.STOP", words=sentence)

    assert sentence == "残高 begins the flow “balance” and cannot mean “STOP” as well."
    told = around.told(JA, lambda kind, code: f"<{kind} {code}>")
    assert "フロー「<flow balance>」の開始" in told
    assert "「<intent STOP>」の意味" in told


def test_languages_are_told_by_their_names() -> None:
    sentence = Sentence("translation", placeholders="{name}", language=spoken(EN))
    assert sentence == "It lacks {name}, which English has."
    assert sentence.told(JA) == "英語の文面にある{name}がありません。"
