"""One key before its editor: the page, a look at what they typed, and keeping it in their draft."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from bot.scripts import difference, drafts
from bot.scripts.checker import billing
from bot.scripts.conflicts import Conflict
from bot.scripts.edition import allowed
from bot.scripts.item import intent_of
from bot.store.session import transact
from bot.text.language import Language
from console import visitor
from console.screens import Screens, wished_language
from console.scripts import desk as desks
from console.scripts import fields as judged
from console.scripts.desk import Desk, Typed
from console.scripts.fields import Field
from console.scripts.pieces import chips, marked


def one(screens: Screens, key: str) -> ResponseReturnValue:
    """The words of a key, as the visitor's draft has them, or as they are in force."""
    with screens.runtime.engine.connect() as connection:
        desk = desks.lay(connection, screens.runtime, key)
        overtaken = desk.overtaken()
        typed = {language: desk.content(language) for language in Language}
        both = _made_one(typed, overtaken)
        found = judged.fields(connection, screens.runtime, desk, both, overtaken)
    return _page(screens, desk, found)


def look(screens: Screens, key: str) -> ResponseReturnValue:
    """How what was typed would be said, and what is found in it; nothing is kept."""
    with screens.runtime.engine.connect() as connection:
        desk = desks.lay(connection, screens.runtime, key)
        typed = _typed(key)
        overtaken = desks.overtaken(connection, desk, typed)
        # A part leaves the fields of the page as they are.
        part = "HX-Request" in request.headers
        said = typed if part else _made_one(typed, overtaken)
        found = judged.fields(connection, screens.runtime, desk, said, overtaken)
    return _page(screens, desk, found, "scripts/looks" if part else "scripts/one")


def save(screens: Screens, key: str) -> ResponseReturnValue:
    """Keep what was typed in the visitor's draft, or in the language `restore` what ships.

    The page again, with all that was typed, where it cannot be kept (422), or where somebody
    changed the same words meanwhile (409).
    """

    def work(connection: Connection) -> ResponseReturnValue:
        desk = desks.lay(connection, screens.runtime, key)
        typed = {**_typed(key), **desk.restored(request.form.get("restore", ""))}
        overtaken = desks.overtaken(connection, desk, typed)
        both = _made_one(typed, overtaken)
        found = judged.fields(connection, screens.runtime, desk, both, overtaken)
        if overtaken:
            return _page(screens, desk, found), 409
        if any(field.blocked for field in found):
            return _page(screens, desk, found), 422
        return _after(key, _write(connection, desk, typed))

    return transact(screens.runtime.engine, work)


def _page(screens: Screens, desk: Desk, found: list[Field], template: str = "scripts/one") -> str:
    key, edition = desk.key, desk.edition
    return screens.show(
        template,
        key=key,
        desk=desk,
        fields=found,
        is_words=intent_of(key) is not None,
        script=edition.scripts.get((key, Language.JA)),
        names=_names(desk),
        ships=desk.others_than_ship(),
        tables=billing.tables(),
        is_required=judged.is_required,
        chips=chips,
        marked=marked,
        parts=difference.parts,
    )


def _names(desk: Desk) -> list[tuple[str, str]]:
    """The placeholders that the key may have, each with what it means to the visitor."""
    shipped, language = desk.edition.shipped, wished_language()
    script = shipped.scripts.get((desk.key, language))
    names = sorted(allowed(script, shipped.scripts)) if script else ()
    return [(name, shipped.meanings.get((name, language), name)) for name in names]


def _after(key: str, draft_id: int | None) -> ResponseReturnValue:
    flash("drafted" if draft_id is not None else "unchanged")
    return redirect(url_for("scripts.one", key=key, draft=draft_id), 303)


def _write(connection: Connection, desk: Desk, typed: Typed) -> int | None:
    """Put what is new into the draft, or into a new one; the draft's id."""
    who, draft_id = visitor.current().member.actor, desk.draft.id if desk.draft else None
    for language, content in typed.items():
        slot, item = (desk.key, language), desk.item(language)
        now = desk.edition.content(slot)
        settles = item is not None and item.seen != now
        if content == desk.content(language) and not settles:
            continue
        if draft_id is None:
            draft_id = drafts.begin(connection, who)
        if content == now:
            drafts.forget(connection, draft_id, who, slot)
        else:
            seen = now if settles else None
            kept = desk.unless_it_ships(language, content)
            drafts.write(connection, draft_id, who, slot, kept, desk.edition, seen)
    return draft_id


def _typed(key: str) -> Typed:
    read = _words if intent_of(key) else _text
    return {language: read(key, language) for language in Language}


def _text(key: str, language: Language) -> Mapping[str, Any]:
    """Browsers send a line break as two characters."""
    text, note = (request.form.get(f"{name}_{language}", "") for name in ("text", "note"))
    return {"text": text.replace("\r\n", "\n"), "note": " ".join(note.split())}


def _words(key: str, language: Language) -> Mapping[str, Any]:
    """The words that are still ticked, and those that were added, a line for each."""
    kept = request.form.getlist(f"keep_{language}")
    added = request.form.get(f"add_{language}", "").splitlines()
    words = (word.strip() for word in (*kept, *added))
    return {"words": list(dict.fromkeys(filter(None, words)))}


def _made_one(typed: Typed, overtaken: Mapping[Language, Conflict]) -> Typed:
    """What was typed, and both changes where they touch different words."""
    both = {one: conflict.merged for one, conflict in overtaken.items() if conflict.merged}
    return {**typed, **both}
