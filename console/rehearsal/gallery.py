"""Ready scripts for notices, as they look on a phone, and taking them into a draft."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from bot.compliance import industries
from bot.errors import ScriptRefused
from bot.scripts import drafts, gallery
from bot.scripts.about import Size
from bot.scripts.checker.measure import Measure, measure
from bot.scripts.item import content_of
from bot.scripts.script import Script
from bot.scripts.sentence import Sentence
from bot.senders.surroundings import surroundings
from bot.store.session import transact
from bot.text.language import Language
from console import visitor
from console.screens import Screens


@dataclass(frozen=True)
class Shown:
    """A ready script in one language, with values of each size."""

    script: Script
    sizes: Mapping[Size, Measure]


def page(
    screens: Screens, problem: ScriptRefused | None = None, status: int = 200
) -> ResponseReturnValue:
    """Every ready script in both languages."""
    keys = sorted({key for key, _ in gallery.scripts()})
    ready = {key: [_shown(screens, key, language) for language in Language] for key in keys}
    shown = screens.show(
        "rehearsal/gallery",
        ready=ready,
        presets=industries.shipped(),
        own=screens.runtime.settings.HENJI_INDUSTRY,
        problem=problem,
    )
    return shown, status


def take(screens: Screens) -> ResponseReturnValue:
    """Begin a draft with a ready script in both languages."""
    key, actor = request.form.get("key", ""), visitor.current().member.actor
    ready, edition = gallery.scripts(), screens.runtime.edition
    changes = {slot: content_of(script) for slot, script in ready.items() if slot[0] == key}

    def work(connection: Connection) -> int:
        if not changes:
            raise ScriptRefused(Sentence("not_in_gallery", key=key[:64]))
        return drafts.of_changes(connection, actor, changes, edition)

    try:
        draft_id = transact(screens.runtime.engine, work)
    except ScriptRefused as refused:
        return page(screens, refused, 422)
    flash("taken")
    return redirect(url_for("scripts.draft", draft_id=draft_id), 303)


def _shown(screens: Screens, key: str, language: Language) -> Shown:
    settings = screens.runtime.settings
    script = gallery.scripts()[key, language]
    names = surroundings(settings).names[language]
    measured = measure(script, gallery.examples(), names, settings.yen_per_step)
    return Shown(script, {one.size: one for one in measured})
