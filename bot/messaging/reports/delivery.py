"""What became of a message: every report of the carrier is kept, the shown status only climbs."""

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from bot.messaging import outbox
from bot.messaging.consent import stops
from bot.messaging.reports import failures
from bot.messaging.sending import parts
from bot.providers import codes
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
_KNOWN = (
    select(
        _outbound.id,
        _outbound.status,
        _outbound.delivery_status,
        _outbound.error_code,
        _outbound.segments,
        utc_now().label("now"),
    )
    .where(_outbound.id == bindparam("message"))
    .with_for_update()
)
_KEEP = insert(delivery_reports).inline()
# What it sets is named by the values that it is executed with.
_CHANGE = update(outbound_messages).where(_outbound.id == bindparam("this"))


@dataclass(frozen=True)
class Report:
    """One status callback; `outbound_id` is our own id, if the provider gave it back.

    `status` is one of those ranked above, or the provider's own where none of them fits.
    """

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
    row = _known(connection, report)
    connection.execute(_KEEP, {**asdict(report), "outbound_id": row and row.id})
    if row is None:
        return False
    if changes := {**_proof(row, report), **_climb(row, report)}:
        connection.execute(_CHANGE, {"this": row.id, **changes})
    if report.status in FAILED:
        failures.look(connection, row.id)
    if report.error_code in codes.opt_outs(report.provider):
        stops.by_carrier(connection, runtime, row.id, report.error_code)
    if row.segments == 1 or report.status not in parts.PASSED_ON:
        return False
    return parts.let_follow(connection, row.id)


def _known(connection: Connection, report: Report) -> Row[Any] | None:
    if report.outbound_id is None:
        return None
    return connection.execute(_KNOWN, {"message": report.outbound_id}).one_or_none()


def _proof(row: Row[Any], report: Report) -> dict[str, Any]:
    """A report proves that the provider took the message, even where its answer was lost.

    One that was taken back stays so, but no look-up may take its provider id for another's.
    """
    if row.status not in UNPROVED:
        return {}
    proof = {"provider": report.provider, "provider_sid": report.provider_sid}
    if row.status == "canceled":
        return proof
    return {**proof, "status": "sent", "sent_at": row.now, "reason": None}


def _climb(row: Row[Any], report: Report) -> dict[str, Any]:
    if RANK.get(report.status, -1) <= RANK.get(row.delivery_status, -1):
        return {}
    code = report.error_code if row.error_code is None else row.error_code
    return {"delivery_status": report.status, "error_code": code}
