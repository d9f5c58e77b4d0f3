"""`/exports`: what was asked for, what is to be decided, and the files."""

from functools import partial
from itertools import islice

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, Row

from bot.audit import Act
from bot.errors import ExportRefused
from bot.overview import exports
from bot.overview.exports import Wish
from bot.overview.filters import Filters
from bot.overview.listing import Asked
from bot.store.session import transact
from console import csv_file, visitor
from console.exports import file
from console.saving import save
from console.screens import Screens, wished_language


def door(screens: Screens) -> Blueprint:
    """The pages and the acts."""
    pages = Blueprint("exports", __name__, url_prefix="/exports")
    pages.add_url_rule("", "page", partial(page, screens))
    pages.add_url_rule("/count", "count", partial(count, screens))
    pages.add_url_rule("/new", "new", partial(new, screens))
    for rule, act in (
        ("/new", ask),
        ("/<int:export_id>/approve", approve),
        ("/<int:export_id>/refuse", refuse),
        ("/<int:export_id>/file", take),
    ):
        pages.add_url_rule(rule, act.__name__, partial(act, screens), methods=["POST"])
    return pages


def page(screens: Screens, problem: str | None = None, status: int = 200) -> ResponseReturnValue:
    """What the visitor asked for and, where they decide, what others did."""
    me = visitor.current().member
    with screens.runtime.engine.connect() as connection:
        mine = exports.of_member(connection, me)
        waiting = exports.undecided(connection, me)
    shown = screens.show(
        "exports/page",
        mine=mine,
        undecided=waiting,
        is_open=exports.is_open,
        lasts=exports.LASTS,
        problem=problem,
        most=exports.MOST,
    )
    return shown, status


def count(screens: Screens) -> ResponseReturnValue:
    """The number in the navigation of who decides."""
    with screens.runtime.engine.connect() as connection:
        waiting = exports.undecided(connection, visitor.current().member)
    return screens.show("exports/count", count=len(waiting))


def new(screens: Screens, problem: str | None = None, status: int = 200) -> ResponseReturnValue:
    """The form that asks for the list at hand, with how much that is."""
    filters, held = _filters(), 0
    try:
        held = _count(screens)
    except ExportRefused as refused:
        problem, status = refused.why, 422
    shown = screens.show(
        "exports/new",
        asked=filters.asked(),
        held=held,
        problem=problem,
        most=exports.MOST,
        lasts=exports.LASTS,
        longest_reason=visitor.LONGEST_REASON,
    )
    return shown, status


def ask(screens: Screens) -> ResponseReturnValue:
    """Ask for an export of the list that the form names."""
    filters, unmasked = _filters(), "unmasked" in request.form

    def work(connection: Connection) -> None:
        wish = Wish(filters, held, unmasked, visitor.reason())
        export_id = exports.ask(connection, visitor.current().member, wish)
        told = {
            "asked": sorted(filters.asked()),
            "conversations": held,
            "numbers": _shown(unmasked),
        }
        _keep(connection, Act.EXPORT_ASK, export_id, wish.reason, told)

    try:
        held = _count(screens)
    except ExportRefused as refused:
        return new(screens, refused.why, 422)
    return save(screens, work, new, "exports.page")


def approve(screens: Screens, export_id: int) -> ResponseReturnValue:
    """Let who asked take it, for a day."""
    return _decide(screens, export_id, Act.EXPORT_APPROVE)


def refuse(screens: Screens, export_id: int) -> ResponseReturnValue:
    """Not let them."""
    return _decide(screens, export_id, Act.EXPORT_REFUSE)


def take(screens: Screens, export_id: int) -> ResponseReturnValue:
    """The file, as the list stands now; that it is taken is kept before a line of it is read."""
    here, runtime, language = visitor.current(), screens.runtime, wished_language()

    def work(connection: Connection) -> Row[object]:
        row = exports.take(connection, here.member, export_id)
        _keep(connection, Act.EXPORT, export_id, row.reason, {"numbers": _shown(row.unmasked)})
        return row

    try:
        row = transact(runtime.engine, work)
    except ExportRefused as refused:
        return page(screens, refused.why, 409)
    asked = Asked(here.scope, here.member.id, Filters.read(row.filters))
    found = islice(exports.rows(runtime.engine, runtime.vault, asked), exports.MOST)
    lines = file.lines(language, found, unmasked=row.unmasked)
    name = f"henji-conversations-{export_id}.csv"
    return csv_file.streamed(name, file.columns(language), lines)


def _decide(screens: Screens, export_id: int, act: Act) -> ResponseReturnValue:
    me = visitor.current().member

    def work(connection: Connection) -> None:
        exports.decide(connection, me, export_id, approved=act is Act.EXPORT_APPROVE)
        _keep(connection, act, export_id)

    return save(screens, work, page, "exports.page")


def _filters() -> Filters:
    """The list that the address or the form names."""
    return Filters.read(request.values)


def _count(screens: Screens) -> int:
    here, runtime = visitor.current(), screens.runtime
    asked = Asked(here.scope, here.member.id, _filters())
    return exports.count(runtime.engine, runtime.vault, asked)


def _shown(unmasked: bool) -> str:
    return "full" if unmasked else "hidden"


def _keep(
    connection: Connection,
    act: Act,
    export_id: int,
    reason: str = "",
    details: dict[str, object] | None = None,
) -> None:
    visitor.keep(connection, act, f"export {export_id}", reason=reason, details=details)
