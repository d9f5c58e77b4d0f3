"""What became of a message: every report of the carrier is kept, the shown status only climbs."""

from bot.messaging import doorbell
from bot.messaging.reports.climb import Report, take
from bot.runtime import Runtime
from bot.store.session import transact

__all__ = ["Report", "record"]


def record(runtime: Runtime, report: Report) -> None:
    """Keep a report and let the message's delivery status climb, in any order they come."""
    if transact(runtime.engine, lambda connection: take(connection, runtime, report)):
        doorbell.ring(runtime)
