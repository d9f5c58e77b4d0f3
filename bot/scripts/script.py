"""One reply in one language, and what is known about it besides its words."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bot.text import template
from bot.text.language import Language


class Tag(StrEnum):
    """What a script is for; the checker asks more, or less, of it.

    FIRST may be the first message that a number gets. UNVERIFIED is said while it is open who is
    asking, VERIFIED only to who proved that. PROMOTIONAL advertises. CAMPAIGN is said by campaigns.
    PHRASE is a part of other texts, RECORD a line of the log that never leaves.
    """

    FIRST = "first"
    UNVERIFIED = "unverified"
    VERIFIED = "verified"
    PROMOTIONAL = "promotional"
    CAMPAIGN = "campaign"
    PHRASE = "phrase"
    RECORD = "record"


@dataclass(frozen=True)
class Script:
    """One reply in one language; `revision` names exactly these words.

    `offers` are the placeholders that whoever says it fills, besides those in its text.
    """

    key: str
    language: Language
    text: str
    note: str = ""
    max_segments: int | None = None
    tags: frozenset[Tag] = frozenset()
    offers: frozenset[str] = frozenset()

    @property
    def revision(self) -> str:
        """The first 12 hex digits of the text's SHA-256."""
        return revision(self.text)

    @property
    def placeholders(self) -> frozenset[str]:
        """The names of the placeholders in its text."""
        return template.placeholders(self.text)

    @property
    def leaves(self) -> bool:
        """Whether it is a message of its own."""
        return not self.tags & {Tag.PHRASE, Tag.RECORD}


Scripts = Mapping[tuple[str, Language], Script]


def revision(words: str) -> str:
    """The first 12 hex digits of the SHA-256 of some words."""
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:12]
