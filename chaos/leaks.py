"""Personal data where none may be: in the logs of processes, and in what Valkey holds."""

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from redis import Redis

from chaos.people import MARK

# Every number of the people in a run, in whatever notation; never one of ours.
_NUMBER = re.compile(r"(?<!\w)(?:\+?81|0)-?[6-9]0-?0000-?\d{4}(?!\d)")
# The command that reads all of a key, by the key's type.
_READ: Mapping[object, tuple[str | int, ...]] = {
    b"none": ("GET",),
    b"string": ("GET",),
    b"list": ("LRANGE", 0, -1),
    b"set": ("SMEMBERS",),
    b"zset": ("ZRANGE", 0, -1),
    b"hash": ("HGETALL",),
    b"stream": ("XRANGE", "-", "+"),
}
_TOKEN = re.compile(r"/[op]/([\w-]{16,})")
# So many letters of a reply are more than its sender's name.
_LETTERS = 20


@dataclass(frozen=True)
class Secrets:
    """What may show nowhere, beside numbers and the marked texts: tokens, keys and the like."""

    words: tuple[str, ...] = ()

    def found_in(self, text: str) -> str | None:
        """What kind of personal data a text holds; None for none."""
        if _NUMBER.search(text):
            return "a number"
        if MARK in text:
            return "a text"
        if any(word in text for word in self.words):
            return "a secret or the words of a reply"
        return None

    def with_replies(self, bodies: Iterable[str]) -> "Secrets":
        """These, the beginnings of the replies that people got, and the tokens of their links."""
        begun, tokens = set(), set()
        for body in bodies:
            begun.add(body[:_LETTERS])
            tokens.update(_TOKEN.findall(body))
        return Secrets((*self.words, *sorted(begun), *sorted(tokens)))


def in_logs(logs: Iterable[Path], secrets: Secrets) -> Iterator[str]:
    """Which logs tell too much, and in which line."""
    for log in logs:
        lines = log.read_text("utf-8", "replace").splitlines()
        found = ((number, secrets.found_in(line)) for number, line in enumerate(lines, 1))
        yield from (f"{log.name} line {number} holds {kind}" for number, kind in found if kind)


def in_valkey(redis: Redis, secrets: Secrets) -> list[str]:
    """Which keys tell too much, by their names or by what they hold."""
    return [
        f"a key of Valkey ({_masked(key)}) holds {kind}"
        for key in redis.scan_iter(count=1000)
        if (kind := secrets.found_in(_written_out(key, _held(redis, key))))
    ]


def _masked(key: bytes) -> str:
    return re.sub(r"\d", "•", key.decode("utf-8", "replace"))


def _held(redis: Redis, key: bytes) -> Any:
    command, *rest = _READ[redis.type(key)]
    return redis.execute_command(command, key, *rest)  # type: ignore[no-untyped-call]


def _written_out(*values: Any) -> str:
    """All that is in nested values as one text; RQ compresses what its jobs are called with."""
    parts: list[str] = []
    for value in values:
        if isinstance(value, dict):
            parts.append(_written_out(*value, *value.values()))
        elif isinstance(value, Sequence | set) and not isinstance(value, bytes | str):
            parts.append(_written_out(*value))
        elif isinstance(value, bytes):
            parts.append(_unpacked(value).decode("utf-8", "replace"))
        else:
            parts.append(str(value))
    return "\n".join(parts)


def _unpacked(value: bytes) -> bytes:
    with suppress(zlib.error):
        return zlib.decompress(value)
    return value
