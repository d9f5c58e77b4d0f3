"""Words as they are misspelt: one letter wrong, missing, too many, or two exchanged."""

from collections.abc import Iterable


class Spelling:
    """Finds the known word that a typed word is one slip away from.

    Two words are neighbours if leaving out one letter (or none) of each makes them equal and they
    differ by a single slip; the index holds every known word with each letter left out.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._index: dict[str, str] = {}
        self._words = frozenset(words)
        for word in sorted(self._words):
            for shorter in _shortened(word):
                self._index.setdefault(shorter, word)

    def correct(self, typed: str) -> str | None:
        """The known word that `typed` was meant to be; None where it is known or far from all."""
        if typed in self._words:
            return None
        for shorter in _shortened(typed):
            known = self._index.get(shorter)
            if known is not None and one_slip(typed, known):
                return known
        return None


def _shortened(word: str) -> list[str]:
    """The word itself, and the word with each letter left out."""
    return [word, *(word[:i] + word[i + 1 :] for i in range(len(word)))]


def one_slip(typed: str, known: str) -> bool:
    """Whether one insertion, deletion, substitution or exchange of neighbours parts two words."""
    start = 0
    while start < min(len(typed), len(known)) and typed[start] == known[start]:
        start += 1
    left, right = typed[start:], known[start:]
    if left[1:] == right[1:] or left[1:] == right or left == right[1:]:
        return True
    return left[:2] == right[1::-1] and left[2:] == right[2:]


def bare_kana(word: str) -> str:
    """A word without long vowels and doubled consonants, which are typed in many ways."""
    return word.replace("ー", "").replace("っ", "")
