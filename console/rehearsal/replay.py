"""The replay: real conversations of a time played again, and every reply that would be another."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask.typing import ResponseReturnValue

from bot.errors import ScriptRefused
from bot.rehearsal.past import Asked
from bot.rehearsal.replay import Changed, Replayed, replay
from bot.rehearsal.stage import Said
from bot.scripts import difference
from bot.scripts.difference import Part
from bot.staff import departments
from bot.text import mask
from console import visitor
from console.rehearsal import period, tried
from console.rehearsal.period import Period
from console.screens import Screens

# The texts that are played for one request: at 12 ms for each of two stages, about a second.
AT_ONCE = 40
DAYS = 7


@dataclass(frozen=True)
class Shown:
    """A reply that would be another: the keys before and after, and what changes word by word."""

    changed: Changed
    before: Sequence[str]
    after: Sequence[str]
    parts: Sequence[Part]


def page(screens: Screens) -> ResponseReturnValue:
    """The form, and where a draft is chosen the next piece of what it would change."""
    days, scope = period.asked(DAYS), visitor.current().scope
    found, problem = None, None
    if tried.chosen() is not None:
        try:
            found = _played(screens, days)
        except ScriptRefused as refused:
            problem = refused
    with screens.runtime.engine.connect() as connection:
        senders = departments.senders_within(connection, scope)
    shown = screens.show(
        "rehearsal/replay",
        found=found,
        changed=[_shown(one) for one in found.changed] if found else (),
        texts=(tried.number("texts") or 0) + (found.texts if found else 0),
        others=(tried.number("others") or 0) + (len(found.changed) if found else 0),
        days=days,
        sender_id=tried.number("sender"),
        senders=senders,
        draft_id=tried.chosen(),
        drafts=tried.offered(screens),
        problem=problem,
    )
    return shown, 422 if problem else 200


def _played(screens: Screens, days: Period) -> Replayed:
    asked = Asked(
        days.since,
        days.until,
        visitor.current().scope,
        tried.number("sender"),
        tried.number("after") or 0,
    )
    return replay(screens.runtime, tried.edition(screens), asked, AT_ONCE)


def _shown(one: Changed) -> Shown:
    old, new = ([said.key for said in side] for side in (one.before, one.after))
    return Shown(one, old, new, _parts(_words(one.before), _words(one.after), torn=old != new))


def _parts(before: str, after: str, torn: bool) -> Sequence[Part]:
    """Word by word, unless other scripts are said: what their words have in common is chance."""
    if not torn:
        return difference.parts(before, after)
    whole: list[Part] = [Part("out", before), Part("in", after)]
    return [part for part in whole if part.text]


def _words(said: Sequence[Said]) -> str:
    return "\n".join(mask.tokens(one.body) for one in said)
