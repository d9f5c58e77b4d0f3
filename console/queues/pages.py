"""The queues: one page for each, and the numbers beside their names."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from bot.dialogue.holds import HoldKind
from bot.messaging.sending.undecided import Trouble, undecided
from bot.overview import queues
from bot.overview.paging import PAGE
from bot.overview.queues import MOST_COUNTED, Queue
from bot.staff.departments import Scope
from bot.text import mask
from bot.text.whole import whole
from console import visitor
from console.conversations.lists import heard_words, last_words
from console.conversations.watch import latest_change
from console.screens import Screens

# What the second line of filters of a queue offers.
KINDS: Mapping[Queue, tuple[str, ...]] = {
    Queue.MESSAGES: tuple(Trouble),
    Queue.HOLDS: tuple(each for each in HoldKind if each is not HoldKind.STOP_QUESTION),
}


@dataclass(frozen=True)
class Shown:
    """Some of a queue, and the key of what comes after it."""

    rows: Any
    next: str | None = None


def first() -> ResponseReturnValue:
    """Begin with the people who wait."""
    return redirect(url_for("queues.page", queue=Queue.PEOPLE), 303)


def page(
    screens: Screens, queue: str, problem: Mapping[str, object] | None = None, status: int = 200
) -> ResponseReturnValue:
    """One queue, or with `?part=list` its list alone; `problem` says why an act was refused."""
    if queue not in set(Queue):
        abort(404)
    kind = request.args.get("kind", "")
    kinds = KINDS.get(Queue(queue), ())
    asked = {"kind": kind} if kind in kinds else {}
    with screens.runtime.engine.connect() as connection:
        since = latest_change(connection)
        found = _READ[Queue(queue)](connection, visitor.current().scope, asked.get("kind", ""))
        counted = queues.counts(connection, visitor.current().scope)
    part = request.args.get("part") == "list"
    screen = screens.show(
        f"queues/{queue}" if part else "queues/page",
        queue=Queue(queue),
        found=found,
        since=since,
        counts=counted,
        most=MOST_COUNTED,
        kinds=kinds,
        asked=asked,
        is_first="after" not in request.args,
        problem=problem,
        last_words=last_words,
        heard_words=heard_words,
        tokens=mask.tokens,
        longest_reason=visitor.LONGEST_REASON,
    )
    return screen, status


def counts(screens: Screens) -> ResponseReturnValue:
    """The number in the navigation, and with `?each=1` those beside the names of the queues."""
    with screens.runtime.engine.connect() as connection:
        counted = queues.counts(connection, visitor.current().scope)
    each = "each" in request.args
    return screens.show("queues/counts", counts=counted, most=MOST_COUNTED, each=each)


def _people(connection: Connection, scope: Scope, _: str) -> Shown:
    found = queues.people(connection, scope, request.args.get("after", ""))
    return Shown(found.rows, found.next)


def _questions(connection: Connection, scope: Scope, _: str) -> Shown:
    found = queues.questions(connection, scope, request.args.get("after", ""))
    return Shown(found.rows, found.next)


def _messages(connection: Connection, scope: Scope, kind: str) -> Shown:
    kinds = [Trouble(kind)] if kind else list(Trouble)
    before = whole(request.args.get("after", ""))
    found = undecided(connection, kinds, before, PAGE + 1, scope)
    return Shown(found[:PAGE], str(found[PAGE - 1].id) if len(found) > PAGE else None)


def _holds(connection: Connection, scope: Scope, kind: str) -> Shown:
    wanted = HoldKind(kind) if kind else None
    return Shown(*queues.to_review(connection, scope, wanted, request.args.get("after", "")))


def _alerts(connection: Connection, scope: Scope, _: str) -> Shown:
    found = queues.open_alerts(connection, scope, request.args.get("after", ""))
    return Shown(found.rows, found.next)


_READ: Mapping[Queue, Callable[[Connection, Scope, str], Shown]] = {
    Queue.PEOPLE: _people,
    Queue.QUESTIONS: _questions,
    Queue.MESSAGES: _messages,
    Queue.HOLDS: _holds,
    Queue.ALERTS: _alerts,
}
