"""The newest messages with some terms, however many have them, by one index.

The planner cannot tell which terms are rare. So the newest blocks of messages are read first, each
no further than needed; where these hold little, all that has the terms is gathered, if it is not
much; else block after block, back to the first.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Connection, Row, column, func, select, true

from bot.overview.matching import BLOCK_BITS, has_terms, is_placed
from bot.store.tables import message_terms

# How many blocks are read first, and how many messages are not much.
NEAR = 8
NOT_MUCH = 5000
_term = message_terms.c
MESSAGE = (_term.id, _term.kind, _term.message_id, _term.conversation_id)
Messages = Sequence[Row[Any]]


def end(connection: Connection) -> int:
    """The id after that of the newest message."""
    return (connection.execute(select(func.max(_term.id))).scalar() or 0) + 1


def newest(connection: Connection, terms: Sequence[str], before: int, most: int) -> Messages:
    """So many of the messages before an id that have all of these terms, from the newest on."""
    if connection.dialect.name != "postgresql":
        found = select(*MESSAGE).where(_term.id < before, has_terms(terms))
        return connection.execute(found.order_by(_term.id.desc()).limit(most)).all()
    top = before >> BLOCK_BITS
    near = _of_blocks(connection, terms, before, range(top, max(top - NEAR, -1), -1), most)
    if len(near) == most or top < NEAR:
        return near
    rest = select(*MESSAGE).where(_term.id < (top - NEAR + 1) << BLOCK_BITS, is_placed(terms))
    far: Messages = connection.execute(rest.limit(NOT_MUCH + 1)).all()
    if len(far) > NOT_MUCH:
        earlier = range(top - NEAR, -1, -1)
        far = _of_blocks(connection, terms, before, earlier, most - len(near))
    return [*near, *_newest_first(far)][:most]


def _of_blocks(
    connection: Connection, terms: Sequence[str], before: int, blocks: range, most: int
) -> Messages:
    """The same of these blocks, one after the other until there are so many."""
    numbers = func.generate_series(blocks[0], blocks[-1], -1)
    block = numbers.table_valued(column("number", BigInteger), name="block").render_derived()
    # The sum keeps the planner from walking back through every message.
    inside = select(*MESSAGE).where(_term.id < before, is_placed(terms, block.c.number))
    each = inside.order_by((_term.id + 0).desc()).limit(most).lateral("each")
    found = select(each).select_from(block).join(each, true()).limit(most)
    return _newest_first(connection.execute(found).all())


def _newest_first(rows: Messages) -> Messages:
    return sorted(rows, key=lambda row: -row.id)
