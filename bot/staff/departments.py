"""Departments: each has senders of its own, and its staff see what these senders say and hear."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, true, update
from sqlalchemy.sql.schema import Column

from bot.errors import StaffRefused
from bot.store.session import insert as insert_or
from bot.store.tables import department_senders, departments, senders
from bot.store.tables.staff import LONGEST_NAME

_department, _link = departments.c, department_senders.c


@dataclass(frozen=True)
class Department:
    """A department with the numbers of its senders, by their ids."""

    id: int
    name: str
    senders: Mapping[int, str]


@dataclass(frozen=True)
class Scope:
    """What a member of staff may see: everything, or what their department's senders said."""

    department_id: int | None = None

    def covers(self, sender_id: "Column[int]") -> ColumnElement[bool]:
        """The condition that a row with this sender lies within the scope."""
        if self.department_id is None:
            return true()
        own = select(_link.sender_id).where(_link.department_id == self.department_id)
        return sender_id.in_(own)


EVERYTHING = Scope()


def everyone(connection: Connection) -> Sequence[Department]:
    """Every department by name."""
    rows = connection.execute(
        select(_department.id, _department.name, _link.sender_id, senders.c.number)
        .select_from(departments)
        .join(department_senders, isouter=True)
        .join(senders, senders.c.id == _link.sender_id, isouter=True)
        .order_by(_department.name, senders.c.id)
    ).all()
    found: dict[int, Department] = {}
    for row in rows:
        known = found.get(row.id, Department(row.id, row.name, {}))
        own = {row.sender_id: row.number} if row.sender_id is not None else {}
        found[row.id] = Department(row.id, row.name, {**known.senders, **own})
    return list(found.values())


def senders_of(connection: Connection, department_id: int) -> Sequence[int]:
    """The ids of a department's senders."""
    found = select(_link.sender_id).where(_link.department_id == department_id)
    return list(connection.execute(found).scalars())


def senders_within(connection: Connection, scope: Scope) -> Sequence[Row[Any]]:
    """The senders of a scope: id and number."""
    found = select(senders.c.id, senders.c.number).where(scope.covers(senders.c.id))
    return connection.execute(found.order_by(senders.c.id)).all()


def add(connection: Connection, name: str) -> int:
    """Make a department; StaffRefused for a name that is taken or none."""
    made = insert_or(connection, departments).values(name=_name(name)).on_conflict_do_nothing()
    found = connection.execute(made.returning(_department.id)).scalar()
    if found is None:
        raise StaffRefused("taken", "There is a department of this name already.")
    return int(found)


def change(
    connection: Connection, department_id: int, name: str, sender_ids: Collection[int]
) -> None:
    """Rename a department and say which senders are its own; StaffRefused as in `add`."""
    new = _name(name)
    taken = select(_department.id).where(_department.name == new, _department.id != department_id)
    if connection.execute(taken).first():
        raise StaffRefused("taken", "There is a department of this name already.")
    renamed = update(departments).where(_department.id == department_id).values(name=new)
    if not connection.execute(renamed).rowcount:
        raise StaffRefused("unknown", "There is no such department.")
    connection.execute(delete(department_senders).where(_link.department_id == department_id))
    known = select(senders.c.id).where(senders.c.id.in_(sender_ids))
    rows = [
        {"department_id": department_id, "sender_id": row.id} for row in connection.execute(known)
    ]
    if rows:
        connection.execute(insert(department_senders), rows)


def _name(written: str) -> str:
    name = " ".join(written.split())
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        raise StaffRefused("no_name", f"A name has 1 to {LONGEST_NAME} letters.")
    return name
