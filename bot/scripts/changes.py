"""What changes change, in lines that a person reads."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.scripts import difference
from bot.scripts.edition import Edition
from bot.scripts.item import Changes, as_shipped


def shown(changes: Changes, edition: Edition) -> Iterator[str]:
    """A line for each thing that changes against an edition, word by word."""
    for (key, language), content in sorted(changes.items()):
        slot = (key, language)
        after = as_shipped(edition.shipped, slot) if content is None else content
        for line in between(edition.content(slot), after):
            yield f"{language}: {key}: {line}"


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
