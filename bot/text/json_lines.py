"""JSON, one value a line, such that any text survives: how programs talk to the commands."""

import json
from collections.abc import Iterable, Iterator, Mapping

# Valid inside a JSON string, but some readers take them for the end of a line.
_LINE_ENDS = {ord(end): f"\\u{ord(end):04x}" for end in "\x85\u2028\u2029"}
_encode = json.JSONEncoder(ensure_ascii=False).encode


class NotAText(ValueError):
    """A line is no JSON string; the message names the line and not what it holds."""


def texts(lines: Iterable[bytes]) -> Iterator[str]:
    """The text of each line, as soon as it arrives; raises NotAText."""
    for number, line in enumerate(lines, 1):
        yield _text(line, number)


def _text(line: bytes, number: int) -> str:
    try:
        text = json.loads(line)
    except (ValueError, RecursionError):
        text = None
    if not isinstance(text, str):
        raise NotAText(f"line {number} of the input is not a JSON string")
    return text


def line(value: Mapping[str, object]) -> bytes:
    """One line of UTF-8 for a value; lone surrogates, which UTF-8 cannot hold, are escaped."""
    written = _encode(value).translate(_LINE_ENDS)
    # For a surrogate, Python's escape is also JSON's.
    return f"{written}\n".encode("utf-8", "backslashreplace")
