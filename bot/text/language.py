"""The two languages the bot speaks, and how to tell which one a person uses."""

import re
from enum import StrEnum

# Iteration and zero marks (々〆〇), kana, kanji with their extensions, and the full-width Latin
# letters and half-width kana that only a Japanese keyboard produces.
_JAPANESE = re.compile(
    "[\u3005-\u3007\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\uff21-\uff3a\uff41-\uff5a\uff66-\uff9f\U00020000-\U0003ffff]"
)
_LATIN = re.compile("[A-Za-z]")


class Language(StrEnum):
    """A language of reply scripts; the value is its ISO 639-1 code."""

    JA = "ja"
    EN = "en"


def detect(text: str) -> Language | None:
    """Return the language `text` is written in, or None when it does not show ("1", "?", "y")."""
    if _JAPANESE.search(text):
        return Language.JA
    first = _LATIN.search(text)
    if first and _LATIN.search(text, first.end()):
        return Language.EN
    return None


def of_number(number: str) -> Language:
    """Return the language to start with for an E.164 number: Japanese for Japan, else English."""
    return Language.JA if number.startswith("+81") else Language.EN
