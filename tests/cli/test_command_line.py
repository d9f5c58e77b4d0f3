"""What holds for every command: help with an example, one line for an error, three statuses."""

import signal
from pathlib import Path

import click
import pytest
from sqlalchemy import Engine

from bot.cli import main
from bot.store.lock import only_one
from tests.cli.commands import henji, process
from tests.e2e.waiting import until

CALLED_WRONGLY = [
    [],
    ["nothing-such"],
    ["--nothing-such"],
    ["accounts"],
    ["accounts", "import"],
    ["accounts", "import", "no-such-file.csv"],
    ["accounts", "import", "."],
    ["chat", "--lang", "fr"],
    ["demo", "--port", "0"],
    ["migrate", "now"],
    ["segments", "--nothing-such"],
    ["segments", "-x"],
]


@pytest.mark.parametrize("arguments", CALLED_WRONGLY, ids=" ".join)
def test_a_wrong_call_is_told_in_one_line_and_ends_with_2(arguments: list[str]) -> None:
    ended = henji(*arguments)

    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith("henji: ")
    assert ended.err.endswith("--help'.\n")
    assert ended.err.count("\n") == 1


FAILED = [
    (["migrate"], {"DATABASE_URL": "postgresql://u:himitsu@127.0.0.1:9/x"}, "127.0.0.1:9 cannot"),
    (["migrate"], {"DATABASE_URL": "mysql://u:himitsu@127.0.0.1/x"}, "DATABASE_URL is wrong"),
    (["migrate"], {"DATABASE_URL": "postgresql+no://u:himitsu@h/x"}, "DATABASE_URL is wrong"),
    (["migrate"], {"DATABASE_URL": "postgresql://u:himitsu@h:port/x"}, "DATABASE_URL is wrong"),
    (["migrate"], {"DATABASE_URL": "sqlite:////proc/no/such.sqlite"}, "/proc/no"),
    (["worker"], {}, "SECRET_KEY is missing"),
    (["clock"], {"REDIS_URL": "redis://h:port/"}, "REDIS_URL is wrong"),
    (["chat"], {"HENJI_FLOW_MODULES": "no.such.module"}, "HENJI_FLOW_MODULES is wrong"),
    (["accounts", "import", "README.md"], {}, "SECRET_KEY is missing"),
]


@pytest.mark.parametrize(("arguments", "environment", "reason"), FAILED)
def test_what_fails_says_so_in_one_line_without_a_password(
    arguments: list[str], environment: dict[str, str], reason: str
) -> None:
    ended = henji(*arguments, environment=environment)

    assert (ended.status, ended.out) == (1, "")
    assert ended.err.startswith("henji: ")
    assert reason in ended.err
    assert ended.err.count("\n") == 1
    assert "himitsu" not in ended.err


def commands(group: click.Group = main, *path: str) -> list[tuple[str, ...]]:
    paths: list[tuple[str, ...]] = [path]
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            paths += commands(command, *path, name)
        else:
            paths.append((*path, name))
    return paths


@pytest.mark.parametrize("path", commands(), ids=lambda path: " ".join(path) or "henji")
def test_every_command_explains_itself_with_an_example(path: tuple[str, ...]) -> None:
    ended = henji(*path, "--help")

    assert ended.status == 0
    assert "Example: " in ended.out
    assert "henji " + " ".join(path) in ended.out[ended.out.index("Example: ") :]


def test_migrating_twice_is_migrating_once(tmp_path: Path) -> None:
    environment = {"DATABASE_URL": f"sqlite:///{tmp_path}/new/henji.sqlite"}

    for _ in range(2):
        ended = henji("migrate", environment=environment)
        assert (ended.status, ended.out, ended.err) == (0, "The database is up to date.\n", "")


def test_an_unmigrated_database_is_told_so(tmp_path: Path) -> None:
    sheet = tmp_path / "customers.csv"
    sheet.write_text(
        "phone,customer_number,name,language,amount_due,currency,due_date\n"
        "090-0000-0001,10001234,,,0,,\n",
        "utf-8",
    )
    environment = {
        "DATABASE_URL": f"sqlite:///{tmp_path}/henji.sqlite",
        "SECRET_KEY": "a secret of the tests only",
    }

    ended = henji("accounts", "import", str(sheet), environment=environment)

    assert ended.status == 1
    assert ended.err == "henji: The database is not migrated: run henji migrate.\n"


def test_ctrl_c_ends_the_clock_without_a_word(environment: dict[str, str], engine: Engine) -> None:
    def ticks() -> bool:
        with only_one(engine, "clock") as mine:
            return not mine()

    with process("clock", environment=environment) as clock:
        until(ticks)
        clock.send_signal(signal.SIGINT)
        out, err = clock.communicate(timeout=20)

    assert (clock.returncode, out, err) == (0, b"", b"")


def test_a_process_that_cannot_start_ends_with_one_line() -> None:
    with process("worker") as worker:
        out, err = worker.communicate(timeout=60)

    assert (worker.returncode, out) == (1, b"")
    assert err.startswith(b"henji: SECRET_KEY is missing")
    assert err.count(b"\n") == 1
