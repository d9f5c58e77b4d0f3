"""Exports of conversations: one member asks with a reason, another allows it, the first takes it.

What is bulk personal data leaves by this door alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, insert, select, update

from bot.errors import ExportRefused
from bot.overview import listing
from bot.overview.filters import Filters
from bot.overview.listing import Asked
from bot.staff.members import Member
from bot.store.columns import utc_now
from bot.store.crypto import Vault
from bot.store.tables import departments, exports, staff

# More than anybody reads; who needs all of it asks for it period by period.
MOST = 10_000
# After it was allowed.
LASTS = timedelta(hours=24)
# Conversations that are read at once, each time in a transaction of its own.
AT_ONCE = 500
SHOWN = 100

_export = exports.c
_decider = staff.alias("decider")


@dataclass(frozen=True)
class Wish:
    """What a member asks for: the conversations of a list, how many there are, and whether their
    numbers and digits are to be seen."""

    filters: Filters
    conversations: int
    unmasked: bool
    reason: str


def count(engine: Engine, vault: Vault, asked: Asked) -> int:
    """How many conversations an export would hold now; ExportRefused for none, or too many."""
    found = sum(1 for _ in islice(rows(engine, vault, asked), MOST + 1))
    if found == 0:
        raise ExportRefused("nothing", "There are no such conversations.")
    if found > MOST:
        raise ExportRefused("too_many", f"An export has {MOST} conversations at most.")
    return found


def ask(connection: Connection, member: Member, wish: Wish) -> int:
    """Keep what a member asks for until it is decided, and return its id; ExportRefused without a
    reason."""
    if not wish.reason:
        raise ExportRefused("no_reason", "An export needs a reason.")
    made = insert(exports).values(
        staff_id=member.id,
        department_id=member.department_id,
        filters=wish.filters.asked(),
        unmasked=wish.unmasked,
        reason=wish.reason,
        conversations=wish.conversations,
    )
    return int(connection.execute(made.returning(_export.id)).scalar_one())


def decide(connection: Connection, member: Member, export_id: int, *, approved: bool) -> None:
    """Allow an export, or refuse it; ExportRefused for one's own, and for one that is decided."""
    own = select(_export.staff_id).where(_export.id == export_id)
    if connection.execute(own).scalar() == member.id:
        raise ExportRefused("own", "Somebody else must decide about what one asks for oneself.")
    decided = (
        update(exports)
        .where(_export.id == export_id, _export.approved.is_(None), _decidable(member))
        .values(approved=approved, decided_by=member.id, decided_at=utc_now())
    )
    if not connection.execute(decided).rowcount:
        raise ExportRefused("gone", "There is nothing to decide about any more.")


def take(connection: Connection, member: Member, export_id: int) -> Row[Any]:
    """An export that a member may take now; ExportRefused where it is not theirs, not allowed, or
    no longer, and where they belong to another department since."""
    mine = _listed().where(_export.id == export_id, _export.staff_id == member.id)
    row = connection.execute(mine).one_or_none()
    if row is None or not is_open(row) or row.department_id != member.department_id:
        raise ExportRefused("closed", "This export cannot be taken, or no longer.")
    return row


def is_open(row: Row[Any]) -> bool:
    """Whether an export (as it is listed) was allowed less than a day ago."""
    return bool(row.approved) and row.now < row.decided_at + LASTS


def undecided(connection: Connection, member: Member) -> Sequence[Row[Any]]:
    """What a member may decide about, the oldest first."""
    waits = _listed().where(_export.approved.is_(None), _decidable(member))
    others = waits.where(_export.staff_id != member.id)
    return connection.execute(others.order_by(_export.id).limit(SHOWN)).all()


def of_member(connection: Connection, member: Member) -> Sequence[Row[Any]]:
    """What a member asked for, the newest first."""
    mine = _listed().where(_export.staff_id == member.id)
    return connection.execute(mine.order_by(_export.id.desc()).limit(SHOWN)).all()


def rows(engine: Engine, vault: Vault, asked: Asked) -> Iterator[Row[Any]]:
    """Every line of a list, once; a page at a time, so that neither memory nor a transaction grows
    with it."""
    seen: set[int] = set()
    after: str | None = ""
    while after is not None:
        with engine.connect() as connection:
            found = listing.page(connection, vault, replace(asked, after=after), AT_ONCE)
        for row in found.rows:
            if row.conversation_id not in seen:
                seen.add(row.conversation_id)
                yield row
        after = found.next


def _listed() -> Select[Any]:
    """An export with who asked, for which department, who decided, and `now`."""
    return (
        select(
            exports,
            staff.c.name.label("asker"),
            departments.c.name.label("department"),
            _decider.c.name.label("decider"),
            utc_now().label("now"),
        )
        .join(staff, staff.c.id == _export.staff_id)
        .join(departments, departments.c.id == _export.department_id, isouter=True)
        .join(_decider, _decider.c.id == _export.decided_by, isouter=True)
    )


def _decidable(member: Member) -> ColumnElement[bool]:
    """What lies within the sight of who decides."""
    if member.department_id is None:
        return _export.id.is_not(None)
    return _export.department_id == member.department_id
