"""The pages' texts: complete in both languages, used, and free of what belongs elsewhere."""

import re
from pathlib import Path

import pytest

from bot.errors import ScriptError, TemplateError
from bot.text.language import Language
from pages import wording
from pages.wording import FOLDER

PAGES = FOLDER.parent
WRONG = {
    "a text that is missing": ("a: A\nb: B\n", "a: あ\n", ScriptError),
    "a text too many": ("a: A\n", "a: あ\nb: い\n", ScriptError),
    "another placeholder": ("a: '{x}'\n", "a: '{y}'\n", ScriptError),
    "a placeholder left out": ("a: '{x}'\n", "a: あ\n", ScriptError),
    "a brace that is none": ("a: '{X}'\n", "a: '{X}'\n", TemplateError),
    "a number": ("a: 1\n", "a: 1\n", ScriptError),
}


@pytest.mark.parametrize(("english", "japanese", "error"), WRONG.values(), ids=WRONG)
def test_words_that_do_not_fit_together_stop_the_start(
    tmp_path: Path, english: str, japanese: str, error: type[Exception]
) -> None:
    (tmp_path / "en.yaml").write_text(english, "utf-8")
    (tmp_path / "ja.yaml").write_text(japanese, "utf-8")
    with pytest.raises(error):
        wording.load(tmp_path)


def test_every_text_is_there_in_both_languages() -> None:
    words = wording.load()
    assert set(words[Language.JA]) == set(words[Language.EN])
    assert all(text.strip() == text and text for texts in words.values() for text in texts.values())


def test_every_text_is_used_and_every_text_used_is_there() -> None:
    sources = [*PAGES.glob("*.py"), *(PAGES / "templates").rglob("*.html")]
    source = "\n".join(file.read_text("utf-8") for file in sources)
    quoted = set(re.findall(r'"(\w+)"', source))
    quoted |= {f"{what}_{part}" for what in quoted for part in ("title", "text")}
    asked = set(re.findall(r'say\("(\w+)"', source))

    known = set(wording.load()[Language.EN])

    assert known <= quoted
    assert asked <= known


def test_no_page_speaks_for_itself() -> None:
    for file in (PAGES / "templates").rglob("*.html"):
        assert re.search(r"[ぁ-んァ-ヶ一-龠]", file.read_text("utf-8")) is None
