"""Parked messages: they perhaps left, and a person must decide; an alert tells while there are any.

What was reported and is nobody's yet is something else: `bot/messaging/reports/unmatched.py`.
"""

from sqlalchemy import Connection, exists, select

from bot import alerts
from bot.alerts import Kind
from bot.store import tables
from bot.store.tables import outbound_messages

SUBJECT = "parked messages"
WORDS = "Messages that perhaps left wait for a decision: henji outbox list shows them."

_alert = tables.alerts.c
_OPEN = (
    select(_alert.id)
    .where(_alert.kind == Kind.OUTBOX, _alert.subject == SUBJECT, _alert.settled_at.is_(None))
    .with_for_update()
)
_ANY = select(exists().where(outbound_messages.c.status == "parked"))


def tell(connection: Connection) -> None:
    """A message was parked."""
    alerts.alert(connection, Kind.OUTBOX, SUBJECT, WORDS)


def settle(connection: Connection, actor: str, reason: str) -> None:
    """Messages are parked no longer: where they were the last, that ends the alert, too."""
    # Locked first: of two that settle the last two at once, the second looks after the first.
    is_open = connection.execute(_OPEN).first() is not None
    if is_open and not connection.execute(_ANY).scalar():
        alerts.settle(connection, Kind.OUTBOX, SUBJECT, actor, reason)
