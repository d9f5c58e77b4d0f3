"""What changes change: what was said before and after, and that in lines that a person reads."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.scripts import difference
from bot.scripts.edition import Edition
from bot.scripts.item import Changes, Slot, as_shipped


@dataclass(frozen=True)
class Change:
    """What a key said before and after."""

    slot: Slot
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    def lines(self) -> Iterator[str]:
        """What differs, word by word, with its key and language."""
        key, language = self.slot
        return (f"{language}: {key}: {line}" for line in between(self.before, self.after))


def shown(changes: Changes, edition: Edition) -> Iterator[str]:
    """A line for each thing that changes against an edition, word by word."""
    for slot, content in sorted(changes.items()):
        after = as_shipped(edition.shipped, slot) if content is None else content
        yield from Change(slot, edition.content(slot), after).lines()


def between(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """What differs between two contents."""
    if "words" in after:
        yield from (f"- {word}" for word in before["words"] if word not in after["words"])
        yield from (f"+ {word}" for word in after["words"] if word not in before["words"])
        return
    if before["text"] != after["text"]:
        yield difference.shown(before["text"], after["text"])
    if before["note"] != after["note"]:
        yield f"note: {difference.shown(before['note'], after['note'])}"
