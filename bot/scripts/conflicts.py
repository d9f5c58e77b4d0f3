"""Two people who changed one thing: what each means, both made one, and the choice of a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from bot.errors import ScriptRefused
from bot.scripts import difference, drafts
from bot.scripts.drafts import Draft
from bot.scripts.edition import Edition
from bot.scripts.item import Slot, as_shipped, problems
from bot.scripts.sentence import Sentence, spoken


@dataclass(frozen=True)
class Conflict:
    """A change that somebody else's overtook; `merged` has both, where they touch other words."""

    slot: Slot
    seen: Mapping[str, Any]
    mine: Mapping[str, Any]
    theirs: Mapping[str, Any]
    merged: Mapping[str, Any] | None


def conflicts(draft: Draft, edition: Edition) -> list[Conflict]:
    """The changes of a draft whose ground has changed since."""
    found = []
    for slot, item in draft.items.items():
        theirs = edition.content(slot)
        if theirs != item.seen:
            mine = as_shipped(edition.shipped, slot) if item.content is None else item.content
            found.append(Conflict(slot, item.seen, mine, theirs, merged(item.seen, mine, theirs)))
    return found


def settle(
    connection: Connection,
    draft: Draft,
    who: str,
    slot: Slot,
    edition: Edition,
    content: Mapping[str, Any] | None = None,
) -> Mapping[str, Any]:
    """Put both changes, or a content that its author chose, into a draft over what is in force.

    ScriptRefused where nothing is to be settled, where both changed the same words, or where both
    together are too long.
    """
    found = next((one for one in conflicts(draft, edition) if one.slot == slot), None)
    if found is None:
        raise ScriptRefused(Sentence("nobody_else", key=slot[0], language=spoken(slot[1])))
    chosen = content if content is not None else found.merged
    if chosen is None:
        raise ScriptRefused(Sentence("both_changed", key=slot[0], language=spoken(slot[1])))
    for problem in problems(chosen):
        raise ScriptRefused(problem)
    drafts.write(connection, draft.id, who, slot, chosen, edition, seen=found.theirs)
    return chosen


def merged(
    seen: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]
) -> Mapping[str, Any] | None:
    """Both changes in one content; None where they touch the same words."""
    if "text" in seen and "text" in mine and "text" in theirs:
        texts = [difference.merged(seen[k], mine[k], theirs[k]) for k in ("text", "note")]
        return None if None in texts else {"text": texts[0], "note": texts[1]}
    if "words" in seen and "words" in mine and "words" in theirs:
        gone = set(seen["words"]) - set(mine["words"])
        new = [word for word in mine["words"] if word not in seen["words"]]
        kept = [word for word in theirs["words"] if word not in gone]
        return {"words": list(dict.fromkeys([*kept, *new]))}
    return None
