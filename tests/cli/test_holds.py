"""`henji holds`: what keeps messages from people is listed masked, and released by name."""

import pytest
from sqlalchemy import select

from bot.commands.holds import KINDS
from bot.dialogue.holds import HoldKind
from bot.store.tables import holds as table
from tests.cli.commands import NO_DATABASE, henji
from tests.people import Texting

HANAKO = "+819000000001"
TARO = "+819000000002"
WRITTEN = "090-0000-0001"
WHO = ("--by", "sato", "--reason", "called back")

WRONG = [
    (["release", "letters", "--kind", "lawyer", *WHO], "NUMBER is neither"),
    (["release", "12", "--kind", "lawyer", *WHO], "NUMBER is neither"),
    (["release", "id:x", "--kind", "lawyer", *WHO], "NUMBER is neither"),
    (["release", WRITTEN, *WHO], "Missing option '--kind'"),
    (["release", WRITTEN, "--kind", "mood", *WHO], "'mood' is not one of"),
    (["release", WRITTEN, "--kind", "lawyer", "--by", "sato"], "Missing option '--reason'"),
    (["release", WRITTEN, "--kind", "lawyer", "--reason", "x"], "Missing option '--by'"),
    (["release", WRITTEN, "--kind", "lawyer", "--by", "s", "--reason", ""], "--reason must be"),
    (["list", "--kind", "mood"], "'mood' is not one of"),
]


@pytest.mark.parametrize(("arguments", "complaint"), WRONG)
def test_a_wrong_call_comes_near_no_database(arguments: list[str], complaint: str) -> None:
    ended = henji("holds", *arguments, environment=NO_DATABASE)

    assert (ended.status, ended.out) == (2, "")
    assert complaint in ended.err


def test_where_there_is_no_such_hold_nothing_is_released(
    environment: dict[str, str], texting: Texting
) -> None:
    texting.says(HANAKO, "人違いです")
    for who in (WRITTEN, "090-0000-0002", "id:99"):
        ended = henji("holds", "release", who, "--kind", "lawyer", *WHO, environment=environment)
        assert (ended.status, ended.out) == (1, "")
        assert ended.err == "henji: there is no hold of the kind lawyer on that number\n"


def test_holds_are_listed_masked_and_by_kind(environment: dict[str, str], texting: Texting) -> None:
    for number, text in (
        (HANAKO, "人違いです"),
        (TARO, "弁護士に相談しました"),
        (TARO, "しつこい"),
    ):
        texting.says(number, text)
    lines = henji("holds", "list", environment=environment).out.splitlines()
    lawyers = henji("holds", "list", "--kind", "lawyer", environment=environment).out

    assert [line.split("  ")[2] for line in lines] == ["wrong_person", "lawyer", "stop_question"]
    assert lawyers.startswith("id:2  +8190****0002  lawyer  since 20")
    assert lawyers.endswith("until released  a lawyer or insolvency was named: 弁護士\n")
    assert HANAKO not in "".join(lines)


@pytest.mark.parametrize("who", [WRITTEN, "id:1"])
def test_a_release_keeps_who_and_why_and_says_what_is_left(
    environment: dict[str, str], texting: Texting, who: str
) -> None:
    texting.says(HANAKO, "しつこい")
    texting.says(HANAKO, "人違いです")
    first = henji("holds", "release", who, "--kind", "wrong_person", *WHO, environment=environment)
    second = henji(
        "holds", "release", who, "--kind", "stop_question", *WHO, environment=environment
    )

    assert (first.status, first.err) == (0, "")
    assert first.out.startswith("The hold is released.\nStill on hold: id:1  +8190****0001  stop_q")
    assert (second.status, second.out) == (0, "The hold is released.\n")
    with texting.runtime.engine.begin() as connection:
        rows = connection.execute(select(table).order_by(table.c.id)).all()
    assert [(row.kind, row.released_by, row.release_reason) for row in rows] == [
        ("wrong_person", "staff:sato", "called back"),
        ("stop_question", "staff:sato", "called back"),
    ]
    assert henji("holds", "list", environment=environment).out == ""


def test_the_kinds_of_the_command_are_all_there_are() -> None:
    assert tuple(HoldKind) == KINDS
