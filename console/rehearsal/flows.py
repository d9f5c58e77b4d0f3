"""Flows as pictures: each drawn from its table of moves, with how often its arrows were taken."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from bot.dialogue import picture
from bot.dialogue.flow import Flow, Move
from bot.dialogue.picture import Edge
from bot.messaging.reports.moves import moves
from console import visitor
from console.rehearsal import period
from console.rehearsal.period import Period
from console.screens import Screens, told, wished_language
from console.screens import state as called_state

# What the page offers, and what it begins with, besides days of one's own.
DAYS = (7, 30)


@dataclass(frozen=True)
class Row:
    """An arrow of the picture as a line of a table."""

    at: str
    to: str
    labels: tuple[str, ...]
    count: int


def first(screens: Screens) -> ResponseReturnValue:
    """Begin with the first flow."""
    return redirect(url_for("rehearsal.flow", name=next(iter(screens.runtime.flows))), 303)


def one(screens: Screens, name: str) -> ResponseReturnValue:
    """A flow; `?state=` is highlighted in it."""
    flow = screens.runtime.flows.get(name)
    if flow is None:
        abort(404)
    days, state = period.asked(DAYS[0]), request.args.get("state", "")
    current = state if state in flow.states else None
    counted = _counts(screens, flow, days)
    called = partial(called_state, wished_language(), name)
    # Names of states and conditions are escaped where the picture is drawn.
    drawn = Markup(picture.draw(flow, current, counted, False, _label, called))  # noqa: S704
    return screens.show(
        "rehearsal/flow",
        flow=flow,
        flows=sorted(screens.runtime.flows),
        picture=drawn,
        rows=_rows(flow, counted),
        current=current,
        days=days,
        offered={count: period.latest(count) for count in DAYS},
    )


def _rows(flow: Flow, counted: Mapping[Edge, int]) -> list[Row]:
    """Every arrow, and what was taken without one: a question that was left for something else."""
    arrows = picture.edges(flow, _label)
    return [
        Row(*edge, tuple(arrows.get(edge, ())), counted.get(edge, 0))
        for edge in dict.fromkeys([*arrows, *counted])
    ]


def _label(row: Move) -> str:
    """A move in the visitor's language; flows of a company's own keep the names of their code."""
    language, condition = wished_language(), picture.condition(row)
    trigger, when = told(language, "trigger", row.trigger), told(language, "when", condition)
    return f"{trigger}: {when}" if condition else trigger


def _counts(screens: Screens, flow: Flow, days: Period) -> Mapping[Edge, int]:
    scope = visitor.current().scope
    with screens.runtime.engine.connect() as connection:
        counted = moves(connection, screens.runtime.flows, days.since, days.until, scope)
    return {(at, to): number for (name, at, to), number in counted.items() if name == flow.name}
