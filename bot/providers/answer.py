"""An HTTP answer of a provider, and what every provider's answer may say."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

LONGEST_ID = 128


@dataclass(frozen=True)
class Answer:
    """Status, header fields by their names in lower case, and the whole body."""

    status: int
    body: bytes = field(default=b"", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def json(self) -> dict[str, Any]:
        """The body as a JSON object; an empty one for anything else."""
        try:
            content = json.loads(self.body)
        except ValueError:
            return {}
        return content if isinstance(content, dict) else {}

    def id(self, name: str) -> str | None:
        """The provider's id under a name; None where there is none that can be kept."""
        found = self.json().get(name)
        if not isinstance(found, str) or not 0 < len(found) <= LONGEST_ID:
            return None
        return found if found.isascii() and found.isprintable() else None

    @property
    def retry_after(self) -> float | None:
        """How many seconds to wait, if it says so: as seconds or as a date (RFC 9110, 10.2.3).

        A date is compared with the answer's own, so that no wrong clock of ours matters.
        """
        wish = self.headers.get("retry-after", "").strip()
        if wish.isdecimal():
            return float(wish)
        at, sent_at = _moment(wish), _moment(self.headers.get("date", ""))
        if at is None:
            return None
        return max(0.0, (at - (sent_at or datetime.now(UTC))).total_seconds())


def _moment(written: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(written)
    except (ValueError, OverflowError):
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC)
