"""What the checker says about one thing."""

from dataclasses import dataclass
from enum import StrEnum

from bot.scripts.sentence import Sentence
from bot.text.language import Language


class Severity(StrEnum):
    """An ERROR keeps words from being published; a WARNING wants a reason."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Finding:
    """One sentence that a person can act on, under the name of its rule.

    `language` is None where it is about a key in both, or about no script at all.
    """

    severity: Severity
    rule: str
    key: str
    language: Language | None
    sentence: Sentence

    def __str__(self) -> str:
        where = f"{self.language}: {self.key}" if self.language else self.key
        return f"{self.severity} {self.rule}: {where}: {self.sentence}"
