"""What the gate says about a message, with every reason."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Reason:
    """What one rule says: it blocks for good, puts off `until` a moment, or lets pass (neither)."""

    rule: str
    words: str
    blocks: bool = False
    until: datetime | None = None


@dataclass(frozen=True)
class Allowed:
    """The message may leave now."""

    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Later:
    """The message may leave at a moment at the earliest, and is asked about again then."""

    at: datetime
    why: str
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Blocked:
    """The message must never leave; `why` is kept with it."""

    why: str
    reasons: tuple[Reason, ...] = ()


Verdict = Allowed | Later | Blocked
