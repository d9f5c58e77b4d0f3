"""What changed in a text, word by word, and two changes of one text made one.

A word is what a reader sees as one: a Latin word or number, a run of katakana or of hiragana, one
kanji, a placeholder. Japanese has no spaces to part words by; its scripts change where words do.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Literal

import regex

_WORD = regex.compile(
    r"\{[a-z][a-z0-9_]*\}|\p{Latin}+(?:['’-]\p{Latin}+)*|\p{Nd}+(?:[.,:/]\p{Nd}+)*"
    r"|[\p{Katakana}ー]+|\p{Hiragana}+|\p{Han}|\s+|\X"
)

Change = Literal["same", "out", "in"]


@dataclass(frozen=True)
class Part:
    """A stretch of a text that stayed, went out, or came in."""

    change: Change
    text: str


@dataclass(frozen=True)
class _Edit:
    """The words from `start` to `end` of a text, replaced."""

    start: int
    end: int
    words: tuple[str, ...]


def words(text: str) -> list[str]:
    """The words of a text; joined, they are the text."""
    return [found[0] for found in _WORD.finditer(text)]


def parts(before: str, after: str) -> list[Part]:
    """What stayed, what went out and what came in, in the order of reading."""
    return list(_parts(words(before), words(after)))


def shown(before: str, after: str) -> str:
    """The same as one line of plain text: [-out-] and {+in+}."""
    frames = {"same": "{}", "out": "[-{}-]", "in": "{{+{}+}}"}
    return "".join(frames[part.change].format(part.text) for part in parts(before, after))


def merged(base: str, mine: str, theirs: str) -> str | None:
    """The text with both changes; None where they touch the same words: a person must decide."""
    if theirs in {mine, base}:
        return mine
    old = words(base)
    edits = sorted({*_edits(old, words(mine)), *_edits(old, words(theirs))}, key=_order)
    if any(_clash(one, other) for one, other in pairwise(edits)):
        return None
    for edit in reversed(edits):
        old[edit.start : edit.end] = edit.words
    return "".join(old)


def _parts(before: Sequence[str], after: Sequence[str]) -> Iterator[Part]:
    for kind, a, b, c, d in _matcher(before, after).get_opcodes():
        if kind == "equal":
            yield Part("same", "".join(before[a:b]))
        else:
            if b > a:
                yield Part("out", "".join(before[a:b]))
            if d > c:
                yield Part("in", "".join(after[c:d]))


def _edits(before: Sequence[str], after: Sequence[str]) -> Iterator[_Edit]:
    for kind, a, b, c, d in _matcher(before, after).get_opcodes():
        if kind != "equal":
            yield _Edit(a, b, tuple(after[c:d]))


def _matcher(before: Sequence[str], after: Sequence[str]) -> SequenceMatcher[str]:
    return SequenceMatcher(None, before, after, autojunk=False)


def _order(edit: _Edit) -> tuple[int, int]:
    return edit.start, edit.end


def _clash(one: _Edit, other: _Edit) -> bool:
    """Two insertions at one place have no order either."""
    return other.start < one.end or other.start == one.start
