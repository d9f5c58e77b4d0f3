"""Messages that were due and are kept back: by the gate, by a circuit, or by a bug."""

from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import ColumnElement, Connection, Row, update

from bot.alerts import Kind, alert
from bot.messaging.sending import recall
from bot.messaging.sending.verdicts import kept
from bot.messaging.verdict import Blocked, Later
from bot.store.columns import seconds_from_now
from bot.store.tables import outbound_messages

NOT_JUDGED_FOR_S = 60

log = structlog.get_logger(__name__)
_outbound = outbound_messages.c


def by_gate(connection: Connection, row: Row[Any], verdict: Later | Blocked) -> None:
    """The gate said later, or never."""
    if isinstance(verdict, Blocked):
        recall.take_back(connection, _outbound.id == row.id, verdict.why, kept(verdict.reasons))
        return
    reasons = kept(verdict.reasons)
    put_off(connection, row, verdict.at, verdict.why, verdict="later", verdict_reasons=reasons)


def set_aside(connection: Connection, row: Row[Any], error: Exception) -> None:
    """It could not be judged: it waits for a person, or for code that knows it."""
    log.error("gate.failed", message=row.id, exc_info=error)
    reason = f"it could not be judged: {type(error).__name__}"
    put_off(connection, row, seconds_from_now(NOT_JUDGED_FOR_S), reason)
    words = f"A message waits, for {reason}. The log tells more."
    alert(connection, Kind.OUTBOX, f"message {row.id}", words, row.sender_id)


def put_off(
    connection: Connection,
    row: Row[Any],
    until: datetime | ColumnElement[datetime],
    reason: str,
    **more: object,
) -> None:
    """Let it wait until a moment; `more` is set along with it."""
    connection.execute(
        update(outbound_messages)
        .where(_outbound.id == row.id)
        .values(not_before=until, reason=reason, **more)
    )
