"""What an editor has before them: a key with its words in force, and their draft of other ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, request
from sqlalchemy import Connection

from bot.errors import ScriptRefused
from bot.rehearsal import release
from bot.runtime import Runtime
from bot.scripts import drafts, published
from bot.scripts.conflicts import Conflict, conflicts, merged
from bot.scripts.drafts import Draft, Item
from bot.scripts.edition import Edition
from bot.scripts.item import Content, Slot, as_shipped
from bot.text.language import Language
from bot.text.whole import whole
from console import visitor
from console.scripts import marks

Typed = Mapping[Language, Mapping[str, Any]]


@dataclass(frozen=True)
class Desk:
    """A key in an edition, and the visitor's draft where they have one."""

    key: str
    edition: Edition
    draft: Draft | None

    def item(self, language: Language) -> Item | None:
        """What the draft changes in a language."""
        return self.draft.items.get((self.key, language)) if self.draft else None

    def content(self, language: Language) -> Mapping[str, Any]:
        """What the draft says, else what is in force."""
        slot, item = (self.key, language), self.item(language)
        if item is None:
            return self.edition.content(slot)
        return as_shipped(self.edition.shipped, slot) if item.content is None else item.content

    def others_than_ship(self) -> Mapping[Language, Mapping[str, Any]]:
        """What ships, in the languages in which the desk has something else."""
        ships = {one: as_shipped(self.edition.shipped, (self.key, one)) for one in Language}
        return {one: content for one, content in ships.items() if content != self.content(one)}

    def restored(self, language: str) -> Typed:
        """What ships in the language of a form's button, where there is one to go back to."""
        return {one: it for one, it in self.others_than_ship().items() if one == language}

    def unless_it_ships(self, language: Language, content: Mapping[str, Any]) -> Content:
        """A content as a draft keeps it: what ships follows git from then on."""
        ships = as_shipped(self.edition.shipped, (self.key, language))
        return None if content == ships else content

    def mark(self, language: Language) -> str:
        """What tells the draft's words from any others that it might have had; empty for none."""
        item = self.item(language)
        return marks.mark(item.content) if item else ""

    def overtaken(self) -> Mapping[Language, Conflict]:
        """What was published over the words that the draft was made from, by language."""
        found = conflicts(self.draft, self.edition) if self.draft else ()
        return {one.slot[1]: one for one in found if one.slot[0] == self.key}


def lay(connection: Connection, runtime: Runtime, key: str) -> Desk:
    """The desk for a key, with the draft that the request names, or that the visitor is at."""
    edition = release.edition(connection, runtime)
    who = visitor.current().member.actor
    asked = whole(request.values.get("draft", ""))
    draft_id = drafts.at_work(connection, who) if asked is None else asked
    try:
        for language in Language:
            edition.content((key, language))
        draft = drafts.read(connection, draft_id, who) if draft_id is not None else None
    except ScriptRefused:
        abort(404)
    if draft and (draft.author != who or draft.state not in drafts.EDITABLE):
        abort(404)
    return Desk(key, edition, draft)


def overtaken(connection: Connection, desk: Desk, typed: Typed) -> Mapping[Language, Conflict]:
    """Where the form was made from words that are not the newest any more, by language."""
    found = {}
    for language, mine in typed.items():
        slot = (desk.key, language)
        seen, theirs = _seen(connection, desk, slot), _newest(connection, desk, slot)
        if theirs is not None and theirs != mine:
            both = merged(seen, mine, theirs)
            found[language] = Conflict(slot, seen, mine, theirs, both)
    return found


def _seen(connection: Connection, desk: Desk, slot: Slot) -> Mapping[str, Any]:
    publication = whole(request.form.get("publication", ""))
    return published.content_at(connection, desk.edition.shipped, slot, publication)


def _newest(connection: Connection, desk: Desk, slot: Slot) -> Mapping[str, Any] | None:
    """What came in between, in another window or by somebody else; None where nothing did."""
    _, language = slot
    if request.form.get(f"mark_{language}", "") != desk.mark(language):
        return desk.content(language)
    now = desk.edition.content(slot)
    return now if _seen(connection, desk, slot) != now else None
