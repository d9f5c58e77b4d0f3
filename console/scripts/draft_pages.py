"""Drafts as pages: which there are, and one of them beside what its author had before them."""

from collections.abc import Iterator

from flask import abort, request
from flask.typing import ResponseReturnValue

from bot.errors import ScriptRefused
from bot.rehearsal import release
from bot.scripts import difference, drafts, published
from bot.scripts.changes import Change
from bot.scripts.checker.finding import Severity
from bot.scripts.drafts import Draft, State
from bot.scripts.edition import Edition
from bot.scripts.item import as_shipped
from bot.setting_types import Review
from bot.store.tables.scripts import LONGEST_REASON
from console import visitor
from console.screens import Screens
from console.scripts import marks


def drafts_page(screens: Screens) -> ResponseReturnValue:
    """The visitor's open drafts, those that others show, and publications that wait."""
    with screens.runtime.engine.connect() as connection:
        found = drafts.listed(connection, visitor.current().member.actor)
        timed = published.waiting(connection)
    return screens.show("scripts/drafts", drafts=found, timed=timed)


def draft(
    screens: Screens, draft_id: int, problem: str | None = None, status: int = 200
) -> ResponseReturnValue:
    """One draft, word by word, with what is found in it; the talks with `?play=1`.

    `problem` says why the last act was refused.
    """
    who, plays = visitor.current().member.actor, "play" in request.args
    try:
        examined = release.examine(screens.runtime, draft_id, who, play=plays)
    except ScriptRefused:
        abort(404)
    asked = screens.runtime.settings.HENJI_SCRIPTS_REVIEW is Review.ON
    shown = examined.draft
    page = screens.show(
        "scripts/draft",
        draft=shown,
        mark=marks.of_draft(shown),
        examined=examined,
        changes=list(_changes(shown, examined.edition)),
        warned=sorted({one.rule for one in examined.findings if one.severity is Severity.WARNING}),
        is_own=shown.author == who,
        is_open=shown.state in drafts.EDITABLE,
        is_ready=shown.state is State.APPROVED or (not asked and shown.state is State.REVIEW),
        plays=plays,
        problem=problem,
        longest_reason=LONGEST_REASON,
        parts=difference.parts,
    )
    return page, status


def _changes(draft: Draft, edition: Edition) -> Iterator[Change]:
    for slot, item in draft.items.items():
        after = as_shipped(edition.shipped, slot) if item.content is None else item.content
        yield Change(slot, item.seen, after)
