"""What the doctor says about one thing."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One sentence; `fine` where nobody has to do anything about it."""

    fine: bool
    sentence: str


def good(sentence: str) -> Finding:
    """All is well with something."""
    return Finding(True, sentence)


def bad(sentence: str) -> Finding:
    """Somebody has to do something."""
    return Finding(False, sentence)
