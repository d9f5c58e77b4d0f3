"""How often each move of a flow was taken in a time."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, func, select, true

from bot.dialogue.decision import Flows
from bot.dialogue.flow import DONE, START
from bot.staff.departments import EVERYTHING, Scope
from bot.store.tables import conversations, inbound_messages, outbound_messages

_inbound, _outbound = inbound_messages.c, outbound_messages.c

# Flow, from a state, to a state.
Move = tuple[str, str, str]


def moves(
    connection: Connection,
    flows: Flows,
    since: datetime,
    until: datetime,
    scope: Scope = EVERYTHING,
) -> Mapping[Move, int]:
    """The moves that texts of a time, to the senders of a scope, caused, with their number.

    What a text met and left open tells a move. A flow that began and ended with one text left
    nothing open: its answers are counted.
    """
    counted: Counter[Move] = Counter()
    within = and_(
        _inbound.created_at >= since,
        _inbound.created_at < until,
        _heard_by(scope),
    )
    met = (_inbound.state_before, _inbound.state_after)
    stayed = select(*met, func.count().label("texts")).where(within).group_by(*met)
    for row in connection.execute(stayed):
        for move in _between(row.state_before, row.state_after):
            counted[move] += row.texts
    said = (
        select(*met, _outbound.script_key, func.count(_inbound.id.distinct()).label("texts"))
        .join(outbound_messages, _outbound.inbound_id == _inbound.id)
        .where(within)
        .group_by(*met, _outbound.script_key)
    )
    for row in connection.execute(said):
        flow, _, state = row.script_key.partition(".")
        open_ones = {_parts(row.state_before)[0], _parts(row.state_after)[0]}
        if flow in flows and flow not in open_ones and state not in flows[flow].states:
            counted[flow, START, DONE] += row.texts
    return counted


def _heard_by(scope: Scope) -> ColumnElement[bool]:
    if scope == EVERYTHING:
        return true()
    ours = select(conversations.c.id).where(scope.covers(conversations.c.sender_id))
    return _inbound.conversation_id.in_(ours)


def _between(before: str | None, after: str | None) -> Iterator[Move]:
    (left, stood), (entered, stands) = _parts(before), _parts(after)
    if left == entered:
        if left:
            yield left, stood, stands
        return
    if left:
        yield left, stood, DONE
    if entered:
        yield entered, START, stands


def _parts(where: str | None) -> tuple[str, str]:
    flow, _, state = (where or "").partition(".")
    return flow, state
