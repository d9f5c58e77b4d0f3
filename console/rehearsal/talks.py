"""Talks that must go on as they went: played with a draft, green or red; and forgetting one."""

from collections.abc import Sequence

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from bot.audit import Act
from bot.errors import ScriptRefused
from bot.rehearsal import talks
from bot.rehearsal.talks import Course
from bot.store.session import transact
from console import visitor
from console.rehearsal import tried
from console.screens import Screens

# The texts that are played for one request; at 12 ms each it takes about a second.
MOST_TEXTS = 60


def page(
    screens: Screens, problem: ScriptRefused | None = None, status: int = 200
) -> ResponseReturnValue:
    """The talks from `?from=` on, as many as can be played at once."""
    with screens.runtime.engine.connect() as connection:
        course = talks.saved(connection)
    first = tried.number("from") or 0
    piece = _piece(course[first:])
    played = []
    try:
        played = talks.play(screens.runtime, tried.edition(screens), piece)
    except ScriptRefused as refused:
        problem, status = refused, 422
    after = first + len(piece)
    shown = screens.show(
        "rehearsal/talks",
        played=list(zip(piece, played, strict=False)),
        next=after if after < len(course) else None,
        red=(tried.number("red") or 0) + sum(not one.green for one in played),
        seen=after,
        draft_id=tried.chosen(),
        drafts=tried.offered(screens),
        problem=problem,
    )
    return shown, status


def forget(screens: Screens) -> ResponseReturnValue:
    """Forget a talk that staff saved."""

    def work(connection: Connection) -> None:
        talk_id = talks.forget(connection, request.form.get("name", ""))
        visitor.keep(connection, Act.TALK_FORGET, f"talk {talk_id}")

    try:
        transact(screens.runtime.engine, work)
    except ScriptRefused as refused:
        return page(screens, refused, 409)
    flash("talk_forgotten")
    return redirect(url_for("rehearsal.saved_talks"), 303)


def _piece(course: Sequence[Course]) -> Sequence[Course]:
    """The first talks that have at most so many texts together, and one in any case."""
    texts = 0
    for count, talk in enumerate(course):
        texts += len(talk.expected)
        if count and texts > MOST_TEXTS:
            return course[:count]
    return course
