"""Whether the company's own system takes the alerts that it is told of."""

from collections.abc import Iterator

from sqlalchemy import Connection, func, select

from bot.doctor.finding import Finding, bad, good
from bot.settings import Settings
from bot.store.columns import seconds_from_now
from bot.store.tables import alerts

WEEK_S = 7 * 24 * 3600

_alert = alerts.c


def told(connection: Connection, settings: Settings) -> Iterator[Finding]:
    """How many alerts were tried in vain; nothing where none are told."""
    if settings.HENJI_ALERT_URL is None:
        return
    lately = _alert.created_at > seconds_from_now(-WEEK_S)
    tried_in_vain = (_alert.told_at.is_(None), _alert.tell_attempts > 0)
    counted = select(func.count()).select_from(alerts).where(lately, *tried_in_vain)
    if count := connection.execute(counted).scalar_one():
        yield bad(
            f"Alerts of this week that the system at HENJI_ALERT_URL did not take: {count}; the"
            " clock's log says why (alert.not_told)."
        )
    else:
        yield good("The system at HENJI_ALERT_URL takes the alerts that it is told of.")
