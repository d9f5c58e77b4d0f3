"""The words that ship: complete in both languages, short enough, and safe to say."""

from pathlib import Path

import pytest

from bot.compliance import countries
from bot.errors import ScriptError
from bot.scripts import about, gallery
from bot.scripts import shipped as scripts
from bot.scripts.shipped import LOCALES
from bot.text.language import Language
from flows import FLOWS

SHIPPED = scripts.load([LOCALES])


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.name)
def test_every_state_of_every_flow_has_its_words(flow: object) -> None:
    scripts.check_flow(flow, SHIPPED)  # type: ignore[arg-type]


def test_the_stop_confirmation_tells_the_way_back() -> None:
    assert "配信開始" in SHIPPED["consent.stopped", Language.JA].text
    assert "START" in SHIPPED["consent.stopped", Language.EN].text


def test_what_a_country_says_otherwise_is_a_script_that_there_is() -> None:
    places = {country.name for country in countries.shipped()}
    varied = [key.split(".", 1) for key, _ in SHIPPED if key.split(".")[0] in places]

    assert ["us", "common.help"] in varied
    assert [key for _, key in varied if (key, Language.JA) not in SHIPPED] == []


def locales(folder: Path, ja: str, en: str) -> Path:
    for language, text in (("ja", ja), ("en", en)):
        (folder / language).mkdir()
        (folder / language / "shop.yaml").write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize(
    ("ja", "en", "complaint"),
    [
        ("hi:\n  text: やあ", "hello:\n  text: hi", "hi is missing in en"),
        ("hi:\n  text: やあ{name}", "hi:\n  text: hi", "shop.hi has other placeholders"),
        ("hi:\n  text: やあ", "hi:\n  text: 0123", 'en/shop.yaml, line 2: .*write "0123"'),
        ("hi:\n  text: やあ", "hi:\n  text: no", 'en/shop.yaml, line 2: .*write "no"'),
        ("hi:\n  text: やあ", "hi:\n  text: 2026-01-02", 'line 2: .*write "2026-01-02".* a date'),
        ("hi:\n  text: やあ", "hi:\n  text: 12:30", 'line 2: .*write "12:30".* a number'),
        ("hi:\n  text: やあ", "hi:\n  text: ~", "line 2: .* for nothing"),
        ("hi:\n  text: やあ", "hi:\n  text:", "line 2: shop.hi needs a text in quotes"),
        ("hi:\n  text: やあ", "hi:\n  text: !!python/name:os.system x", "line 2: "),
        ("hi:\n  text: やあ", "# a\n\nno:\n  text: hi", 'line 3: .*write "no"'),
        ("hi:\n  text: やあ", "hi:\n  text: [a, b]", "line 2: shop.hi needs a text in quotes"),
        ("hi:\n  text: やあ", "hi:\n  text: hi\n  max_segments: 1.5", "line 3: .* whole number"),
        ("hi:\n  text: やあ", "hi:\n  txt: hi", "line 2: shop.hi has txt; it may have "),
        ("hi:\n  text: やあ", "hi:\n  note: none", "line 2: shop.hi needs a text in quotes"),
        ("hi:\n  text: やあ{{name}}", "hi:\n  text: hi", "ja/shop.yaml, line 2: .*write {name}"),
        (
            "a: あ\nhi:\n  text: やあ}",
            "hi:\n  text: hi",
            "line 3: shop.hi: Character 3 .* a brace",
        ),
        ('hi: "\\a"', "hi: hi", r"line 1: shop.hi: Character 1 \(U\+0007\) .* delete it"),
        pytest.param(
            f"hi: {'長' * 5000}",
            "hi: hi",
            "line 1: shop.hi: The text has 5,000 characters",
            id="too long",
        ),
        ("hi: [やあ", "hi:\n  text: hi", "shop.yaml, line 1 cannot be read"),
        ("- やあ", "hi:\n  text: hi", "must be a list of keys"),
        ("hi:\n  text: a\nhi:\n  text: b", "hi:\n  text: hi", "line 3: hi stands here twice"),
    ],
)
def test_scripts_that_cannot_be_used_are_refused_by_name(
    tmp_path: Path, ja: str, en: str, complaint: str
) -> None:
    with pytest.raises(ScriptError, match=complaint):
        scripts.load([locales(tmp_path, ja, en)])


def test_a_key_may_carry_the_name_of_its_flow_and_a_text_may_stand_alone(tmp_path: Path) -> None:
    loaded = scripts.load([locales(tmp_path, "shop.hi: やあ", "hi: Hello")])

    assert loaded["shop.hi", Language.JA].text == "やあ"
    assert loaded["shop.hi", Language.EN].text == "Hello"


def test_a_script_in_two_folders_is_refused() -> None:
    with pytest.raises(ScriptError, match="exists twice"):
        scripts.load([LOCALES, LOCALES])


@pytest.mark.parametrize("folder", [LOCALES, gallery.FOLDER], ids=lambda folder: folder.name)
def test_every_placeholder_is_told_in_words(folder: Path) -> None:
    known = {**about.read(LOCALES).meanings, **about.read(folder).meanings}
    for script in scripts.collect([folder], print).values():
        for name in script.placeholders | script.offers:
            assert (name, script.language) in known, f"{script.key} has {{{name}}}"
