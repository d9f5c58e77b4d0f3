"""What the carrier tells of messages, and what is kept of it."""

from typing import Any

from sqlalchemy import Row, Table, select

from bot.messaging.reports.delivery import Report, record
from bot.store.tables import delivery_reports, outbound_messages
from tests.people import Texting


def told(
    texting: Texting,
    status: str,
    code: int | None = None,
    *,
    message: int | None = None,
    sid: str | None = None,
    carrier: str | None = None,
) -> None:
    """A report of a message by our id, its provider's id, or both; without either the newest."""
    newest = message_row(texting)
    if message is None and sid is None:
        message = newest.id
    if sid is None:
        sid = message_row(texting, message).provider_sid
    record(texting.runtime, Report(message, "twilio", str(sid), status, code, carrier))


def message_row(texting: Texting, message: int | None = None) -> Row[Any]:
    """A message of ours by its id; the newest without one."""
    found = select(outbound_messages).order_by(outbound_messages.c.id.desc()).limit(1)
    if message is not None:
        found = select(outbound_messages).where(outbound_messages.c.id == message)
    with texting.runtime.engine.begin() as connection:
        return connection.execute(found).one()


def kept(texting: Texting, table: Table = delivery_reports) -> list[Row[Any]]:
    """All rows of a table, in order."""
    with texting.runtime.engine.begin() as connection:
        return list(connection.execute(select(table).order_by(table.c.id)))
