"""The words that mean something inside a sentence: found from the left, the longest first."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from bot.errors import ScriptError
from bot.text.language import Language
from bot.text.normalize import normalize
from bot.text.spelling import Spelling

Kinds = Mapping[str, Iterable[str]]


# Kinds whose Latin words are recognised when misspelt, from this length on, and how many words
# of one text are tried.
_SPELT = frozenset({"stop", "out", "message", "sending", "start", "help", "debt", "pay", "agent"})
_SHORTEST_SPELT = 6
_MOST_SPELT = 40
# Punctuation and one or two kana: the ending of a verb, or a particle.
_ENDING = re.compile("[ ,、・~'/:;()-]*[ぁ-んー]{0,2}[ ,、・~'/:;()-]*")
_NOUN_END = re.compile("[\u4e00-\u9fffa-z0-9]")
_LATIN_WORD = re.compile("[a-z]{5,14}")

# Days and amounts in figures, which no list can hold. r8 and h31 are years of Japanese eras.
_FIGURES = "0123456789¥$€£rh"
_FIGURED_DAY = (
    r"(?:[0-9]{4}|[rh][0-9]{1,2})[/.-][0-9]{1,2}[/.-][0-9]{1,2}(?![0-9/])"
    r"|(?:[0-9]{4}[/.-])?[0-9]{1,2}/[0-9]{1,2}(?![0-9/])"
    r"|[0-9]{1,3}(?:日|週|[ゖか]月|年)間?(?:後|以内)|[0-9]{1,3} (?:day|week|month|year)s?(?![a-z])"
    r"|(?:[0-9]{1,2}月)?[0-9]{1,2}日(?:まで|に|頃|ごろ|以降)?"
)
_FIGURED_AMOUNT = r"[¥$€£] ?[0-9][0-9,.]{0,12}|[0-9][0-9,.]{0,12} ?(?:円|yen|dollars|usd|jpy)"
_DAY = re.compile(_FIGURED_DAY)


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the lexicon in a text, or what stands between two of them.

    The kind of the latter is "thing" where it ends like a noun, "apart" where white space parts it
    from its neighbour, otherwise "gap".
    """

    kind: str
    word: str
    start: int
    end: int


class Lexicon:
    """The words of one language by kind.

    Raises ScriptError for an empty word, or one that is listed twice.
    """

    def __init__(self, kinds: Kinds, language: Language) -> None:
        self.kinds: dict[str, str] = {}
        for kind, words in kinds.items():
            for word in words:
                self._add(word, kind, language)
        self._by_first = _by_first(self.kinds)
        self._start = re.compile(_starts(self._by_first))
        self._trees: dict[str, re.Pattern[str]] = {}
        self._spelling = Spelling(filter(self._is_spelt, self.kinds))

    def _is_spelt(self, word: str) -> bool:
        long_enough = len(word) >= _SHORTEST_SPELT and word.isascii() and word.isalpha()
        return long_enough and self.kinds[word] in _SPELT

    def _add(self, word: str, kind: str, language: Language) -> None:
        form = normalize(word)
        if not form:
            raise ScriptError(f"{language}/grammar: {kind} holds an empty word.")
        if form in self.kinds:
            known = self.kinds[form]
            twice = "listed twice" if known == kind else f"both {kind} and {known}"
            raise ScriptError(f"{language}/grammar: {word.strip()} cannot be {twice}.")
        self.kinds[form] = kind

    def tokens(self, text: str) -> Iterator[Token]:
        """Cut a folded text into words and gaps, without losing a character but white space."""
        reached = at = 0
        while start := self._start.search(text, at):
            match = self._tree(start.group()).match(text, start.start())
            at = start.end()
            if match is None:
                continue
            yield from self._between(text[reached : match.start()], reached)
            word = match.group()
            yield Token(self.kinds.get(word) or _figures(word), word, match.start(), match.end())
            reached = at = match.end()
        yield from self._between(text[reached:], reached)

    def _tree(self, first: str) -> re.Pattern[str]:
        """One expression for all words with the same first letter, made when first needed."""
        if first not in self._trees:
            self._trees[first] = re.compile(_tree(first, self._by_first[first]))
        return self._trees[first]

    def _between(self, gap: str, start: int) -> Iterator[Token]:
        """What stands between two words: an ending, misspelt words, or something unknown."""
        if _ENDING.fullmatch(gap):
            return
        reached = 0
        for typed in islice(_LATIN_WORD.finditer(gap), _MOST_SPELT):
            if known := self._spelling.correct(typed.group()):
                yield from _unknown(gap[reached : typed.start()], start + reached)
                yield Token(self.kinds[known], known, start + typed.start(), start + typed.end())
                reached = typed.end()
        yield from _unknown(gap[reached:], start + reached)


def _unknown(gap: str, start: int) -> Iterator[Token]:
    if not _ENDING.fullmatch(gap):
        yield Token(_kind_of_unknown(gap), gap, start, start + len(gap))


def _kind_of_unknown(gap: str) -> str:
    if gap[0] == " " or gap[-1] == " ":
        return "apart"
    return "thing" if _NOUN_END.match(gap[-1]) else "gap"


def _figures(word: str) -> str:
    return "day" if _DAY.fullmatch(word) else "amount"


def _by_first(words: Iterable[str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {first: [] for first in _FIGURES}
    for word in words:
        groups.setdefault(word[0], []).append(word)
    return groups


def _starts(firsts: Iterable[str]) -> str:
    """Where a word may start: anywhere in Japanese, not inside a Latin word or a figure."""
    latin = "".join(re.escape(first) for first in firsts if first.isascii())
    others = "".join(first for first in firsts if not first.isascii())
    return f"(?<![a-z0-9])[{latin}]" + (f"|[{others}]" if others else "")


def _tree(first: str, words: list[str]) -> str:
    tree = _branches(words) if words else "(?!)"
    if first in _FIGURES:
        return f"{_FIGURED_DAY}|{_FIGURED_AMOUNT}|(?:{tree})(?![a-z0-9])"
    return f"(?:{tree})(?![a-z0-9])" if first.isascii() else tree


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
