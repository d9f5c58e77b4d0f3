"""The purposes: complete in both languages, and their words pinned by the ledger's reference."""

from pathlib import Path

import pytest

from bot.compliance import purposes
from bot.errors import ScriptError
from bot.scripts.shipped import LOCALES, load, load_vocabulary
from bot.text.language import Language

GOOD = """type: promotional
versions:
  - version: "2"
    title: {ja: 題, en: title}
    frequency: {ja: 月一回, en: monthly}
    wording: {ja: 同意します, en: I agree}
  - version: "1"
    title: {ja: 題, en: title}
    frequency: {ja: 毎週, en: weekly}
    wording: {ja: 同意します, en: I agree}
"""


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "is no purpose"),
        ("type: x\nversions: []", "is no purpose: 'x'"),
        ("type: promotional\nversions: []", "has no version"),
        (GOOD.replace('"2"', "2"), "a version needs quotes"),
        (GOOD.replace('"2"', '"1"'), "or one twice"),
        (GOOD.replace(", en: monthly", ""), "'en'"),
        ("type: [", "is no purpose"),
    ],
)
def test_a_document_that_is_incomplete_is_refused(
    tmp_path: Path, content: str, complaint: str
) -> None:
    (tmp_path / "news.yaml").write_text(content, "utf-8")
    with pytest.raises(ScriptError, match=complaint):
        purposes.load(tmp_path)


def test_the_newest_version_is_shown_and_the_old_one_is_still_found(tmp_path: Path) -> None:
    (tmp_path / "news.yaml").write_text(GOOD, "utf-8")
    known = purposes.load(tmp_path)
    old = known["news"][1]

    assert purposes.current(known, "news").version == "2"
    assert purposes.find(known, "news", old.reference) is old


def test_words_that_were_edited_afterwards_are_not_taken_for_the_old_ones(tmp_path: Path) -> None:
    (tmp_path / "news.yaml").write_text(GOOD, "utf-8")
    agreed = purposes.load(tmp_path)["news"][1].reference
    (tmp_path / "news.yaml").write_text(GOOD.replace("weekly", "hourly"), "utf-8")

    assert purposes.find(purposes.load(tmp_path), "news", agreed) is None


def test_what_ships_names_type_frequency_and_wording_in_both_languages() -> None:
    known = purposes.shipped()

    assert {purposes.MAIN, "promotions"} <= known.keys()
    for document in (one for versions in known.values() for one in versions):
        for texts in (document.title, document.frequency, document.wording):
            assert all(texts[language].strip() for language in Language)


def test_a_purpose_that_does_not_exist_is_named() -> None:
    with pytest.raises(ScriptError, match="There is no purpose gifts; there are: billing"):
        purposes.current(purposes.shipped(), "gifts")


def test_every_word_that_stops_one_purpose_names_one_that_exists_and_is_confirmed() -> None:
    scripts = load([LOCALES])
    for purpose in load_vocabulary(LOCALES).narrow.values():
        assert purpose in purposes.shipped()
        assert (f"consent.stopped_{purpose}", Language.JA) in scripts
