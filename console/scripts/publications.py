"""What was published, as pages: all of it, one publication, one key; and taking it back."""

from flask import abort, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from bot.errors import ScriptRefused
from bot.rehearsal import release
from bot.scripts import difference, publishing
from bot.scripts import history as kept
from bot.scripts.item import Slot, as_shipped, revision_of
from bot.scripts.shipped import Shipped
from bot.store.session import transact
from bot.store.tables.scripts import LONGEST_REASON
from bot.text.language import Language
from console import visitor
from console.screens import Screens

MOST = 100


def history(screens: Screens) -> ResponseReturnValue:
    """The newest publications."""
    with screens.runtime.engine.connect() as connection:
        found = kept.entries(connection, screens.runtime.edition.shipped, limit=MOST)
    return screens.show("scripts/history", entries=found)


def publication(
    screens: Screens, number: int, problem: str | None = None, status: int = 200
) -> ResponseReturnValue:
    """One publication, word by word; `problem` says why the last act was refused."""
    try:
        with screens.runtime.engine.connect() as connection:
            found = kept.entry(connection, screens.runtime.edition.shipped, number)
    except ScriptRefused:
        abort(404)
    page = screens.show(
        "scripts/publication",
        entry=found,
        problem=problem,
        longest_reason=LONGEST_REASON,
        parts=difference.parts,
    )
    return page, status


def versions(screens: Screens, key: str) -> ResponseReturnValue:
    """All versions of one key, the newest first, and that of `?revision=` found among them.

    A message in words that a country has of its own names the key that is said everywhere.
    """
    shipped, revision = screens.runtime.edition.shipped, request.args.get("revision", "")
    try:
        ships = {language: as_shipped(shipped, (key, language)) for language in Language}
    except ScriptRefused:
        abort(404)
    with screens.runtime.engine.connect() as connection:
        found = kept.entries(connection, shipped, key, MOST)
        if other := _of_a_country(connection, shipped, key, revision):
            return redirect(url_for("scripts.versions", key=other, revision=revision), 303)
    return screens.show(
        "scripts/versions",
        key=key,
        entries=found,
        ships=ships,
        revision=revision,
        revision_of=revision_of,
        parts=difference.parts,
    )


def _of_a_country(connection: Connection, shipped: Shipped, key: str, revision: str) -> str | None:
    """The key of a country's own words for a key, where a revision is one of theirs."""
    for own, language in shipped.scripts:
        if own.partition(".")[2] == key and revision in _revisions(
            connection, shipped, (own, language)
        ):
            return own
    return None


def _revisions(connection: Connection, shipped: Shipped, slot: Slot) -> set[str]:
    said = (
        change.after
        for entry in kept.entries(connection, shipped, slot[0], MOST)
        for change in entry.changes
    )
    return {revision_of(content) for content in (as_shipped(shipped, slot), *said)}


def cancel(screens: Screens, number: int) -> ResponseReturnValue:
    """Call off a publication that waits for its time; its draft is open again."""
    who = visitor.current().member.actor

    def work(connection: Connection) -> None:
        publishing.cancel(connection, number, who)

    try:
        transact(screens.runtime.engine, work)
    except ScriptRefused as refused:
        return publication(screens, number, refused.why, 409)
    flash("called_off")
    return redirect(url_for("scripts.publication", number=number), 303)


def take_back(screens: Screens, number: int) -> ResponseReturnValue:
    """Say again what was said before a publication."""
    who, reason = visitor.current().member.actor, request.form.get("reason", "")
    try:
        back = release.take_back(screens.runtime, number, who, reason)
    except ScriptRefused as refused:
        return publication(screens, number, refused.why, 409)
    flash("taken_back")
    return redirect(url_for("scripts.publication", number=back), 303)
