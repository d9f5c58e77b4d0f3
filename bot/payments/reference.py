"""What a payment is called at a gateway: the link it is for, and which try it is."""

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

# The second when the link was made keeps apart the links of two databases that count alike.
_REFERENCE = re.compile(r"([1-9][0-9]{0,17})-([0-9]{1,12})-([1-9][0-9]{0,8})")


@dataclass(frozen=True)
class Reference:
    """The `attempt`-th try (from 1) to pay through a link; `made` is the link's Unix second."""

    link_id: int
    made: int
    attempt: int

    def __str__(self) -> str:
        return f"{self.link_id}-{self.made}-{self.attempt}"


def of(link: Row[Any]) -> Reference:
    """The try to pay that is open or comes next."""
    return Reference(link.id, _second(link), link.failures + 1)


def parse(text: str) -> Reference | None:
    """Read a reference back; None for what is none of ours."""
    parts = _REFERENCE.fullmatch(text)
    return Reference(*map(int, parts.groups())) if parts else None


def belongs(reference: Reference, link: Row[Any]) -> bool:
    """Whether a reference names this very link and a try that was made."""
    return reference.made == _second(link) and reference.attempt <= link.failures + 1


def _second(link: Row[Any]) -> int:
    return int(link.created_at.timestamp())
