"""How many SMS segments a text takes, counted as Twilio bills them, and what leaves of a text."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import regex

# 3GPP TS 23.038, 6.2.1: the default alphabet without ESC, and the extension table, whose
# characters cost two septets. Form feed is in the extension table.
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")
_GSM_7 = _BASIC | _EXTENSION
# 140 octets hold 160 septets or 70 UTF-16 units; the 6-octet header of a part takes 7 or 3.
_GSM_7_ALONE, _GSM_7_PART = 160, 153
_UCS_2_ALONE, _UCS_2_PART = 70, 67
# Twilio keeps what a reader sees as one character in one segment, but parts a CR from its LF.
_GRAPHEME = regex.compile(r"\r|\X")

_LEAVES_AS = str.maketrans({"￥": "¥", "\u00a0": " ", "\u202f": " ", "\t": " "})
_NEVER_LEAVES = regex.compile(r"[^\P{Cc}\n]|\p{Cs}")


@dataclass(frozen=True)
class Segments:
    """The size of a text on the air: `units` are septets in GSM-7 and UTF-16 units in UCS-2."""

    encoding: Literal["GSM-7", "UCS-2"]
    segments: int
    units: int


def count(text: str) -> Segments:
    """Return how Twilio encodes and splits `text`; the empty text is one segment of 0 units."""
    if _GSM_7.issuperset(text):
        units = len(text) + sum(char in _EXTENSION for char in text)
        if units <= _GSM_7_ALONE:
            return Segments("GSM-7", 1, units)
        sizes = (2 if char in _EXTENSION else 1 for char in text)
        return Segments("GSM-7", _parts(sizes, _GSM_7_PART), units)
    units = _utf16(text)
    if units <= _UCS_2_ALONE:
        return Segments("UCS-2", 1, units)
    sizes = (_utf16(found[0]) for found in _GRAPHEME.finditer(text))
    return Segments("UCS-2", _parts(sizes, _UCS_2_PART), units)


def outgoing(text: str) -> str:
    """Return `text` as it leaves: no character that only costs (￥, NBSP) or cannot be sent.

    Lone surrogates and control characters go, line ends become "\\n", a tab becomes a space.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return str(_NEVER_LEAVES.sub("", lines.translate(_LEAVES_AS)))


def _utf16(text: str) -> int:
    return len(text) + sum(char > "\uffff" for char in text)


def _parts(sizes: Iterator[int], room: int) -> int:
    """Fill parts of `room` units in order; only what is longer than a whole part is split."""
    parts, free = 1, room
    for size in sizes:
        if size > free:
            full, last = divmod(size - 1, room)
            parts += full + (free < room)
            free = room - last - 1
        else:
            free -= size
    return parts
