"""The simulator: the visitor texts the bot as an invented person, and sees how it decides.

What was said stands in the form. Each time all of it is played again on a stage of its own, so that
nothing is kept, nothing is sent, and nobody is disturbed by a colleague who tries something too.
"""

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from bot.audit import Act
from bot.errors import ScriptRefused
from bot.rehearsal import personas, talks
from bot.rehearsal.stage import Turn
from bot.rehearsal.talks import LONGEST_NAME, MOST_TURNS
from bot.store.session import transact
from console import visitor
from console.rehearsal import tried
from console.screens import Screens

# A form with as many texts as a talk may have is still one that the console takes.
LONGEST_TEXT = 300


def page(
    screens: Screens, problem: ScriptRefused | None = None, status: int = 200
) -> ResponseReturnValue:
    """The talk as the form has it; `problem` says why it was not kept."""
    turns: list[Turn] = []
    try:
        turns = _played(screens)
    except ScriptRefused as refused:
        problem, status = refused, 422
    shown = screens.show(
        "rehearsal/simulator",
        turns=turns,
        said=_said(),
        who=_who(),
        people=personas.everyone().values(),
        draft_id=tried.chosen(),
        drafts=tried.offered(screens),
        problem=problem,
        most=MOST_TURNS,
        longest=LONGEST_TEXT,
        longest_name=LONGEST_NAME,
    )
    return shown, status


def save(screens: Screens) -> ResponseReturnValue:
    """Keep the talk under a name: it must go on like this with every draft."""
    name, actor = request.form.get("name", ""), visitor.current().member.actor
    try:
        turns = _played(screens)

        def work(connection: Connection) -> None:
            talk_id = talks.save(connection, name, _who(), turns, actor)
            visitor.keep(connection, Act.TALK_SAVE, f"talk {talk_id}")

        transact(screens.runtime.engine, work)
    except ScriptRefused as refused:
        return page(screens, refused, 422)
    flash("talk_saved")
    return redirect(url_for("rehearsal.saved_talks"), 303)


def _played(screens: Screens) -> list[Turn]:
    said = _said()
    if not said:
        return []
    persona = personas.persona(_who())
    return personas.simulate(screens.runtime, persona, said, tried.edition(screens))


def _said() -> list[str]:
    """What was said so far, and what the visitor has just written, if anything."""
    written = [text.strip()[:LONGEST_TEXT] for text in request.form.getlist("said")]
    return [text for text in written if text][:MOST_TURNS]


def _who() -> str:
    """The persona that the visitor chose."""
    return request.values.get("who") or next(iter(personas.everyone()))
