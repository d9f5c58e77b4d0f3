"""The comparison with every gateway's list, once a night, beside the clock's other work."""

import threading
import time
from datetime import date, datetime, timedelta
from datetime import time as time_of_day

import structlog
from sqlalchemy import Connection, func, select

from bot.payments.reconcile import reconcile
from bot.runtime import Runtime
from bot.store.columns import utc_now
from bot.store.session import transact
from bot.store.tables import reconciliations
from bot.text.format import TOKYO

# In Japan; the gateways have booked the day before by then.
AT = time_of_day(3, 30)
# How far a comparison reaches back: over the last one that ended, and no more than a month.
OVERLAP = timedelta(days=1)
AT_FIRST = timedelta(days=3)
AT_MOST = timedelta(days=31)
# Seconds between two looks whether it is time; after a gateway was away, until it is asked again.
LOOK_EVERY_S = 60.0
TRY_EVERY_S = 600.0

log = structlog.get_logger(__name__)


class Nightly:
    """Starts the comparison in a `thread` of its own when it is time, and never two at once."""

    def __init__(self) -> None:
        self.thread = threading.Thread()
        self._not_before = 0.0

    def start_if_due(self, runtime: Runtime) -> None:
        """To be called every second: a look at the database a minute is all that it costs."""
        if time.monotonic() < self._not_before or self.thread.is_alive():
            return
        self._not_before = time.monotonic() + LOOK_EVERY_S
        due = transact(runtime.engine, lambda connection: tonight(connection, runtime))
        if due:
            self._not_before = time.monotonic() + TRY_EVERY_S
            self.thread = threading.Thread(target=run, args=(runtime, due), daemon=True)
            self.thread.start()


def tonight(connection: Connection, runtime: Runtime) -> dict[str, tuple[datetime, date]]:
    """The gateways to compare with now: since when, and the day in Japan whose night it is."""
    now = connection.execute(select(utc_now())).scalar_one()
    here = now.astimezone(TOKYO)
    night = here.date() if here.time() >= AT else here.date() - timedelta(days=1)
    due = {}
    for name in runtime.gateways:
        last, since = _last(connection, name)
        if last is None or last < night:
            reach = since - OVERLAP if since else now - AT_FIRST
            due[name] = (max(reach, now - AT_MOST), night)
    return due


def run(runtime: Runtime, due: dict[str, tuple[datetime, date]]) -> None:
    """Compare with each gateway; one that is away is asked again later."""
    for name, (since, night) in due.items():
        try:
            compared = reconcile(runtime, runtime.gateways[name], since, night)
        except Exception as error:  # a night without comparison must not end the clock
            log.error("reconcile.failed", gateway=name, error=type(error).__name__)
            continue
        write = log.error if compared.for_a_person else log.info
        found = len(compared.differences)
        write("reconcile.done", gateway=name, listed=compared.listed, differences=found)


def _last(connection: Connection, gateway: str) -> tuple[date | None, datetime | None]:
    """The last night that was compared to its end, and when that began."""
    table = reconciliations.c
    found = select(
        func.max(table.night).label("night"), func.max(table.created_at).label("began")
    ).where(table.gateway == gateway, table.night.is_not(None), table.finished_at.is_not(None))
    row = connection.execute(found).one()
    return row.night, row.began
