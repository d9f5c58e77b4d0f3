"""`henji person export`: everything about one person in order, for a reason that is kept."""

import json
from pathlib import Path

import pytest

from bot import audit
from bot.audit import Wanted
from bot.runtime import Runtime
from tests.cli.commands import NO_DATABASE, henji
from tests.people import Texting

HANAKO, TARO = "+819000000001", "+819000000002"
WRITTEN = "090-0000-0001"
WHO = ("--by", "sato", "--reason", "her own request")

WRONG = [
    (["export", "letters", *WHO], "NUMBER is not a telephone number"),
    (["export", WRITTEN, "--by", "sato"], "Missing option '--reason'"),
    (["export", WRITTEN, "--reason", "x"], "Missing option '--by'"),
    (["export", WRITTEN, "--by", "sato", "--reason", " "], "--reason must be"),
]


@pytest.mark.parametrize(("arguments", "complaint"), WRONG)
def test_a_wrong_call_comes_near_no_database(arguments: list[str], complaint: str) -> None:
    ended = henji("person", *arguments, environment=NO_DATABASE)

    assert (ended.status, ended.out) == (2, "")
    assert complaint in ended.err


def test_all_about_one_person_is_written_in_order(
    environment: dict[str, str], texting: Texting, runtime: Runtime, tmp_path: Path
) -> None:
    texting.says(HANAKO, "はい")
    texting.says(HANAKO, "はい")
    texting.says(TARO, "内密のこと")
    texting.says(HANAKO, "弁護士に相談しました")
    file = tmp_path / "hanako.jsonl"

    ended = henji("person", "export", WRITTEN, *WHO, "--into", str(file), environment=environment)

    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert ended.out == f"{len(lines)} lines are in {file}.\n"
    assert [line["at"] for line in lines] == sorted(line["at"] for line in lines)
    assert {"heard", "said", "consent", "hold"} <= {line["kind"] for line in lines}
    assert [line["text"] for line in lines if line["kind"] == "heard"] == [
        "はい",
        "はい",
        "弁護士に相談しました",
    ]
    assert "内密" not in file.read_text("utf-8")
    granted = [line["facts"] for line in lines if line["kind"] == "consent"][-1]
    assert (granted["consent"], granted["evidence"]["text"]) == ("granted", "はい")
    with runtime.engine.connect() as connection:
        (kept,) = audit.search(connection, Wanted())
    assert (kept.act, kept.actor, kept.reason) == ("record_export", "staff:sato", "her own request")


def test_of_a_number_that_never_wrote_nothing_is_written(
    environment: dict[str, str], runtime: Runtime, tmp_path: Path
) -> None:
    file = tmp_path / "nobody.jsonl"
    ended = henji("person", "export", WRITTEN, *WHO, "--into", str(file), environment=environment)

    assert (ended.status, ended.out) == (1, "")
    assert "nothing is kept" in ended.err
    assert not file.exists()
