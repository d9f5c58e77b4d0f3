"""The audit log as a page to search, and as a CSV file."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, Engine, Row

from bot import audit
from bot.audit import COMMAND_LINE, NOBODY, PAGE, Act, Wanted
from bot.overview.written import day_of
from bot.store.session import transact
from bot.text.format import TOKYO
from bot.text.storable import storable
from bot.text.whole import whole
from console import csv_file, visitor
from console.screens import Screens, author, say, told, wished_language

COLUMNS = ("at", "actor", "act", "subject", "conversation", "reason", "details", "address")
MOST_EXPORTED = 100_000
AT_ONCE = 1000
# What may be asked for.
ASKED = ("actor", "act", "conversation", "since", "until", "words")


def door(screens: Screens) -> Blueprint:
    """`/audit` and `/audit.csv`."""
    pages = Blueprint("audit", __name__)
    pages.add_url_rule("/audit", "page", partial(page, screens))
    pages.add_url_rule("/audit.csv", "export", partial(export, screens), methods=["POST"])
    return pages


def page(screens: Screens) -> ResponseReturnValue:
    """The acts that are asked for, the newest first, a page at a time."""
    wanted = _wanted()
    with screens.runtime.engine.connect() as connection:
        events = audit.search(connection, wanted, PAGE + 1)
    more = events[PAGE - 1].id if len(events) > PAGE else None
    asked = {name: value for name, value in request.args.items() if name in ASKED and value}
    return screens.show(
        "audit/page",
        events=events[:PAGE],
        more=more,
        asked=asked,
        acts=sorted(Act),
        values=_values,
    )


def export(screens: Screens) -> ResponseReturnValue:
    """The same as a file that a spreadsheet takes as text; the export is an act itself."""
    wanted = _wanted()

    def work(connection: Connection) -> None:
        told = {name: value for name, value in request.values.items() if name in ASKED and value}
        visitor.keep(connection, Act.EXPORT, "audit", details={"asked": sorted(told)})

    transact(screens.runtime.engine, work)
    return csv_file.streamed("henji-audit.csv", COLUMNS, _rows(screens.runtime.engine, wanted))


def _wanted() -> Wanted:
    """What the address asks for; what cannot be read does not matter."""
    asked = request.values
    act, conversation, before = (asked.get(name, "") for name in ("act", "conversation", "before"))
    until = day_of(asked.get("until", ""))
    return Wanted(
        actor=_actor(storable(asked.get("actor", "")).strip()[:64]),
        act=Act(act) if act in set(Act) else None,
        conversation_id=whole(conversation),
        since=day_of(asked.get("since", "")),
        until=until and until + timedelta(days=1),
        words=storable(asked.get("words", "")).strip()[:100],
        before=whole(before),
    )


def _actor(written: str) -> str:
    """The actor that is meant by what the page calls them, where that is no name."""
    known = {author(wished_language(), actor): actor for actor in (NOBODY, COMMAND_LINE)}
    return known.get(written, written)


def _values(name: str, value: object) -> str:
    """A detail's value, or several, in the reader's language where it is known in it."""
    listed = value if isinstance(value, list) else [value]
    language = wished_language()
    written = [str(each) for each in listed if each is not None]
    if name == "asked":
        return ", ".join(told(language, "filter", each) for each in written) or say(language, "any")
    return ", ".join(told(language, "value", each) for each in written)


def _rows(engine: Engine, wanted: Wanted) -> Iterator[tuple[str, ...]]:
    for event in islice(_events(engine, wanted), MOST_EXPORTED):
        yield (
            event.created_at.astimezone(TOKYO).isoformat(timespec="seconds"),
            event.actor,
            event.act,
            event.subject,
            str(event.conversation_id or ""),
            event.reason,
            json.dumps(event.details, ensure_ascii=False),
            event.address,
        )


def _events(engine: Engine, wanted: Wanted) -> Iterator[Row[Any]]:
    """All of them, some at a time, so that neither memory nor a transaction grows with the log."""
    while True:
        with engine.connect() as connection:
            found = audit.search(connection, wanted, AT_ONCE)
        yield from found
        if len(found) < AT_ONCE:
            return
        wanted = replace(wanted, before=found[-1].id)
