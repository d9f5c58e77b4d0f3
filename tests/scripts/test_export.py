"""Git and the database meet: files are written byte by byte as they were, but for what differs."""

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.scripts import sheet, shipped, written
from bot.scripts.edition import as_it_ships, build
from bot.scripts.export import differing, export
from bot.scripts.shipped import LOCALES
from bot.text.language import Language

JA, EN = Language.JA, Language.EN
SHIPPED = shipped.load_all([LOCALES])
HELP_JA, HELP_EN, STOP_EN = ("common.help", JA), ("common.help", EN), ("keywords.STOP", EN)

texts = st.text(
    alphabet=st.characters(exclude_categories=("C",), include_characters="\n"), min_size=1
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of what ships."""
    return Path(shutil.copytree(LOCALES, tmp_path / "locales"))


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*.yaml")}


def said(text: str, note: str = "") -> dict[str, str]:
    return {"text": text, "note": note}


def test_what_is_the_same_is_not_touched(folder: Path) -> None:
    before = bytes_of(folder)
    same = {slot: said(one.text, one.note) for slot, one in SHIPPED.scripts.items()}
    for language, lists in SHIPPED.keywords.items():
        for name, words in lists.items():
            same[f"keywords.{name}", language] = {"words": list(words)}  # type: ignore[assignment]

    assert export(build(SHIPPED, same), [folder]) == []
    assert bytes_of(folder) == before
    assert differing(as_it_ships(SHIPPED), [folder]) == {}


def test_only_the_changed_words_change_and_comments_stay(folder: Path) -> None:
    before = bytes_of(folder)
    script = SHIPPED.scripts[HELP_JA]
    words = [word for word in SHIPPED.keywords[EN]["STOP"] if word != "go away"]
    changes = {
        HELP_JA: said("【{brand}】停止は「配信停止」へ: #1", script.note),
        STOP_EN: {"words": ["no thanks ever", *words]},
    }
    changed = export(build(SHIPPED, changes), [folder])

    assert [str(one.relative_to(folder)) for one in changed] == [
        "ja/common.yaml",
        "en/keywords.yaml",
    ]
    lines = {name: text.decode().splitlines() for name, text in bytes_of(folder).items()}
    old = {name: text.decode().splitlines() for name, text in before.items()}
    assert set(old["ja/common.yaml"]) - set(lines["ja/common.yaml"]) == {f"  text: {script.text}"}
    assert set(old["en/keywords.yaml"]) - set(lines["en/keywords.yaml"]) == {"  - go away"}
    assert set(lines["en/keywords.yaml"]) - set(old["en/keywords.yaml"]) == {"  - no thanks ever"}
    assert differing(build(SHIPPED, changes), [folder]) == {}
    assert set(differing(as_it_ships(SHIPPED), [folder])) == {HELP_JA, STOP_EN}


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ja=texts, en=texts)
def test_whatever_is_written_reads_back_the_same(folder: Path, ja: str, en: str) -> None:
    given = {HELP_JA: ja, HELP_EN: en}
    changes = {slot: said(text) for slot, text in given.items() if not [*written.problems(text)]}
    edition = build(SHIPPED, changes, whole=True)
    export(edition, [folder])

    for (key, language), content in changes.items():
        entry = sheet.read(folder / language / "common.yaml")[key.partition(".")[2]]
        assert entry.entries("help")["text"].text("help") == content["text"]
    assert export(edition, [folder]) == []


def test_windows_line_ends_stay(folder: Path) -> None:
    file = folder / "ja" / "common.yaml"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    before = file.read_bytes()
    export(build(SHIPPED, {HELP_JA: said("【{brand}】別")}), [folder])

    assert file.read_bytes().count(b"\r\n") == before.count(b"\r\n")
    assert b"\n" not in file.read_bytes().replace(b"\r\n", b"")
