"""Column types and expressions that mean the same on PostgreSQL and SQLite."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    DateTime,
    Dialect,
    Integer,
    String,
    bindparam,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

Id = BigInteger().with_variant(Integer(), "sqlite")


class UtcDateTime(TypeDecorator[datetime]):
    """A moment with its zone; SQLite keeps it as UTC without one, so it is given back here."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC; a naive value is a bug and raises ValueError."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read as UTC."""
        return value and value.replace(tzinfo=value.tzinfo or UTC)


class utc_now(FunctionElement[datetime]):  # noqa: N801 - reads as the SQL function it is
    """The database's clock: one clock for every host, so that a skewed one cannot cut a lease."""

    type = UtcDateTime()
    inherit_cache = True
    name = "utc_now"


class seconds_from_now(FunctionElement[datetime]):  # noqa: N801 - reads as the SQL function it is
    """The database's clock so many seconds ahead (negative: ago)."""

    type = UtcDateTime()
    inherit_cache = True
    name = "seconds_from_now"


class day_in_japan(FunctionElement[str]):  # noqa: N801 - reads as the SQL function it is
    """The day, such as 2026-11-26, that a moment lies in by the clocks of Japan: always UTC+9."""

    type = String()
    inherit_cache = True
    name = "day_in_japan"


@compiles(day_in_japan)
def _day(element: day_in_japan, compiler: Any, **keywords: Any) -> str:
    moment = compiler.process(element.clauses, **keywords)
    return f"to_char({moment} AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD')"


@compiles(day_in_japan, "sqlite")
def _day_sqlite(element: day_in_japan, compiler: Any, **keywords: Any) -> str:
    moment = compiler.process(element.clauses, **keywords)
    return f"date({moment}, '+9 hours')"


@compiles(utc_now)
def _now(element: utc_now, compiler: Any, **_: Any) -> str:
    return "clock_timestamp()"


@compiles(utc_now, "sqlite")
def _now_sqlite(element: utc_now, compiler: Any, **_: Any) -> str:
    return "strftime('%Y-%m-%d %H:%M:%f000', 'now')"


@compiles(seconds_from_now)
def _ahead(element: seconds_from_now, compiler: Any, **keywords: Any) -> str:
    seconds = compiler.process(element.clauses, **keywords)
    return f"(clock_timestamp() + make_interval(secs => {seconds}))"


@compiles(seconds_from_now, "sqlite")
def _ahead_sqlite(element: seconds_from_now, compiler: Any, **keywords: Any) -> str:
    seconds = compiler.process(element.clauses, **keywords)
    return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', {seconds} || ' seconds')"


class _Values(TypeDecorator[list[Any]]):
    """A list of values as one parameter: an array on PostgreSQL, JSON on SQLite."""

    impl = JSON
    cache_ok = True

    def __init__(self, each: TypeEngine[Any]) -> None:
        super().__init__()
        self.each = each

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The type that the database has for it."""
        kind = ARRAY(self.each) if dialect.name == "postgresql" else JSON()
        return dialect.type_descriptor(kind)


class _one_of(FunctionElement[bool]):  # noqa: N801 - reads as the SQL operator it is
    type = Boolean()
    inherit_cache = True
    name = "one_of"


def among(column: Column[Any], name: str) -> ColumnElement[bool]:
    """Whether a column holds one of the values of a list that is bound by this name.

    The statement's text is the same for a list of any length, so that its plan can be kept.
    """
    each = String() if isinstance(column.type, String) else column.type
    return _one_of(column, bindparam(name, type_=_Values(each)))


@compiles(_one_of)
def _any(element: _one_of, compiler: Any, **keywords: Any) -> str:
    column, values = (compiler.process(one, **keywords) for one in element.clauses)
    return f"{column} = ANY({values})"


@compiles(_one_of, "sqlite")
def _any_sqlite(element: _one_of, compiler: Any, **keywords: Any) -> str:
    column, values = (compiler.process(one, **keywords) for one in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - compiled clauses, no values
