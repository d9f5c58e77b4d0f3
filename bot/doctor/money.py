"""What the gateways told of payments that a person must look at, in words."""

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, func, select

from bot.doctor.finding import Finding, bad, good
from bot.doctor.queues import LATELY
from bot.messaging.sending.backlog import LOOK_BACK_DAYS
from bot.payments.judgement import FOR_A_PERSON
from bot.store.columns import seconds_from_now
from bot.store.tables import checkouts, gateway_events, reconciliations
from bot.text.counted import counted

# Twice a night.
NOT_COMPARED_S = 2 * 24 * 3600


def money(connection: Connection) -> Finding:
    """Whether money is where it should not be, by the notices of the last seven days."""
    told = gateway_events.c
    found = connection.execute(
        select(told.outcome, func.count())
        .where(told.outcome.in_(FOR_A_PERSON))
        .where(told.created_at > seconds_from_now(-LOOK_BACK_DAYS * 24 * 3600))
        .group_by(told.outcome)
        .order_by(told.outcome)
    ).all()
    if not found:
        return good(f"The payments {LATELY} are where they belong.")
    named = ", ".join(f"{outcome}: {count}" for outcome, count in found)
    return bad(f"Payments {LATELY} that a person must look at: {named}; see gateway_events.")


def compared(connection: Connection, gateways: Iterable[str]) -> Iterator[Finding]:
    """Whether the gateways' lists were compared with ours of late, and found to be the same."""
    for name in gateways:
        differing = _last_comparison(connection, name)
        if differing is None and _is_old(connection, name):
            yield bad(f"Payments were not compared with {name}'s list for two days: run the clock.")
        elif differing:
            left = counted(differing, "payment")
            yield bad(
                f"The last comparison with {name} left {left} for a person:"
                " henji payments reconcile names them."
            )


def _last_comparison(connection: Connection, gateway: str) -> int | None:
    """How many payments the last one that ended left for a person; None where it is long ago."""
    table = reconciliations.c
    found = (
        select(table.differing)
        .where(table.gateway == gateway, table.finished_at > seconds_from_now(-NOT_COMPARED_S))
        .order_by(table.id.desc())
        .limit(1)
    )
    return connection.execute(found).scalar()


def _is_old(connection: Connection, gateway: str) -> bool:
    """Whether payments were begun through a gateway longer ago than that."""
    found = select(checkouts.c.id).where(
        checkouts.c.gateway == gateway,
        checkouts.c.created_at < seconds_from_now(-NOT_COMPARED_S),
    )
    return connection.execute(found.limit(1)).first() is not None
