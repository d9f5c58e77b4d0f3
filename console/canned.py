"""Canned replies as pages: editors add, change and retire them, everybody reads them."""

from functools import partial

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from bot.audit import Act
from bot.messaging.taking_over import canned
from bot.messaging.taking_over.canned import Canned
from bot.messaging.taking_over.reply import LONGEST
from bot.store.tables.overview import LONGEST_TITLE
from bot.text import segments
from bot.text.language import Language
from console import visitor
from console.saving import save
from console.screens import Screens


def door(screens: Screens) -> Blueprint:
    """`/canned-replies`."""
    pages = Blueprint("canned", __name__, url_prefix="/canned-replies")
    pages.add_url_rule("", "everything", partial(everything, screens))
    for rule, act in (("", add), ("/<int:canned_id>", change), ("/<int:canned_id>/retire", retire)):
        pages.add_url_rule(rule, act.__name__, partial(act, screens), methods=["POST"])
    return pages


def everything(
    screens: Screens, problem: str | None = None, status: int = 200
) -> ResponseReturnValue:
    """All that are in use, and a form for a new one or, with `?change=`, for one of them."""
    with screens.runtime.engine.connect() as connection:
        found = canned.in_use(connection)
    chosen = request.args.get("change", "")
    page = screens.show(
        "canned/page",
        canned=found,
        changed=next((one for one in found if str(one.id) == chosen), None),
        languages=tuple(Language),
        count=segments.count,
        problem=problem,
        longest=LONGEST,
        longest_title=LONGEST_TITLE,
        placeholders=" ".join(f"{{{name}}}" for name in sorted(canned.PLACEHOLDERS)),
    )
    return page, status


def add(screens: Screens) -> ResponseReturnValue:
    """Add one."""

    def work(connection: Connection) -> None:
        _keep(connection, canned.add(connection, _given()))

    return save(screens, work, everything, "canned.everything")


def change(screens: Screens, canned_id: int) -> ResponseReturnValue:
    """Offer another one instead of one that is retired by that."""

    def work(connection: Connection) -> None:
        _keep(connection, canned.change(connection, canned_id, _given()), before=canned_id)

    return save(screens, work, everything, "canned.everything")


def retire(screens: Screens, canned_id: int) -> ResponseReturnValue:
    """Offer one no longer."""

    def work(connection: Connection) -> None:
        if canned.retire(connection, canned_id):
            _keep(connection, canned_id, how="retired")

    return save(screens, work, everything, "canned.everything")


def _given() -> Canned:
    title, body, language = (
        request.form.get(name, "").strip() for name in ("title", "body", "language")
    )
    return Canned(title, body, language)


def _keep(connection: Connection, canned_id: int, **told: object) -> None:
    visitor.keep(connection, Act.CANNED_REPLY_CHANGE, f"canned {canned_id}", details=told)
