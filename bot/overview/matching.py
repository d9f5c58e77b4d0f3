"""Whether a message has all of some terms, in the dialect at hand, and by which index."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, Boolean, ColumnElement, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from bot.store.tables import message_terms

# So many messages, 2 to this power, make a block; see `is_placed`.
BLOCK_BITS = 15


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


class _is_placed(FunctionElement[bool]):  # noqa: N801 - reads as the SQL operator it is
    type = Boolean()
    inherit_cache = True
    name = "is_placed"


@compiles(_is_placed)
def _placed(element: _is_placed, compiler: Any, **keywords: Any) -> str:
    parts = [compiler.process(each, **keywords) for each in element.clauses]
    there, number, terms = parts[:3]
    wanted = f"{terms} || ('at:' || {parts[3]}::text)" if len(parts) > 3 else terms
    return f"({there} || ('at:' || ({number} >> {BLOCK_BITS})::text)) @> ({wanted})"


def is_placed(terms: Sequence[str], *block: ColumnElement[int]) -> ColumnElement[bool]:
    """The same by the index of PostgreSQL, which is on the terms and the block of a message.

    Within one block, by its number, what is said often is found without gathering all of it.
    """
    wanted = bindparam(None, list(terms), type_=ARRAY(Text), unique=True)
    return _is_placed(message_terms.c.terms, message_terms.c.id, wanted, *block)
