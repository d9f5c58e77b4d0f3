"""What became of a message: every report of the carrier is kept, the shown status only climbs."""

from dataclasses import dataclass

from sqlalchemy import Connection, case, insert, select, update

from bot.messaging import failures, outbox, parts, stops
from bot.runtime import Runtime
from bot.store.columns import utc_now
from bot.store.session import transact
from bot.store.tables import delivery_reports, outbound_messages

# https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks
RANK = {
    "scheduled": 0,
    "accepted": 1,
    "queued": 2,
    "sending": 3,
    "sent": 4,
    "failed": 5,
    "canceled": 5,
    "undelivered": 5,
    "delivered": 6,
    "read": 7,
}

# The states of a message without the provider's id.
UNPROVED = ("queued", "sending", "unknown", "parked", "canceled")
FAILED = frozenset({"failed", "undelivered"})

_outbound = outbound_messages.c


@dataclass(frozen=True)
class Report:
    """One status callback; `outbound_id` is our own id from the callback's address, if any."""

    outbound_id: int | None
    provider: str
    provider_sid: str
    status: str
    error_code: int | None


def record(runtime: Runtime, report: Report) -> None:
    """Keep a report and let the message's delivery status climb, in any order they come."""
    if transact(runtime.engine, lambda connection: _record(connection, runtime, report)):
        outbox.wake(runtime)


def _record(connection: Connection, runtime: Runtime, report: Report) -> bool:
    """Whether something that waited for this message may leave now."""
    known = select(_outbound.id).where(_outbound.id == report.outbound_id).with_for_update()
    outbound_id = connection.execute(known).scalar() if report.outbound_id is not None else None
    connection.execute(
        insert(delivery_reports).values(
            outbound_id=outbound_id,
            provider=report.provider,
            provider_sid=report.provider_sid,
            status=report.status,
            error_code=report.error_code,
        )
    )
    if outbound_id is None:
        return False
    _prove_sent(connection, outbound_id, report)
    _climb(connection, outbound_id, report)
    if report.status in FAILED:
        failures.look(connection, outbound_id)
    if report.error_code == stops.UNSUBSCRIBED:
        stops.by_carrier(connection, runtime, outbound_id)
    return report.status in parts.PASSED_ON and parts.let_follow(connection, outbound_id)


def _prove_sent(connection: Connection, outbound_id: int, report: Report) -> None:
    """A report proves that the provider took the message, even where its answer was lost.

    One that was taken back stays so, but no look-up may take its provider id for another's.
    """
    canceled = _outbound.status == "canceled"
    connection.execute(
        update(outbound_messages)
        .where(_outbound.id == outbound_id, _outbound.status.in_(UNPROVED))
        .values(
            status=case((canceled, "canceled"), else_="sent"),
            provider=report.provider,
            provider_sid=report.provider_sid,
            sent_at=case((canceled, None), else_=utc_now()),
            reason=case((canceled, _outbound.reason)),
        )
    )


def _climb(connection: Connection, outbound_id: int, report: Report) -> None:
    if report.status not in RANK:
        return
    shown = case(RANK, value=_outbound.delivery_status, else_=-1)
    connection.execute(
        update(outbound_messages)
        .where(_outbound.id == outbound_id, shown < RANK[report.status])
        .values(
            delivery_status=report.status,
            error_code=case(
                (_outbound.error_code.is_(None), report.error_code), else_=_outbound.error_code
            ),
        )
    )
