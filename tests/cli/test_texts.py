"""`henji understand` and `henji segments`: texts in, one JSON object a line out, in order."""

import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.segments import count
from tests.cli.commands import henji, process


def lines(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


@pytest.mark.parametrize("command", ["understand", "segments"])
@pytest.mark.parametrize("wrong", ["hello", "3", "", '["a"]', '"open'])
def test_a_line_that_is_no_json_string_is_named(command: str, wrong: str) -> None:
    ended = henji(command, given=f'"good"\n{wrong}\n"never read"\n')

    assert ended.status == 2
    assert len(lines(ended.out)) == 1
    assert ended.err == (
        f"henji: line 2 of the input is not a JSON string. Try 'henji {command} --help'.\n"
    )


def test_understanding_says_what_is_wanted_and_why() -> None:
    ended = henji("understand", "ＳＴＯＰ。", "残高", "はい", "なぞなぞ")

    read = lines(ended.out)
    assert [line["text"] for line in read] == ["ＳＴＯＰ。", "残高", "はい", "なぞなぞ"]
    assert [line["intent"] for line in read] == ["STOP", "BALANCE", "YES", "OTHER"]
    assert {line["clarify"] for line in read} == {False}
    assert all(set(line) == {"text", "intent", "clarify", "trace"} for line in read)
    assert read[0]["trace"]["form"] == "stop"
    assert (ended.status, ended.err) == (0, "")


def test_segments_are_counted() -> None:
    ended = henji("segments", "hello", "こんにちは", "", "a" * 161)

    assert lines(ended.out) == [
        {"encoding": "GSM-7", "segments": 1, "units": 5},
        {"encoding": "UCS-2", "segments": 1, "units": 5},
        {"encoding": "GSM-7", "segments": 1, "units": 0},
        {"encoding": "GSM-7", "segments": 2, "units": 161},
    ]


def test_a_text_after_two_dashes_may_look_like_an_option() -> None:
    assert lines(henji("segments", "--", "-x", "--help").out) == [
        {"encoding": "GSM-7", "segments": 1, "units": 2},
        {"encoding": "GSM-7", "segments": 1, "units": 6},
    ]


@given(st.lists(st.text(st.characters()), max_size=5))
def test_every_character_survives_stdin_and_stdout(texts: list[str]) -> None:
    given_lines = "".join(f"{json.dumps(text)}\n" for text in texts)
    heard = [json.loads(line) for line in given_lines.splitlines()]

    understood, counted = (henji(name, given=given_lines) for name in ("understand", "segments"))

    assert [line["text"] for line in lines(understood.out)] == heard
    assert lines(counted.out) == [vars(count(text)) for text in heard]


def test_a_text_is_answered_before_the_next_one_is_given() -> None:
    with process("understand") as command:
        assert command.stdin
        assert command.stdout
        for text, intent in (("STOP", "STOP"), ("help", "HELP")):
            command.stdin.write(f"{json.dumps(text)}\n".encode())
            command.stdin.flush()
            assert json.loads(command.stdout.readline())["intent"] == intent
        _, err = command.communicate(timeout=20)
    assert (command.returncode, err) == (0, b"")


def test_a_reader_that_leaves_early_is_no_error() -> None:
    with process("segments") as command:
        assert command.stdin
        assert command.stdout
        assert command.stderr
        command.stdout.close()
        with suppress(BrokenPipeError):
            command.stdin.write(b'"a"\n' * 50_000)
            command.stdin.close()
        assert command.stderr.read() == b""


def test_the_small_commands_load_none_of_the_machinery() -> None:
    script = (
        "import sys, bot.cli\n"
        "sys.argv = ['henji', sys.argv[1], 'STOP']\n"
        "try:\n"
        "    bot.cli.main()\n"
        "finally:\n"
        "    print(*sorted({name.split('.')[0] for name in sys.modules}), file=sys.stderr)\n"
    )
    heavy = {"sqlalchemy", "flask", "twilio", "redis", "rq", "alembic", "pydantic"}
    for command in ("understand", "segments"):
        ran = subprocess.run(
            [sys.executable, "-c", script, command], capture_output=True, check=True, text=True
        )
        assert not heavy & set(ran.stderr.split())


def test_a_labelled_file_is_scored_with_every_miss(tmp_path: Path) -> None:
    file = tmp_path / "labelled.tsv"
    file.write_text("STOP\t配信停止\nSTOP\tこんにちは\nOTHER\tSTOP\n# a comment\n", "utf-8")
    ended = henji("understand", "--score", str(file))

    said = ended.out.splitlines()
    assert ended.status == 0
    assert "STOP     1/2" in said
    assert "stops obeyed or asked back: 1/2" in said
    assert "false opt-outs: 1/1" in said
    assert [line.split(":")[0] for line in said[-2:]] == ["miss", "FALSE OPT-OUT"]


def test_a_file_that_is_no_text_is_not_scored(tmp_path: Path) -> None:
    file = tmp_path / "binary.tsv"
    file.write_bytes(b"\xff\xfe\x00")
    ended = henji("understand", "--score", str(file))

    assert ended.status == 2
    assert "is not in UTF-8" in ended.err
