"""The lines of messages that wait to leave: how they stand, and how time passes for them."""

from sqlalchemy import select, update

from bot.messaging.sending import uncertain
from bot.store.columns import seconds_from_now
from bot.store.session import transact
from bot.store.tables import circuits, inbound_messages, outbound_messages
from tests.people import Texting

HANAKO = "+819000000001"
TARO = "+819000000002"


def rows(texting: Texting) -> list[tuple[str, str | None]]:
    """Status and delivery status of every message, in order."""
    columns = (outbound_messages.c.status, outbound_messages.c.delivery_status)
    with texting.runtime.engine.begin() as connection:
        ordered = select(*columns).order_by(outbound_messages.c.id)
        return [tuple(row) for row in connection.execute(ordered)]  # type: ignore[misc]


def statuses(texting: Texting) -> list[str]:
    """The status of every message, in order."""
    return [status for status, _ in rows(texting)]


def let_pass(texting: Texting, seconds: int = 30) -> None:
    """Let time pass for everything that waits or holds a lease, and for open circuits."""
    with texting.runtime.engine.begin() as connection:
        connection.execute(
            update(outbound_messages).values(
                not_before=seconds_from_now(-1),
                attempted_at=seconds_from_now(-seconds),
                lease_until=seconds_from_now(-1),
            )
        )
        connection.execute(
            update(circuits)
            .where(circuits.c.open_until.is_not(None))
            .values(open_until=seconds_from_now(-1))
        )


def look_up(texting: Texting, times: int = 1, seconds: int = 30) -> None:
    """Let messages that perhaps left be looked up, that many seconds after the attempt."""
    for _ in range(times):
        let_pass(texting, seconds)
        transact(texting.runtime.engine, uncertain.expire_leases)
        uncertain.resolve(texting.runtime)


def make_old(texting: Texting) -> None:
    """Let the waiting texts look as if their request had died a while ago."""
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(inbound_messages).values(created_at=seconds_from_now(-60)))
