"""Messages that fail one after the other: the number may be dead, or somebody else's by now."""

from sqlalchemy import Connection, select

from bot.compliance import holds
from bot.dialogue.holds import HoldKind
from bot.store.tables import conversations, outbound_messages

IN_A_ROW = 3

_outbound = outbound_messages.c


def look(connection: Connection, outbound_id: int) -> None:
    """After a failure: hold unsolicited messages where the last three failed."""
    this = select(_outbound.conversation_id).where(_outbound.id == outbound_id).scalar_subquery()
    last = connection.execute(
        select(_outbound.status, _outbound.delivery_status, conversations.c.contact_id)
        .join(conversations, conversations.c.id == _outbound.conversation_id)
        .where(_outbound.conversation_id == this, _outbound.status.in_(("sent", "failed")))
        .order_by(_outbound.id.desc())
        .limit(IN_A_ROW)
    ).all()
    failed = [row.status == "failed" or row.delivery_status == "undelivered" for row in last]
    if len(failed) == IN_A_ROW and all(failed):
        rule = f"the last {IN_A_ROW} messages failed"
        holds.place(connection, last[0].contact_id, HoldKind.FAILURES, rule)
