"""Whether a message has all of some terms, in the dialect at hand."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Boolean, ColumnElement, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from bot.store.tables import message_terms


class _has_all(FunctionElement[bool]):  # noqa: N801 - reads as the SQL operator it is
    type = Boolean()
    inherit_cache = True
    name = "has_all"


@compiles(_has_all)
def _contains(element: _has_all, compiler: Any, **keywords: Any) -> str:
    column, terms = (compiler.process(each, **keywords) for each in element.clauses)
    return f"{column} @> {terms}"


@compiles(_has_all, "sqlite")
def _contains_sqlite(element: _has_all, compiler: Any, **keywords: Any) -> str:
    column, terms = (compiler.process(each, **keywords) for each in element.clauses)
    wanted, there = (f"SELECT value FROM json_each({each})" for each in (terms, column))  # noqa: S608 - compiled clauses, no values
    return f"NOT EXISTS ({wanted} EXCEPT {there})"


def has_terms(
    terms: Sequence[str], column: ColumnElement[Any] = message_terms.c.terms
) -> ColumnElement[bool]:
    """Whether a row of `message_terms`, or of an alias of it, has all of these terms."""
    return _has_all(column, bindparam(None, list(terms), type_=column.type, unique=True))
