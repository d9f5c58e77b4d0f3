"""Pairs of letters, by which texts in Japanese and English are found from two letters on.

A word index needs spaces between words, and three letters together are more than 残高 has.
"""

import re

from bot.text.normalize import folded

_APART = re.compile(r"[^\w]+")
# What no bubble shows must not be found either; see `bot.text.mask`.
_HIDDEN = re.compile("[•…]")


def pairs(text: str) -> list[str]:
    """Every pair of neighbouring letters of a text, folded in width, case and kana, once each."""
    words = _APART.split(_HIDDEN.sub(" ", folded(text)))
    found = (word[at : at + 2] for word in words for at in range(len(word) - 1))
    return list(dict.fromkeys(found))


def needed(words: str) -> list[str]:
    """The pairs that a text must have to hold all of these words; none where they are too short."""
    return pairs(words)


def holds(text: str, words: str) -> bool:
    """Whether a text holds each of the words, folded as the pairs are."""
    whole = "".join(_APART.split(folded(text)))
    return all(word in whole for word in _APART.split(folded(words)) if word)
