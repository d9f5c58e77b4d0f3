"""With which words something is tried: those in force, or a draft that the visitor may see."""

from collections.abc import Sequence
from typing import Any

from flask import request
from sqlalchemy import Row

from bot.rehearsal import release
from bot.scripts import drafts
from bot.scripts.edition import Edition
from bot.text.whole import whole
from console import visitor
from console.screens import Screens


def chosen() -> int | None:
    """The draft that the visitor chose; None for the words in force."""
    return number("draft")


def edition(screens: Screens) -> Edition:
    """The words that the visitor chose.

    ScriptRefused for a draft that is not theirs to see, or too broken to be said.
    """
    draft_id = chosen()
    if draft_id is None:
        return screens.runtime.edition
    with screens.runtime.engine.connect() as connection:
        return release.with_draft(
            connection, screens.runtime, draft_id, visitor.current().member.actor
        )


def offered(screens: Screens) -> Sequence[Row[Any]]:
    """The open drafts that the visitor may see."""
    with screens.runtime.engine.connect() as connection:
        return drafts.listed(connection, visitor.current().member.actor)


def number(name: str) -> int | None:
    """A whole number of the address or the form; None where there is none."""
    return whole(request.values.get(name, ""))
