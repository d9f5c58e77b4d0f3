"""Whose report it is: told by the provider's id, and by our own id in the callback's address.

The address is signed, so nobody but the provider can have made it up, and it outweighs an id that
was only found in a list by its words. It still may mislead: a message that is sent again has an id
for each attempt, and a database that was put back gives our ids anew.
"""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select

from bot.store.columns import utc_now
from bot.store.tables import earlier_attempts, outbound_messages

_outbound = outbound_messages.c


class Attempt(Enum):
    """Which of a message's attempts a report is about.

    THIS is the one that the message's row tells of; EARLIER one that ended undelivered and was
    followed by another; OTHER one of which the row knows nothing, for its answer was lost.
    """

    THIS = auto()
    EARLIER = auto()
    OTHER = auto()


@dataclass(frozen=True)
class Belonging:
    """A message, its row locked, and the attempt that a report is about."""

    row: Row[Any]
    attempt: Attempt


_MESSAGE = select(
    _outbound.id,
    _outbound.conversation_id,
    _outbound.inbound_id,
    _outbound.message_class,
    _outbound.script_key,
    _outbound.revision,
    _outbound.segments,
    _outbound.status,
    _outbound.attempted_at,
    _outbound.provider_sid,
    _outbound.delivery_status,
    _outbound.error_code,
    _outbound.carrier,
    _outbound.expires_at,
    _outbound.retries,
    _outbound.retry_at,
    utc_now().label("now"),
).with_for_update(of=outbound_messages)
_BY_ID = _MESSAGE.where(_outbound.id == bindparam("message"))
_BY_SID = _MESSAGE.where(_outbound.provider_sid == bindparam("sid"))
_BY_EARLIER_SID = _MESSAGE.join(
    earlier_attempts, earlier_attempts.c.outbound_id == _outbound.id
).where(earlier_attempts.c.provider_sid == bindparam("sid"))


def belonging(connection: Connection, outbound_id: int | None, sid: str) -> Belonging | None:
    """The message of a report with the provider's id `sid`; None while that is nobody's.

    `outbound_id` is our id in the callback's address. It counts for a message that was attempted:
    no other can have left.
    """
    named = _one(connection, _BY_ID, message=outbound_id) if outbound_id is not None else None
    if named is not None and named.provider_sid == sid:
        return Belonging(named, Attempt.THIS)
    if (owner := _one(connection, _BY_EARLIER_SID, sid=sid)) is not None:
        return Belonging(owner, Attempt.EARLIER)
    # Not `attempts`: a person who lets a message be tried again gives it all of them back.
    attempted = named if named is not None and named.attempted_at is not None else None
    if attempted is not None and attempted.provider_sid is None:
        return Belonging(attempted, Attempt.THIS)
    if (owner := _one(connection, _BY_SID, sid=sid)) is not None:
        return Belonging(owner, Attempt.THIS)
    return Belonging(attempted, Attempt.OTHER) if attempted is not None else None


def _one(connection: Connection, found: Select[Any], **values: object) -> Row[Any] | None:
    """The first row: two of one provider's id would be a bug, and no reason to refuse a report."""
    return connection.execute(found, values).first()
