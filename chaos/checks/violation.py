"""What a check found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Violation:
    """Of which kind (lost, doubled, ...), what happened in words, and whose conversation it is."""

    kind: str
    words: str
    number: str | None = None
