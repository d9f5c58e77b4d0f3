"""What a report changes: it is kept once, and lets its message's status climb, never fall."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

import structlog
from sqlalchemy import Connection, Executable, Row, bindparam, delete, func, select, update

from bot.messaging.consent import stops
from bot.messaging.reports import failures, repair
from bot.messaging.reports.belonging import Attempt, Belonging, belonging
from bot.messaging.reports.status import ARRIVED, FAILED, rank
from bot.messaging.sending import parked, parts
from bot.providers import codes
from bot.runtime import Runtime
from bot.store.session import insert_in
from bot.store.tables import delivery_reports, earlier_attempts, outbound_messages
from bot.store.tables.delivery import LONGEST_CARRIER

MAY_COME_LATER = ("outbound_id", "carrier", "happened_at")
# The states of a message of which no provider's id is known, though it may have been attempted.
UNPROVED = ("queued", "sending", "unknown", "parked", "canceled", "failed")

log = structlog.get_logger(__name__)
_reports = delivery_reports.c
_outbound = outbound_messages.c
# What it sets is named by the values that it is executed with.
_CHANGE = update(outbound_messages).where(_outbound.id == bindparam("this"))


@dataclass(frozen=True)
class Report:
    """One thing that the provider told of a message, by a callback or in its list.

    `outbound_id` is our own id from the callback's address, if any; `carrier` the network that had
    the message and `at` the moment by the provider's clock, where it tells them.
    """

    outbound_id: int | None
    provider: str
    provider_sid: str
    status: str
    error_code: int | None
    carrier: str | None = None
    at: datetime | None = None


def take(connection: Connection, runtime: Runtime, report: Report) -> bool:
    """Keep a report, and apply it where its message is known; what is not is matched later.

    True where something that waited for this message may leave now.
    """
    found = belonging(connection, report.outbound_id, report.provider_sid)
    _keep(connection, report, found.row.id if found else None)
    return found is not None and apply(connection, runtime, report, found)


def apply(connection: Connection, runtime: Runtime, report: Report, found: Belonging) -> bool:
    """Let the message climb and do what its failure asks for; True as above."""
    row = found.row
    changes = _changes(connection, report, found)
    if changes:
        connection.execute(_CHANGE, {"this": row.id, **changes})
    if row.status == "parked" and "status" in changes:
        parked.settle(connection, "carrier", "a status of the last one came")
    climbed = "delivery_status" in changes
    if climbed and report.status in FAILED:
        failures.look(connection, row.id)
        if found.attempt is Attempt.THIS:
            repair.repair(connection, row, report.provider, report.error_code)
    if report.error_code in codes.opt_outs(report.provider):
        stops.by_carrier(connection, runtime, row.id, report.error_code)
    if row.segments == 1 or report.status not in parts.PASSED_ON:
        return False
    return parts.let_follow(connection, row.id)


def _keep(connection: Connection, report: Report, outbound_id: int | None) -> None:
    values = {
        "outbound_id": outbound_id,
        "provider": report.provider,
        "provider_sid": report.provider_sid,
        "status": report.status,
        "error_code": report.error_code or 0,
        "carrier": report.carrier and report.carrier[:LONGEST_CARRIER],
        "happened_at": report.at,
    }
    connection.execute(_keep_once(connection.dialect.name), values)


@cache
def _keep_once(dialect: str) -> Executable:
    """The same report again is counted, and may tell more: it is repeated, or stands in a list."""
    row = insert_in(dialect, delivery_reports).inline()
    more = {name: func.coalesce(_reports[name], row.excluded[name]) for name in MAY_COME_LATER}
    return row.on_conflict_do_update(
        index_elements=["provider", "provider_sid", "status", "error_code"],
        set_={"times": _reports.times + 1, **more},
    )


def _changes(connection: Connection, report: Report, found: Belonging) -> dict[str, Any]:
    row, climbs = found.row, rank(report.status) > rank(found.row.delivery_status)
    if found.attempt is Attempt.EARLIER:
        # Another followed because it failed; only that it arrived after all is news.
        return _arrived(connection, row, report) if climbs and report.status in ARRIVED else {}
    if found.attempt is Attempt.OTHER:
        log.warning("message.left_twice", message=row.id)
    changes = _proof(row, report) if row.provider_sid is None else {}
    if climbs:
        changes |= {"delivery_status": report.status, "retry_at": None}
    return {**changes, **_told(connection, row, report)}


def _arrived(connection: Connection, row: Row[Any], report: Report) -> dict[str, Any]:
    """An attempt that was given up has arrived: the next is not needed where it has not left."""
    changes = {"delivery_status": report.status, "retry_at": None}
    if row.status != "queued":
        return changes
    connection.execute(
        delete(earlier_attempts).where(earlier_attempts.c.provider_sid == report.provider_sid)
    )
    return {**changes, "provider_sid": report.provider_sid, **_left(row)}


def _proof(row: Row[Any], report: Report) -> dict[str, Any]:
    """A report proves that the provider took the message, even where its answer was lost.

    One that was taken back stays so, but no look-up may take its provider id for another's.
    """
    if row.status not in UNPROVED:
        return {}
    proof = {"provider": report.provider, "provider_sid": report.provider_sid}
    if row.status == "canceled":
        return proof
    return {**proof, **_left(row)}


def _left(row: Row[Any]) -> dict[str, Any]:
    return {"status": "sent", "sent_at": row.now, "reason": None}


def _told(connection: Connection, row: Row[Any], report: Report) -> dict[str, Any]:
    """The error code and the carrier: those of the highest report that names one, for ever."""
    changes: dict[str, Any] = {}
    if report.error_code and report.error_code != row.error_code:
        changes["error_code"] = _of_the_highest(connection, row.id, "error_code")
    if report.carrier and report.carrier != row.carrier:
        changes["carrier"] = _of_the_highest(connection, row.id, "carrier")
    return changes


def _of_the_highest(connection: Connection, outbound_id: int, name: str) -> Any:
    column = _reports[name]
    earlier = select(earlier_attempts.c.provider_sid).where(
        earlier_attempts.c.outbound_id == outbound_id
    )
    told = select(_reports.status, column).where(
        _reports.outbound_id == outbound_id, _reports.provider_sid.not_in(earlier)
    )
    named = [(rank(row.status), row[1]) for row in connection.execute(told) if row[1]]
    return max(named)[1]
