"""What is published, as the tables have it: which publication is in force, and all its words."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, select, tuple_

from bot.scripts.edition import Edition, as_it_ships, build
from bot.scripts.item import Changes, Slot, as_shipped
from bot.scripts.shipped import Shipped
from bot.store.columns import utc_now
from bot.store.tables import script_publications, script_versions
from bot.text.language import Language

_publication = script_publications.c
_version = script_versions.c

# The order in which publications come into force.
NEWEST = (_publication.effective_at.desc(), _publication.id.desc())


def _in_force() -> ColumnElement[bool]:
    return _publication.canceled_at.is_(None) & (_publication.effective_at <= utc_now())


_CURRENT = select(_publication.id).where(_in_force()).order_by(*NEWEST).limit(1)

# Of each key the newest content: the first of them in this order.
_TURN = (
    func.row_number()
    .over(partition_by=(_version.key, _version.language), order_by=NEWEST)
    .label("turn")
)
_VERSIONS = (
    select(_version.key, _version.language, _version.content, _TURN)
    .join(script_publications)
    .where(_in_force())
    .subquery()
)
_CHANGES = select(_VERSIONS).where(_VERSIONS.c.turn == 1, _VERSIONS.c.content.is_not(None))


def current(connection: Connection) -> int | None:
    """The publication that is in force; None while what ships is all there is."""
    found: int | None = connection.execute(_CURRENT).scalar()
    return found


def changes(connection: Connection) -> Changes:
    """What was published over what ships, and is in force."""
    rows = connection.execute(_CHANGES)
    return {(row.key, Language(row.language)): row.content for row in rows}


def content_at(
    connection: Connection, shipped: Shipped, slot: Slot, publication: int | None
) -> Mapping[str, Any]:
    """What a key said while a publication was the newest one; None is before the first.

    ScriptRefused for a key that nobody says.
    """
    of = select(_publication.effective_at, _publication.id).where(_publication.id == publication)
    found = (
        select(_version.content)
        .join(script_publications)
        .where(
            _version.key == slot[0],
            _version.language == slot[1],
            _publication.canceled_at.is_(None),
            tuple_(_publication.effective_at, _publication.id) <= of.scalar_subquery(),
        )
        .order_by(*NEWEST)
        .limit(1)
    )
    return connection.execute(found).scalar() or as_shipped(shipped, slot)


def edition(connection: Connection, shipped: Shipped, near: Edition | None = None) -> Edition:
    """The words in force."""
    publication = current(connection)
    if publication is None:
        return as_it_ships(shipped)
    return build(shipped, changes(connection), publication, near)


def waiting(connection: Connection) -> list[Row[Any]]:
    """The publications that are timed and not in force yet, the next one first."""
    timed = select(script_publications).where(
        _publication.canceled_at.is_(None), _publication.effective_at > utc_now()
    )
    return list(connection.execute(timed.order_by(_publication.effective_at)))
