"""The matching form of what a person wrote: what stays the same however a keyword is typed."""

import unicodedata

import jaconv
import regex

# Ten long SMS; nobody writes a keyword after that, and it bounds the work for one message.
LONGEST = 1600

# Spacing marks that NFKC would part from their letter with a space.
_SPACING_MARKS = str.maketrans({"゛": "\u3099", "゜": "\u309a", "´": "'"})
# Controls, surrogates, private use (old carrier emoji), zero-width and bidirectional marks,
# variation selectors and the frames of keycap emoji, but no white space.
_INVISIBLE = regex.compile(
    r"[[\p{C}\p{Default_Ignorable_Code_Point}\p{Me}]--[\t-\r\x85]]", regex.VERSION1
)
# Before NFKC, which would read some of them as letters (ℹ as i, 🈵 as 満).
_PICTOGRAPH = regex.compile(r"[\p{Extended_Pictographic}\p{Emoji_Presentation}]")
_APOSTROPHE = regex.compile("['’‘‛ʼ`]")
_ENCLOSING = regex.compile(r"[\p{Ps}\p{Pe}\p{Pi}\p{Pf}\p{So}\p{Sk}\"<>]")
_ORPHAN_MARK = regex.compile(r"(?<![\p{L}\p{N}\p{M}])\p{M}+")
_WAVE = regex.compile("[〜∼∿]")
_DASH = regex.compile(r"[\p{Pd}−─━]")
_LINE_BREAK = regex.compile(r"[\n\r\x0b\x0c\x85\u2028\u2029]+")
_SPACE = regex.compile(r"[\s\p{Z}]+")
_EDGE = regex.compile(r"^[\p{P}\p{S}\p{Z}]+|(?<![\p{P}\p{S}\p{Z}])[\p{P}\p{S}\p{Z}]+\Z")

_KANA = r"\u3041-\u3096\u309d\u309e\u30a1-\u30fa"
_JAPANESE = rf"{_KANA}\u3001-\u303f\p{{Han}}"
_LONG_VOWEL = regex.compile(rf"(?<=[{_KANA}])[ー-]+")
_WAVY_VOWEL = regex.compile(rf"(?<=[{_KANA}])[ー~-]+")
# Not before a dash or wave: with the space gone it would read as a long vowel.
_NEEDLESS_SPACE = regex.compile(rf"(?<=[{_JAPANESE}ー]) (?![ー~-])| (?=[{_JAPANESE}])")


def normalize(text: str) -> str:
    """Return the matching form of `text`: at most 1,600 characters, "" if nothing is legible.

    Width, case and kana script are folded; brackets, quotes, emoji, invisible characters, and
    punctuation and symbols at the ends are gone: "ｽﾄｯﾌﾟ！" and "「すとっぷ」" are both "すとっぷ".
    A dash after kana is a long vowel. White space is one space, and none beside Japanese; a
    reply of emoji alone is "". Idempotent; never raises, not even on lone surrogates.
    """
    return str(_EDGE.sub("", _spaced(_letters(text))[:LONGEST]))


def folded(text: str) -> str:
    """Return `text` folded like `normalize`, with its sentence marks and single spaces kept.

    A line break becomes "。", for a new line is a new sentence.
    """
    marked = _LINE_BREAK.sub("。", text[:LONGEST].strip())
    spaced = _SPACE.sub(" ", _WAVE.sub("~", _letters(marked)))
    return str(_WAVY_VOWEL.sub("ー", _DASH.sub("-", spaced)))[:LONGEST]


def _letters(text: str) -> str:
    legible = _PICTOGRAPH.sub(" ", _INVISIBLE.sub("", text[:LONGEST]))
    return _bare(_folded(legible))


def _folded(text: str) -> str:
    """Fold width, case and kana script."""
    composed = unicodedata.normalize("NFKC", text.translate(_SPACING_MARKS))
    return jaconv.kata2hira(composed.casefold())


def _bare(text: str) -> str:
    """Drop quotes, brackets and symbols, and marks that were left without a letter."""
    unquoted = _ENCLOSING.sub(" ", _APOSTROPHE.sub("", text))
    return unicodedata.normalize("NFKC", _ORPHAN_MARK.sub("", unquoted))


def _spaced(text: str) -> str:
    """Unify dashes, long vowels and white space; a wave after the last word is a flourish."""
    dashed = _DASH.sub("-", _WAVE.sub("~", _SPACE.sub(" ", text)))
    trimmed = _EDGE.sub("", _LONG_VOWEL.sub("ー", dashed))
    return str(_NEEDLESS_SPACE.sub("", _WAVY_VOWEL.sub("ー", trimmed)))
