"""JSON lines: one text in, one object out, a line each, whatever the text holds."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text import json_lines
from bot.text.json_lines import NotAText

NO_TEXTS = [
    b"",
    b"\n",
    b"hello\n",
    b"3\n",
    b"null\n",
    b'["a"]\n',
    b'{"text": "a"}\n',
    b'"a" "b"\n',
    b'"a\n',
    b"'a'\n",
    b'"\xff"\n',
    b"[" * 100_000,
    b"9" * 100_000,
]


@pytest.mark.parametrize("line", NO_TEXTS)
def test_a_line_that_is_no_json_string_is_named(line: bytes) -> None:
    with pytest.raises(NotAText, match="line 2 "):
        list(json_lines.texts([b'"good"\n', line]))


def test_texts_come_as_soon_as_their_line_does() -> None:
    lines = iter([b'"first"\n', b"broken\n"])

    assert next(json_lines.texts(lines)) == "first"
    assert next(lines) == b"broken\n"


@given(st.text(st.characters()))
def test_every_text_survives_the_way_in_and_out(text: str) -> None:
    line = json_lines.line({"text": text})

    assert len(line.decode().splitlines()) == 1
    assert json.loads(line) == {"text": json.loads(json.dumps(text))}
    assert list(json_lines.texts([json.dumps(text).encode()])) == [json.loads(json.dumps(text))]


def test_what_utf_8_can_hold_stays_readable() -> None:
    assert json_lines.line({"text": "残高😀"}) == '{"text": "残高😀"}\n'.encode()
    assert json_lines.line({"text": "\ud83d"}) == b'{"text": "\\ud83d"}\n'
