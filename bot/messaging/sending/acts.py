"""What was done to messages besides sending them, by whom and why; never changed or forgotten."""

from typing import Any, Literal

from sqlalchemy import Connection, Row, func, insert, select

from bot.store.columns import seconds_from_now
from bot.store.tables import outbox_acts

Act = Literal["resend", "retry", "discard"]
LONGEST_REASON = 200

_act = outbox_acts.c


def record(connection: Connection, row: Row[Any], act: Act, actor: str, reason: str) -> None:
    """Keep an act on a message; `row` is the message before it. `actor`: clock, staff:<name>."""
    connection.execute(
        insert(outbox_acts).values(
            outbound_id=row.id, act=act, actor=actor, reason=reason[:LONGEST_REASON], was=row.status
        )
    )


def count(connection: Connection, act: Act, seconds: int | None = None) -> int:
    """How often something was done, ever or within the last seconds."""
    counted = select(func.count()).select_from(outbox_acts).where(_act.act == act)
    if seconds is not None:
        counted = counted.where(_act.created_at > seconds_from_now(-seconds))
    return connection.execute(counted).scalar_one()
