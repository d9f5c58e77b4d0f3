"""What the gateways told of payments that a person must look at, in words."""

from sqlalchemy import Connection, func, select

from bot.doctor.finding import Finding, bad, good
from bot.doctor.queues import LATELY
from bot.messaging.sending.backlog import LOOK_BACK_DAYS
from bot.payments.judgement import FOR_A_PERSON
from bot.store.columns import seconds_from_now
from bot.store.tables import gateway_events


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
