"""Canned replies: sentences that operators need every day, kept by editors in both languages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, Row, insert, select, update

from bot.audit import Act
from bot.errors import TemplateError
from bot.messaging.taking_over.reply import LONGEST
from bot.store.columns import utc_now
from bot.store.session import transact
from bot.store.tables import canned_replies
from bot.store.tables.overview import LONGEST_TITLE
from bot.text import segments, template
from bot.text.language import Language
from console import visitor
from console.screens import Screens

# What stands for itself in a canned reply until it is chosen.
PLACEHOLDERS = frozenset({"brand", "support_phone", "name"})
_canned = canned_replies.c


@dataclass(frozen=True)
class Canned:
    """A canned reply with its values filled in."""

    title: str
    body: str


def door(screens: Screens) -> Blueprint:
    """`/canned-replies`."""
    pages = Blueprint("canned", __name__, url_prefix="/canned-replies")
    pages.add_url_rule("", "everything", partial(everything, screens))
    pages.add_url_rule("", "add", partial(add, screens), methods=["POST"])
    retire_one = partial(retire, screens)
    pages.add_url_rule("/<int:canned_id>/retire", "retire", retire_one, methods=["POST"])
    return pages


def everything(
    screens: Screens, problem: str | None = None, status: int = 200
) -> ResponseReturnValue:
    """All that are in use."""
    with screens.runtime.engine.connect() as connection:
        found = _in_use(connection)
    page = screens.show(
        "canned/page",
        canned=found,
        languages=tuple(Language),
        count=segments.count,
        problem=problem,
        longest=LONGEST,
        longest_title=LONGEST_TITLE,
        placeholders=" ".join(f"{{{name}}}" for name in sorted(PLACEHOLDERS)),
    )
    return page, status


def add(screens: Screens) -> ResponseReturnValue:
    """Add one; a changed one is a new one beside the old, which is retired."""
    title, body = (request.form.get(name, "").strip() for name in ("title", "body"))
    language = request.form.get("language", "")
    if problem := _problem(title, body, language):
        return everything(screens, problem, 422)

    def work(connection: Connection) -> None:
        row = {"title": title, "body": segments.outgoing(body), "language": language}
        made = insert(canned_replies).values(row).returning(_canned.id)
        subject = f"canned {connection.execute(made).scalar_one()}"
        visitor.keep(connection, Act.CANNED_REPLY_CHANGE, subject)

    transact(screens.runtime.engine, work)
    flash("saved")
    return redirect(url_for("canned.everything"), 303)


def retire(screens: Screens, canned_id: int) -> ResponseReturnValue:
    """Offer one no longer."""

    def work(connection: Connection) -> None:
        ended = update(canned_replies).where(_canned.id == canned_id, _canned.retired_at.is_(None))
        if connection.execute(ended.values(retired_at=utc_now())).rowcount:
            told = {"retired": True}
            visitor.keep(connection, Act.CANNED_REPLY_CHANGE, f"canned {canned_id}", details=told)

    transact(screens.runtime.engine, work)
    flash("saved")
    return redirect(url_for("canned.everything"), 303)


def prepared(connection: Connection, row: Row[Any], values: Mapping[str, str]) -> Sequence[Canned]:
    """Those in a conversation's language, ready to be put into the composer."""
    return [
        Canned(one.title, template.render(one.body, values))
        for one in _in_use(connection)
        if one.language == row.language
    ]


def _in_use(connection: Connection) -> Sequence[Row[Any]]:
    found = select(canned_replies).where(_canned.retired_at.is_(None))
    return connection.execute(found.order_by(_canned.language, _canned.title)).all()


def _problem(title: str, body: str, language: str) -> str | None:
    if language not in set(Language) or not 0 < len(title) <= LONGEST_TITLE:
        return "no_title"
    if not 0 < len(body) <= LONGEST:
        return "no_body"
    try:
        template.check(body)
    except TemplateError:
        return "placeholder"
    return None if template.placeholders(body) <= PLACEHOLDERS else "placeholder"
