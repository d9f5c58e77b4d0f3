"""The checker's lists of words, and how they are found in a text."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import regex

from bot.scripts import sheet
from bot.text.language import Language
from bot.text.normalize import folded

_HERE = Path(__file__).parent
_AMOUNT = regex.compile(r"[¥￥$€£] ?\d|\d[\d,.]* ?(?:円|yen\b|jpy\b|dollars?\b|usd\b)", regex.I)


@cache
def words(name: str) -> Mapping[Language, tuple[str, ...]]:
    """A list of `wording.yaml` by language."""
    return _lists(_HERE / "wording.yaml")[name]


@cache
def required() -> Mapping[str, Mapping[Language, tuple[str, ...]]]:
    """By intent the keywords that must stay."""
    return _lists(_HERE / "required.yaml")


@cache
def shorteners() -> frozenset[str]:
    """The hosts of public shorteners."""
    lines = (_HERE / "shorteners.txt").read_text("utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def found(name: str, text: str, language: Language) -> Iterator[str]:
    """The words of a list that stand in a text."""
    plain = folded(text)
    for word in words(name)[language]:
        form = folded(word)
        if regex.search(rf"\b{regex.escape(form)}\b" if form.isascii() else form, plain):
            yield word


def amounts(text: str) -> Iterator[str]:
    """The amounts of money that are written out in a text."""
    return (amount[0] for amount in _AMOUNT.finditer(text))


def _lists(file: Path) -> Mapping[str, Mapping[Language, tuple[str, ...]]]:
    return {
        name: {
            language: tuple(word.text(name) for word in by_language[language].items(name))
            for language in Language
        }
        for name, value in sheet.read(file).items()
        if (by_language := value.entries(name))
    }
