"""`henji scripts`: the words of the bot by command, from a look at the files to a roll back."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.scripts.shipped import LOCALES
from tests.cli.commands import NO_DATABASE, Ended, henji
from tests.conftest import ENVIRONMENT

NEW = "【{brand}】残高は「残高」、停止は「配信停止」とご返信ください。"


@pytest.fixture
def scripts(sqlite_template: Path, tmp_path: Path) -> "Scripts":
    """The command on a database of its own."""
    own = shutil.copyfile(sqlite_template, tmp_path / "henji.sqlite")
    return Scripts({**ENVIRONMENT, "DATABASE_URL": f"sqlite:///{own}"})


class Scripts:
    """The command with the settings of the test's servers."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = {**environment, "HENJI_YEN_PER_STEP": "8.5"}

    def __call__(self, *arguments: str, given: str = "") -> Ended:
        return henji("scripts", *arguments, environment=self._environment, given=given)


def test_the_files_are_checked_without_a_database() -> None:
    checked = henji("scripts", "check", environment=NO_DATABASE)
    assert (checked.status, checked.out) == (0, "Nothing is wrong with the scripts.\n")


def test_from_a_draft_to_git_and_back(scripts: Scripts, tmp_path: Path) -> None:
    written = scripts("set", "common.help", "ja", "--by", "Sato", given=NEW + "\n")
    assert written.out == "It is in draft 1; henji scripts review 1 shows it to others.\n"
    scripts("words", "keywords.BALANCE", "ja", "--add", "お残高", "--draft", "1", "--by", "Sato")
    assert "not say why" in scripts("publish", "1", "--by", "Sato").err
    assert scripts("review", "1", "--reason", "shorter", "--by", "Sato").status == 0
    assert "your own: a second person" in scripts("approve", "1", "--by", "Sato").err
    assert scripts("approve", "1", "--by", "Suzuki").status == 0
    shown = scripts("show", "1", "--by", "Suzuki").out
    assert "ja: keywords.BALANCE: + お残高" in shown
    assert shown.count("green talk") == 5
    assert scripts("publish", "1", "--by", "Suzuki").out == "Publication 1 is in force.\n"

    folder = shutil.copytree(LOCALES, tmp_path / "locales")
    assert scripts("diff", "--folder", str(folder)).status == 1
    exported = scripts("export", "--folder", str(folder)).out
    assert exported.count(" is changed.") == 2
    assert scripts("diff", "--folder", str(folder)).status == 0
    assert f"  text: {NEW}\n" in (folder / "ja" / "common.yaml").read_text("utf-8")

    back = scripts("rollback", "1", "--reason", "people missed it", "--by", "Suzuki")
    assert back.out == "Publication 2 takes 1 back and is in force.\n"
    told = scripts("history", "common.help").out
    assert "by staff:Sato, approved by staff:Suzuki, published by staff:Suzuki: shorter" in told
    assert "takes 1 back" in told
    imported = scripts("import", "--folder", str(folder), "--by", "Ito")
    assert imported.out == "2 changes are in draft 2.\n"
    assert scripts("drafts", "--by", "Ito").out.startswith("2  draft  staff:Ito  ")


def test_two_editors_of_one_script_meet(scripts: Scripts) -> None:
    words = "【{brand}】案内は「ヘルプ」、停止は「配信停止」とご返信ください。"
    scripts("set", "common.paused", "ja", words, "--by", "Sato")
    scripts("set", "common.paused", "ja", words.replace("案内", "ご案内"), "--by", "Ito")
    scripts("review", "1", "--reason", "clearer", "--by", "Sato")
    scripts("approve", "1", "--by", "Ito")
    scripts("publish", "1", "--by", "Sato")
    scripts("review", "2", "--reason", "politer", "--by", "Ito")
    scripts("approve", "2", "--by", "Sato")

    assert "changed by somebody else meanwhile" in scripts("publish", "2", "--by", "Ito").err
    assert "was changed by somebody else since: choose the words" in (
        scripts("show", "2", "--by", "Ito").out
    )
    asked = ("merge", "2", "common.paused", "ja")
    assert "Both changed the same words" in scripts(*asked, "--by", "Ito").err
    assert "somebody else's" in scripts(*asked, words, "--by", "Sato").err
    merged = scripts(*asked, words.replace("案内", "ご案内"), "--by", "Ito")
    assert merged.out.endswith("Draft 2 has both changes of common.paused in ja.\n")
    assert "not approved" in scripts("publish", "2", "--by", "Ito").err


def test_a_script_is_shown_as_a_phone_would(scripts: Scripts) -> None:
    asked = ("preview", "common.help", "--lang", "en", "--text", "{brand}: It’s {nothing}")
    usual = json.loads(scripts(*asked, "--json").out.splitlines()[1])
    assert (usual["size"], usual["encoding"]) == ("typical", "UCS-2")
    assert usual["steps"]["steps-70"] == {"steps": 1, "yen": 8.5}
    assert "UCS-2: ’ (U+2019) at 16" in scripts(*asked).out


