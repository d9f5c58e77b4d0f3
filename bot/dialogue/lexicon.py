"""The words that mean something inside a sentence: found from the left, the longest first."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.errors import ScriptError
from bot.text.language import Language
from bot.text.normalize import normalize

Kinds = Mapping[str, Iterable[str]]


# A day of the month in figures, which no list can hold.
_DATE = (
    r"(?<![0-9/.])(?:(?:[0-9]{4}[/.-])?[0-9]{1,2}/[0-9]{1,2}(?![0-9/])"
    r"|(?:[0-9]{1,2}月)?[0-9]{1,2}日(?:まで|に|頃|ごろ|以降)?)"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the lexicon in a text, or what stands between two of them (`kind` "gap")."""

    kind: str
    word: str
    start: int


class Lexicon:
    """The words of one language by kind.

    Raises ScriptError for an empty word, or one that is listed twice.
    """

    def __init__(self, kinds: Kinds, language: Language) -> None:
        self.kinds: dict[str, str] = {}
        for kind, words in kinds.items():
            for word in words:
                self._add(word, kind, language)
        self._pattern = re.compile(_pattern(self.kinds))

    def _add(self, word: object, kind: str, language: Language) -> None:
        form = normalize(word) if isinstance(word, str) else ""
        if not form:
            raise ScriptError(f"{language}/grammar: {kind} holds an empty word or no text.")
        if self.kinds.setdefault(form, kind) != kind:
            raise ScriptError(
                f"{language}/grammar: {word} cannot be both {kind} and {self.kinds[form]}."
            )

    def tokens(self, text: str) -> Iterator[Token]:
        """Cut a folded text into words and gaps, without losing a character but white space."""
        reached = 0
        for match in self._pattern.finditer(text):
            yield from _gap(text, reached, match.start())
            word = match.group()
            yield Token(self.kinds.get(word, "day"), word, match.start())
            reached = match.end()
        yield from _gap(text, reached, len(text))


def _gap(text: str, start: int, end: int) -> Iterator[Token]:
    between = text[start:end]
    if between.strip(" ,、・-~'/:;()"):
        yield Token("gap", between, start)


def _pattern(words: Iterable[str]) -> str:
    """One expression for all words; Latin words must not be part of a longer one."""
    latin = [word for word in words if word[0].isascii()]
    others = [word for word in words if not word[0].isascii()]
    bounded = rf"(?<![a-z0-9])(?:{_branches(latin)})(?![a-z0-9])" if latin else r"(?!)"
    return "|".join(filter(None, (_DATE, bounded, _branches(others))))


def _branches(words: list[str]) -> str:
    """The words as a tree of their letters, so that each letter of a text is looked at once."""
    tree: dict[str, list[str]] = {}
    for word in sorted(words):
        tree.setdefault(word[:1], []).append(word[1:])
    ends = "" in tree
    branches = [re.escape(letter) + _branches(rest) for letter, rest in tree.items() if letter]
    if not branches:
        return ""
    joined = f"(?:{'|'.join(branches)})"
    return f"{joined}?" if ends else joined
