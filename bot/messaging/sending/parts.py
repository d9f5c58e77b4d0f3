"""A long message travels in parts: what follows it waits until the carrier has passed them on.

Handsets show texts in the order in which they come in, and a short one overtakes a long one.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, select, update

from bot.store.columns import seconds_from_now, utc_now
from bot.store.tables import outbound_messages

# The carrier's word comes within a second or two; without it, nobody waits for longer.
PASSED_ON_WITHIN_S = 3
PASSED_ON = ("sent", "delivered", "undelivered", "failed", "read")

_outbound = outbound_messages.c


def hold_back(connection: Connection, sent: Sequence[int]) -> None:
    """Let what follows these sent messages wait, where they have parts still to be passed on."""
    on_their_way = select(_outbound.conversation_id).where(
        _outbound.id.in_(sent),
        _outbound.segments > 1,
        _outbound.delivery_status.is_(None) | _outbound.delivery_status.not_in(PASSED_ON),
    )
    # A stop has locked what it takes back, and waits for the marks of this very transaction.
    free = (
        select(_outbound.id)
        .where(
            _outbound.conversation_id.in_(on_their_way),
            _outbound.status == "queued",
            _outbound.not_before < seconds_from_now(PASSED_ON_WITHIN_S),
        )
        .order_by(_outbound.id)
        .with_for_update(of=outbound_messages, skip_locked=True)
    )
    follow: Sequence[int] = connection.execute(free).scalars().all()
    if follow:
        connection.execute(
            update(outbound_messages)
            .where(_outbound.id.in_(follow))
            .values(not_before=seconds_from_now(PASSED_ON_WITHIN_S))
        )


def let_follow(connection: Connection, passed_on: int) -> bool:
    """A message was passed on: what waited for its parts is due now. True where anything did."""
    conversation = select(_outbound.conversation_id).where(
        _outbound.id == passed_on, _outbound.segments > 1
    )
    released = connection.execute(
        update(outbound_messages)
        .where(
            _outbound.conversation_id.in_(conversation),
            _outbound.status == "queued",
            _outbound.attempts == 0,
            _outbound.not_before.between(utc_now(), seconds_from_now(PASSED_ON_WITHIN_S)),
        )
        .values(not_before=utc_now())
    )
    return released.rowcount > 0
