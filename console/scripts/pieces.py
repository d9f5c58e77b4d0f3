"""Texts in pieces, as a page marks them: placeholders, and letters that cost or get lost."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from bot.scripts.checker.measure import Measure

_PLACEHOLDER = re.compile(r"(\{[a-z][a-z0-9_]*\})")

# What is the matter with a stretch of a text, or nothing, and the stretch.
Piece = tuple[str, str]


def chips(text: str) -> list[Piece]:
    """A script's text: its placeholders, without their braces, and the words between them."""
    parts = (part for part in _PLACEHOLDER.split(text) if part)
    return [("chip", part[1:-1]) if _PLACEHOLDER.match(part) else ("", part) for part in parts]


def marked(measured: Measure) -> list[Piece]:
    """A text as it leaves: letters that make it dear, and letters that some gateways lose."""
    dear = {letter.at for letter in measured.ucs_2_for}
    lost = {letter.at for letter in measured.not_in_iso_2022_jp}
    kinds = (
        "dear" if at in dear else "lost" if at in lost else ""
        for at in range(1, len(measured.body) + 1)
    )
    return list(_joined(zip(kinds, measured.body, strict=True)))


def _joined(letters: Iterable[Piece]) -> Iterator[Piece]:
    for kind, run in groupby(letters, key=lambda piece: piece[0]):
        yield kind, "".join(letter for _, letter in run)
