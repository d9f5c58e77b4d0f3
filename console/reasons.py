"""Sentences that say why, as the tables keep them in English, in the language of who reads them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ruamel.yaml import YAML

from bot.text.language import Language

FILE = Path(__file__).parent / "reasons.yaml"
# The gap for what somebody wrote, which nobody translates.
OWN = "own"
_GAP = re.compile(r"\\\{(\w+)\\\}")


@dataclass(frozen=True)
class Told:
    """A sentence and the language it is in: English where there is no Japanese for it."""

    words: str
    language: Language


@dataclass(frozen=True)
class _Known:
    """A sentence with gaps, and the same in Japanese."""

    pattern: re.Pattern[str]
    japanese: str


def told(language: Language, sentence: str) -> Told:
    """A sentence of our tables in a language; what a person wrote in Japanese stays as it is."""
    words = (japanese(sentence) if language is Language.JA else None) or sentence
    return Told(words, Language.EN if words.isascii() else Language.JA)


def japanese(sentence: str) -> str | None:
    """A sentence in Japanese, as are sentences within it; None for one that is not known."""
    for known in _known():
        if found := known.pattern.fullmatch(sentence):
            return known.japanese.format(**dict(_gaps(found)))
    return None


def _gaps(found: re.Match[str]) -> Iterator[tuple[str, str]]:
    for name, part in found.groupdict().items():
        yield name, part if name == OWN else japanese(part) or part


@lru_cache
def _known(file: Path = FILE) -> Sequence[_Known]:
    """The most particular first: those with the most letters outside of gaps."""
    pairs = YAML(typ="safe").load(file.read_text("utf-8")).items()
    most = sorted(pairs, key=lambda pair: -len(re.sub(r"\{\w+\}", "", pair[0])))
    return [
        _Known(re.compile(_GAP.sub(r"(?P<\1>.+)", re.escape(english)), re.DOTALL), words)
        for english, words in most
    ]
