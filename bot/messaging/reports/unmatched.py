"""Unmatched reports: they came before it was known whose they are, and are matched once it is."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, exists, select, update

from bot.messaging.reports.belonging import belonging
from bot.messaging.reports.climb import Report, apply
from bot.runtime import Runtime
from bot.store.columns import seconds_from_now
from bot.store.tables import delivery_reports, earlier_attempts, outbound_messages

# What is nobody's for so long is of a message that another system sent through the same account.
KEPT_OPEN_S = 7 * 24 * 3600
BATCH = 200

_reports = delivery_reports.c
_UNMATCHED: Select[Any] = (
    select(delivery_reports)
    .where(_reports.outbound_id.is_(None), _reports.created_at > seconds_from_now(-KEPT_OPEN_S))
    .order_by(_reports.id)
    .limit(BATCH)
)
_OF_THESE = _UNMATCHED.where(_reports.provider_sid.in_(bindparam("sids", expanding=True)))
_OF_OURS = _UNMATCHED.where(
    exists().where(outbound_messages.c.provider_sid == _reports.provider_sid)
    | exists().where(earlier_attempts.c.provider_sid == _reports.provider_sid)
)


def match_sent(connection: Connection, runtime: Runtime, sids: Sequence[str]) -> bool:
    """Match what was told of messages whose provider's ids have just become known.

    True where something that waited for them may leave now.
    """
    return bool(sids) and _match(connection, runtime, _OF_THESE, {"sids": list(sids)})


def match_all(connection: Connection, runtime: Runtime) -> bool:
    """Match all that can be matched, two hundred at once; True as above."""
    return _match(connection, runtime, _OF_OURS, {})


def _match(
    connection: Connection, runtime: Runtime, which: Select[Any], values: dict[str, Any]
) -> bool:
    found = connection.execute(which, values).all()
    return any([_match_one(connection, runtime, row) for row in found])


def _match_one(connection: Connection, runtime: Runtime, row: Row[Any]) -> bool:
    found = belonging(connection, None, row.provider_sid)
    if found is None:
        return False
    connection.execute(
        update(delivery_reports).where(_reports.id == row.id).values(outbound_id=found.row.id)
    )
    report = Report(
        found.row.id,
        row.provider,
        row.provider_sid,
        row.status,
        row.error_code or None,
        row.carrier,
        row.happened_at,
    )
    return apply(connection, runtime, report, found)
