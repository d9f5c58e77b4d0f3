"""Many rows in one statement, as one JSON parameter: its text is the same for any number of them.

A driver takes 25 µs for each row of an executemany; here a row costs what its JSON does.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any

from sqlalchemy import (
    JSON,
    Column,
    Connection,
    Executable,
    FromClause,
    Table,
    bindparam,
    cast,
    func,
    select,
    true,
    update,
)

from bot.store.session import insert_in

Rows = Sequence[Mapping[str, Any]]


def insert_once(connection: Connection, table: Table, key: tuple[str, ...], rows: Rows) -> None:
    """Insert rows that all have the same columns; those whose `key` exists are left out."""
    if rows:
        statement = _insert_once(connection.dialect.name, table, tuple(rows[0]), key)
        connection.execute(statement, _given(connection, rows))


def update_by_id(connection: Connection, table: Table, rows: Rows) -> None:
    """Change rows, each named by its `id`; all change the same columns."""
    if rows:
        statement = _update_by_id(connection.dialect.name, table, tuple(rows[0]))
        connection.execute(statement, _given(connection, rows))


@cache
def _insert_once(
    dialect: str, table: Table, names: tuple[str, ...], key: tuple[str, ...]
) -> Executable:
    given = _rows(dialect, table, names)
    # SQLite reads ON CONFLICT after a bare SELECT as a join's condition.
    columns = select(*(given.c[name] for name in names)).where(true())
    made = insert_in(dialect, table).inline().from_select(list(names), columns)
    return made.on_conflict_do_nothing(index_elements=key)


@cache
def _update_by_id(dialect: str, table: Table, names: tuple[str, ...]) -> Executable:
    given = _rows(dialect, table, names)
    new = {name: given.c[name] for name in names if name != "id"}
    return update(table).where(table.c.id == given.c.id).values(new)


def _rows(dialect: str, table: Table, names: Sequence[str]) -> FromClause:
    """The parameter as a table of these columns."""
    columns = [Column(name, table.c[name].type) for name in names]
    if dialect == "postgresql":
        read = func.json_to_recordset(cast(bindparam("rows"), JSON))
        return read.table_valued(*columns, name="given").render_derived(with_types=True)
    each = func.json_each(bindparam("rows")).table_valued("value")
    value = partial(func.json_extract, each.c.value)
    return select(
        *(value(f"$.{one.name}", type_=one.type).label(one.name) for one in columns)
    ).subquery("given")


def _given(connection: Connection, rows: Rows) -> dict[str, str]:
    zone = "+00:00" if connection.dialect.name == "postgresql" else ""
    moment = partial(_moment, zone=zone)
    return {"rows": json.dumps(list(rows), default=moment, ensure_ascii=False)}


def _moment(value: object, zone: str) -> str:
    """A moment as the database writes it: SQLite's have no zone."""
    if not isinstance(value, datetime):
        raise TypeError(f"{type(value).__name__} cannot be stored by many")
    plain = value.astimezone(UTC).replace(tzinfo=None)
    return plain.isoformat(sep=" ", timespec="microseconds") + zone
