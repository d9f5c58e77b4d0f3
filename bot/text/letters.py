"""Which letters of a text make it dear, or keep some carriers from sending it."""

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.text import segments

# What an editor meant by a letter that costs, where plain Unicode folding does not say it.
_INSTEAD = {
    "’": "'", "‘": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‐": "-", "‑": "-", "…": "...",
    "•": "-", "´": "'", "`": "'", "·": "-", "～": "〜", "－": "-", "∥": "//", "￠": "cent",
    "髙": "高", "﨑": "崎", "德": "徳", "彅": "なぎ", "①": "(1)", "②": "(2)", "③": "(3)",
    "④": "(4)", "⑤": "(5)", "⑥": "(6)", "⑦": "(7)", "⑧": "(8)", "⑨": "(9)", "⑩": "(10)",
    "㈱": "(株)", "㈲": "(有)", "㏍": "(株)", "№": "No.", "℡": "TEL",
}  # fmt: skip


@dataclass(frozen=True)
class Letter:
    """A letter at a place of a text, counted from 1, and what might stand there instead."""

    at: int
    letter: str
    instead: str | None

    @property
    def shown(self) -> str:
        """The letter itself, where it can be seen."""
        return self.letter if self.letter.isprintable() else ""

    @property
    def code(self) -> str:
        """Its code points: "U+00E9"."""
        return " ".join(f"U+{ord(char):04X}" for char in self.letter)

    def __str__(self) -> str:
        return f"{self.shown} ({self.code}) at {self.at}".strip()


def forcing_ucs_2(text: str) -> list[Letter]:
    """The letters for which a text is sent with 70 instead of 160 letters in a segment."""
    return list(_found(text, lambda letter: segments.count(letter).encoding == "GSM-7"))


def outside_iso_2022_jp(text: str) -> list[Letter]:
    """The letters that gateways limited to ISO-2022-JP, as some in Japan are, cannot send."""
    return list(_found(text, _in_iso_2022_jp))


def _found(text: str, fine: Callable[[str], bool]) -> Iterator[Letter]:
    for at, letter in enumerate(text, 1):
        if not fine(letter):
            yield Letter(at, letter, _instead(letter, fine))


def _in_iso_2022_jp(letter: str) -> bool:
    try:
        letter.encode("iso2022_jp")
    except UnicodeEncodeError:
        return False
    return True


def _instead(letter: str, fine: Callable[[str], bool]) -> str | None:
    """Something that reads the same and can be sent."""
    decomposed = unicodedata.normalize("NFD", letter)
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    for one in (_INSTEAD.get(letter), unicodedata.normalize("NFKC", letter), plain):
        if one and one != letter and all(map(fine, one)):
            return one
    return None
