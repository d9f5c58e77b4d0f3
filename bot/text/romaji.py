"""Japanese typed in Latin letters."""

import re

import jaconv

# A word that begins with っ or ん was no romaji.
_KANA = re.compile("(?![っん])[ぁ-んー]+")
# Whole paragraphs of romaji are not worth the time.
LONGEST = 80


def to_kana(text: str) -> str:
    """Hiragana for the romaji words of a folded text; other words stay as they are."""
    return "".join(map(_kana, text.split()))


def looks_like_it(text: str) -> bool:
    """Whether most words of a short text can be read as romaji."""
    words = text.split()
    if len(text) > LONGEST or not words:
        return False
    return sum(_kana(word)[0] != " " for word in words) * 2 > len(words)


def _kana(word: str) -> str:
    bare = word.strip(",.!?-~'")
    kana = str(jaconv.alphabet2kana(bare)) if len(bare) > 2 else ""
    return kana if _KANA.fullmatch(kana) else f" {word} "
