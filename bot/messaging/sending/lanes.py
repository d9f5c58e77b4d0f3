"""Lanes: what one sender has to send at one priority, and when the first of it falls due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Integer,
    Row,
    Select,
    String,
    exists,
    func,
    literal_column,
    select,
    true,
    union_all,
    update,
)

from bot.messaging.sending import circuits as circuit
from bot.messaging.sending.priority import Priority
from bot.store.columns import utc_now
from bot.store.tables import (
    circuits,
    conversations,
    outbound_messages,
    sender_paces,
    senders,
)

_outbound = outbound_messages.c
# Written out, so that a plan that is kept can use the partial index on it.
QUEUED = _outbound.status == literal_column("'queued'", String)
# Asked once in a statement: compared with a moment that may differ by row, no index would serve.
NOW = select(utc_now()).scalar_subquery()


@dataclass(frozen=True)
class Lane:
    """Where a sender stands with the messages of one priority.

    `first_at` is when the earliest of them may leave. `account_until` and `sender_until` are given
    while a circuit is open: nothing leaves before, and then one message to probe it.
    """

    sender_id: int
    sender: str
    priority: Priority
    first_at: datetime
    free_at: datetime | None
    account_until: datetime | None
    sender_until: datetime | None
    regions_paused: bool
    now: datetime

    @property
    def is_due(self) -> bool:
        """Whether anything in it may leave by its own time, and by the circuits."""
        return self.opens_at <= self.now

    @property
    def opens_at(self) -> datetime:
        """When something in it may leave at the earliest, by its own time and by the circuits."""
        moments = (self.first_at, self.account_until, self.sender_until)
        return max(moment for moment in moments if moment is not None)

    @property
    def probes(self) -> tuple[str, ...]:
        """The circuits that a message of it would probe; it goes alone then."""
        open_ones = (
            (circuit.ACCOUNT, self.account_until),
            (circuit.of_sender(self.sender), self.sender_until),
        )
        return tuple(subject for subject, until in open_ones if until is not None)


def _every_lane() -> Select[Any]:
    priorities = union_all(
        *(select(literal_column(str(int(one)), Integer).label("priority")) for one in Priority)
    ).subquery("priorities")
    # As a scalar it is one probe of the index for each lane, whatever the statistics say.
    first = (
        select(_outbound.not_before)
        .where(
            QUEUED,
            _outbound.sender_id == senders.c.id,
            _outbound.priority == priorities.c.priority,
        )
        .order_by(_outbound.not_before)
        .limit(1)
    )
    regions = select(func.count()).where(
        circuits.c.subject.like("region %"), circuits.c.open_until.is_not(None)
    )
    orphans = select(exists().where(QUEUED, _outbound.sender_id.is_(None)))
    of_account, of_sender = circuits.alias("of_account"), circuits.alias("of_sender")
    return (
        select(
            senders.c.id.label("sender_id"),
            senders.c.number.label("sender"),
            priorities.c.priority,
            first.scalar_subquery().label("first_at"),
            sender_paces.c.free_at,
            of_account.c.open_until.label("account_until"),
            of_sender.c.open_until.label("sender_until"),
            regions.scalar_subquery().label("regions"),
            orphans.scalar_subquery().label("orphans"),
            utc_now().label("now"),
        )
        .select_from(senders)
        .join(priorities, true())
        .outerjoin(sender_paces, sender_paces.c.sender_id == senders.c.id)
        .outerjoin(of_account, of_account.c.subject == circuit.ACCOUNT)
        .outerjoin(of_sender, of_sender.c.subject == circuit.SENDER + senders.c.number)
        .order_by(priorities.c.priority)
    )


_LANES = _every_lane()
_ADOPT = (
    update(outbound_messages)
    .where(QUEUED, _outbound.sender_id.is_(None))
    .values(
        sender_id=select(conversations.c.sender_id)
        .where(conversations.c.id == _outbound.conversation_id)
        .scalar_subquery()
    )
)


def lanes(connection: Connection) -> Sequence[Lane]:
    """The lanes that hold anything, the most urgent first."""
    rows = connection.execute(_LANES).all()
    if rows and rows[0].orphans:
        # Code from before there were lanes is still at work, and names no sender.
        connection.execute(_ADOPT)
        rows = connection.execute(_LANES).all()
    return [_lane(row) for row in rows if row.first_at is not None]


def _lane(row: Row[Any]) -> Lane:
    return Lane(
        row.sender_id,
        row.sender,
        Priority(row.priority),
        row.first_at,
        row.free_at,
        row.account_until,
        row.sender_until,
        row.regions > 0,
        row.now,
    )
