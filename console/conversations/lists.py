"""The list of conversations: its page, and the part of it that is renewed."""

from dataclasses import replace
from typing import Any

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from bot.dialogue.effects import Consent
from bot.overview import listing
from bot.overview.filters import Filters, State
from bot.overview.listing import Asked
from bot.overview.paging import PAGE
from bot.staff import departments
from bot.text import mask
from bot.text.language import Language
from console import visitor
from console.conversations.watch import latest_change
from console.screens import Screens

# The views above the list, each a filter by state; empty: everything.
VIEWS = ("", State.WANTED, "mine", State.TAKEN, State.HELD, State.ON_HOLD, State.TROUBLE)


def page(screens: Screens) -> ResponseReturnValue:
    """The whole page; every filter stands in its address."""
    return _show(screens, "conversations/list", choices=_choices(screens))


def part(screens: Screens) -> ResponseReturnValue:
    """The list alone, for a page that is open."""
    return _show(screens, "conversations/lines")


def _show(screens: Screens, template: str, **values: Any) -> ResponseReturnValue:
    here = visitor.current()
    filters = Filters.read(request.args)
    asked = Asked(here.scope, here.member.id, filters, request.args.get("after", ""))
    with screens.runtime.engine.connect() as connection:
        since = latest_change(connection)
        found = listing.page(connection, screens.runtime.vault, asked)
    return screens.show(
        template,
        page=found,
        since=since,
        filters=filters,
        asked=filters.asked(),
        is_first=not asked.after,
        full=PAGE,
        views={view: replace(filters, state=view).asked() for view in VIEWS},
        last_words=last_words,
        too_short=bool(filters.words) and len(filters.words) < 2,
        **values,
    )


def last_words(row: Any) -> tuple[str, str]:
    """Who spoke last (in, bot, staff or carrier), and what, with what nobody should see hidden."""
    if row.heard_at and (not row.said_at or row.heard_at > row.said_at):
        return "in", heard_words(row)
    return row.said_by or "", mask.tokens(row.said or "")


def heard_words(row: Any) -> str:
    """What they wrote last; the digits of what was not read yet may answer who they are."""
    heard: str = row.heard or ""
    return mask.digits(heard) if row.heard_status == "waiting" else heard


def _choices(screens: Screens) -> dict[str, Any]:
    def read(connection: Connection) -> dict[str, Any]:
        return {
            "senders": departments.senders_within(connection, visitor.current().scope),
            "departments": departments.everyone(connection),
        }

    with screens.runtime.engine.connect() as connection:
        found = read(connection)
    return {
        **found,
        "flows": sorted(screens.runtime.flows),
        "consents": tuple(Consent),
        "languages": tuple(Language),
    }
