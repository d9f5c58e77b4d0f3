"""What becomes of a draft: shown to others, approved or sent back, published, given up."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from bot.errors import ScriptRefused
from bot.rehearsal import release
from bot.scripts import drafts
from bot.scripts.drafts import Draft
from bot.scripts.sentence import Sentence
from bot.store.session import transact
from bot.text.format import TOKYO
from console import visitor
from console.screens import Screens
from console.scripts import draft_pages, marks

ACCEPTED = "accept_"
Act = Callable[[Connection, str], None]


def ask(screens: Screens, draft_id: int) -> ResponseReturnValue:
    """Say why it is wanted, and why its warnings may stand, and show it to others."""
    accepted = {
        name.removeprefix(ACCEPTED): why
        for name, why in request.form.items()
        if name.startswith(ACCEPTED) and why.strip()
    }

    def act(connection: Connection, who: str) -> None:
        drafts.explain(connection, draft_id, who, request.form.get("reason", ""), accepted)
        drafts.ask_for_review(connection, draft_id, who)

    return _do(screens, draft_id, act, "asked")


def approve(screens: Screens, draft_id: int) -> ResponseReturnValue:
    """Approve somebody else's draft."""
    return _review(screens, draft_id, good=True)


def send_back(screens: Screens, draft_id: int) -> ResponseReturnValue:
    """Give somebody else's draft back to them, with a note that says why."""
    return _review(screens, draft_id, good=False)


def withdraw(screens: Screens, draft_id: int) -> ResponseReturnValue:
    """Give up one's own draft."""

    def act(connection: Connection, who: str) -> None:
        drafts.withdraw(connection, draft_id, who)

    return _do(screens, draft_id, act, "withdrawn", url_for("scripts.drafts_page"))


def forget(screens: Screens, draft_id: int) -> ResponseReturnValue:
    """Take one change out of one's own draft."""
    key, language = request.form.get("key", ""), request.form.get("language", "")

    def act(connection: Connection, who: str) -> None:
        for slot in drafts.read(connection, draft_id, who).items:
            if slot == (key, language):
                drafts.forget(connection, draft_id, who, slot)

    return _do(screens, draft_id, act, "forgotten")


def publish(screens: Screens, draft_id: int) -> ResponseReturnValue:
    """Put a draft in force, at once or at a time in Japan."""
    written = request.form.get("at", "")
    try:
        at = _in_japan(written) if written else None
    except (ValueError, OverflowError):
        return draft_pages.draft(screens, draft_id, Sentence("no_time"), 422)
    who = visitor.current().member.actor
    try:
        with screens.runtime.engine.connect() as connection:
            _refuse_unseen(drafts.read(connection, draft_id, who))
        number = release.publish(screens.runtime, draft_id, who, at)
    except ScriptRefused as refused:
        return draft_pages.draft(screens, draft_id, refused.why, 409)
    flash("timed" if at else "published")
    return redirect(url_for("scripts.publication", number=number), 303)


def _in_japan(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=TOKYO).astimezone(UTC)


def _review(screens: Screens, draft_id: int, good: bool) -> ResponseReturnValue:
    note = request.form.get("note", "")

    def act(connection: Connection, who: str) -> None:
        draft = drafts.read(connection, draft_id, who, lock=True)
        drafts.review(connection, draft_id, who, good, note)
        _refuse_unseen(draft)

    return _do(screens, draft_id, act, "approved" if good else "sent_back")


def _refuse_unseen(draft: Draft) -> None:
    """ScriptRefused where a draft is not any more what the page of the form showed."""
    if marks.of_draft(draft) != request.form.get("mark"):
        raise ScriptRefused(Sentence("draft_was_changed", draft=draft.id))


def _do(
    screens: Screens, draft_id: int, act: Act, done: str, then: str | None = None
) -> ResponseReturnValue:
    who = visitor.current().member.actor
    try:
        transact(screens.runtime.engine, lambda connection: act(connection, who))
    except ScriptRefused as refused:
        return draft_pages.draft(screens, draft_id, refused.why, 409)
    flash(done)
    return redirect(then or url_for("scripts.draft", draft_id=draft_id), 303)
