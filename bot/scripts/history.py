"""What was published, in the order in which it came: who, when, why, and what it changed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, exists, select

from bot.errors import ScriptRefused
from bot.scripts import publishing
from bot.scripts.changes import Change
from bot.scripts.item import as_shipped
from bot.scripts.published import NEWEST
from bot.scripts.shipped import Shipped
from bot.store.columns import utc_now
from bot.store.tables import script_publications, script_versions
from bot.text.language import Language

_publication = script_publications.c


@dataclass(frozen=True)
class Entry:
    """A publication; `state` is published, rollback, waiting or canceled, and `changes` are those
    against what it replaced."""

    number: int
    state: str
    author: str
    reviewer: str | None
    publisher: str
    reason: str
    effective_at: datetime
    undoes: int | None
    changes: tuple[Change, ...]


def entries(
    connection: Connection, shipped: Shipped, key: str | None = None, limit: int = 20
) -> list[Entry]:
    """The newest publications, or the newest that changed a key."""
    found = select(script_publications, utc_now().label("now")).order_by(*NEWEST).limit(limit)
    if key is not None:
        found = found.where(
            exists().where(
                script_versions.c.publication_id == _publication.id, script_versions.c.key == key
            )
        )
    return [_entry(connection, shipped, row, key) for row in connection.execute(found).all()]


def entry(connection: Connection, shipped: Shipped, number: int) -> Entry:
    """One publication; ScriptRefused for a number that there is not."""
    return _entry(connection, shipped, publishing.of_number(connection, number), None)


def _entry(connection: Connection, shipped: Shipped, row: Row[Any], key: str | None) -> Entry:
    versions = publishing.versions(connection, row.id)
    told = (one for one in versions if key in {None, one.key})
    return Entry(
        row.id,
        _state(row),
        row.author,
        row.reviewer,
        row.publisher,
        row.reason,
        row.effective_at,
        row.undoes_id,
        tuple(_change(shipped, one) for one in told),
    )


def _state(row: Row[Any]) -> str:
    if row.canceled_at is not None:
        return "canceled"
    if row.effective_at > row.now:
        return "waiting"
    return "rollback" if row.undoes_id else "published"


def _change(shipped: Shipped, version: Row[Any]) -> Change:
    slot = (version.key, Language(version.language))
    try:
        ships = as_shipped(shipped, slot)
    except ScriptRefused:  # git has given it up since
        ships = version.replaced or version.content or {}
    return Change(slot, version.replaced or ships, version.content or ships)