def test_words_are_tried_before_anybody_gets_them(scripts: Scripts) -> None:
    scripts("words", "keywords.PAY", "ja", "--add", "お会計", "--by", "Sato")
    asked = ("talk", "--persona", "dialect", "--draft", "1", "--by", "Sato", "--save", "pays")
    said = scripts(*asked, given="お会計\n\nもう送らんといて\n").out
    assert "> お会計\n  PAY (layer exact" in said
    assert "  onboarding.consent -> -, stopped" in said
    assert said.endswith("pays is kept.\n")
    assert scripts("talks", "--draft", "1", "--by", "Sato").status == 0
    red = scripts("talks")
    assert (red.status, red.out.count("green"), red.out.count("RED  pays")) == (1, 5, 1)
    assert scripts("talks", "--forget", "pays").status == 0
    dry = scripts("dry-run", "1", "--by", "Sato").out
    assert dry == "0 of 0 texts would be read differently.\n"
    played = scripts("replay", "1", "--since", "2026-01-01", "--by", "Sato").out
    assert played == "0 of 0 answers in 0 conversations would be others.\n"


def test_flows_are_drawn_and_ready_scripts_shown(scripts: Scripts) -> None:
    drawn = scripts("picture", "balance", "--state", "ask_digits", "--since", "2026-01-01").out
    assert drawn.startswith("<svg ")
    assert scripts("gallery").out.count("\nja: notice.") == 6
    assert "notice.reminder" in scripts("gallery", "notice.reminder").out


MANY = tuple(part for number in range(300) for part in ("--add", f"お会計{number}番"))
REFUSED = [
    (
        ("set", "common.hlp", "ja", "x", "--by", "Ito"),
        1,
        "no common.hlp in Japanese: common.help is",
    ),
    (("set", "common.help", "ja", "{{brand}}", "--by", "Ito"), 1, "write {brand}"),
    (("set", "common.help", "ja", "a\x07", "--by", "Ito"), 1, "Character 2 (U+0007)"),
    (("set", "common.help", "ja", "長" * 5000, "--by", "Ito"), 1, "has 5,000 characters"),
    (("set", "keywords.STOP", "ja", "x", "--by", "Ito"), 2, "use henji scripts words"),
    (("words", "common.help", "ja", "--add", "x", "--by", "Ito"), 2, "use henji scripts set"),
    (("words", "keywords.PAY", "ja", "--remove", "x", "--by", "Ito"), 2, "has no x"),
    (("words", "keywords.PAY", "ja", "--add", " ", "--by", "Ito"), 1, "is no keyword"),
    (("words", "keywords.PAY", "ja", *MANY, "--by", "Ito"), 1, "a list at most 300"),
    (("publish", "7", "--by", "Ito"), 1, "There is no draft 7"),
    (("rollback", "7", "--reason", "r", "--by", "Ito"), 1, "There is no publication 7"),
    (("cancel", "7", "--by", "Ito"), 1, "No publication 7 waits"),
    (("review", "1", "--reason", "r", "--accept", "x", "--by", "I"), 2, "is not RULE=WHY"),
    (("check", "--draft", "1"), 2, "--draft and --by go together"),
    (("preview", "keywords.STOP"), 2, "is a list of keywords"),
    (("talk", "--persona", "nobody"), 1, "There is no persona nobody"),
    (("talk", "--save", "x"), 2, "--draft and --save need --by"),
    (("talks", "--forget", "x"), 1, "There is no saved talk x"),
    (("dry-run", "7", "--by", "Ito"), 1, "There is no draft 7"),
    (("replay", "7", "--since", "2026-01-01", "--by", "Ito"), 1, "There is no draft 7"),
    (("picture", "nothing"), 2, "There is no flow nothing"),
    (("picture", "balance", "--state", "x"), 2, "balance has no state x"),
    (("gallery", "x"), 2, "There is no x in the gallery"),
]


@pytest.mark.parametrize(("arguments", "status", "told"), REFUSED)
def test_what_cannot_be_is_refused_in_one_line(
    scripts: Scripts, arguments: tuple[str, ...], status: int, told: str
) -> None:
    ended = scripts(*arguments)
    assert ended.status == status
    assert told in ended.err
    assert ended.err.count("\n") == 1
    assert scripts("drafts", "--by", "Ito").out == ""


def test_files_with_a_mistake_are_refused_with_its_line(scripts: Scripts, tmp_path: Path) -> None:
    folder = shutil.copytree(LOCALES, tmp_path / "locales")
    file = folder / "en" / "paid.yaml"
    lines = file.read_text("utf-8").splitlines()
    at = next(n for n, line in enumerate(lines, 1) if line.startswith("  text:"))
    file.write_text("\n".join([*lines[: at - 1], "  text: no", *lines[at:]]), "utf-8")
    refused = scripts("import", "--folder", str(folder), "--by", "Ito")

    assert refused.status == 1
    assert f'paid.yaml, line {at}: paid.confirmed needs a text in quotes: write "no"' in refused.err
    assert scripts("drafts", "--by", "Ito").out == ""
