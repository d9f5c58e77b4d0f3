"""What may stand in a log or on a screen instead of a person's number or words."""

import re
import unicodedata

_HIDDEN = "****"
_FIRST_KEPT = 5
_LAST_KEPT = 4
# So many characters of a number stay hidden at the least.
_FEWEST_HIDDEN = 4
_TELEPHONE = re.compile(r"\+?[0-9]{7,}")
_TELEPHONE_IN_TEXT = re.compile(r"(?<![0-9A-Za-z])\+?[0-9]{7,}(?![0-9A-Za-z])")
# The pages that a secret address leads to.
_LINK = re.compile(r"(https?://[^\s/]+/[op]/)[0-9A-Za-z]+")
# Decimal digits, and the circled, raised and fractional ones.
_DIGIT_CATEGORIES = frozenset({"Nd", "No"})


def number(value: str) -> str:
    """Return "+8190****0001" for +819000000001: at most the first 5 and the last 4 stay.

    At least 4 characters are hidden; numbers under 8 characters and senders that are no telephone
    number (names, addresses) are hidden whole.
    """
    if len(value) < _LAST_KEPT + _FEWEST_HIDDEN or not _TELEPHONE.fullmatch(value):
        return _HIDDEN
    kept = min(_FIRST_KEPT, len(value) - _LAST_KEPT - _FEWEST_HIDDEN)
    return value[:kept] + _HIDDEN + value[-_LAST_KEPT:]


def numbers(text: str) -> str:
    """Return `text` with every number in it masked that may be a telephone's."""
    return _TELEPHONE_IN_TEXT.sub(lambda found: number(found[0]), text)


def digits(text: str) -> str:
    """Return `text` with every digit of any script (1, １, ①, ²) replaced by "•"."""
    return "".join(
        "•" if unicodedata.category(char) in _DIGIT_CATEGORIES else char for char in text
    )


def tokens(text: str) -> str:
    """Return `text` with the secret of our links hidden: "https://s.example.jp/o/…"."""
    return _LINK.sub(r"\1…", text)


def text(body: str) -> str:
    """Return the length of a message's body in place of its words: "<12 chars>"."""
    return f"<{len(body)} chars>"
