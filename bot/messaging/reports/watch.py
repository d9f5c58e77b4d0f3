"""Watch the delivery rate of each sender and carrier against its own past, and tell of a fall."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from bot import alerts
from bot.alerts import Kind
from bot.messaging.reports.counts import HOUR
from bot.messaging.reports.rates import FEWEST_LATELY, Tally, fell, is_back
from bot.messaging.reports.status import ARRIVED, FINAL
from bot.store.columns import utc_now
from bot.store.tables import alerts as alert_rows
from bot.store.tables import delivery_counts, senders

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
# Most carriers tell within seconds that a message arrived; after an hour silence is an answer too.
WORD_WITHIN = HOUR

_count = delivery_counts.c


@dataclass(frozen=True)
class Series:
    """The counted hours of one sender and carrier, and since when an alert about them is open."""

    now: datetime
    rows: tuple[Row[Any], ...]
    alerted_at: datetime | None = None

    def tally(self, since: datetime, until: datetime) -> Tally:
        """What became of the messages sent between two moments, as far as that is known."""
        return sum((self._tally(row) for row in self.rows if since <= row.hour < until), Tally())

    def lost_codes(self, since: datetime) -> Mapping[int, int]:
        """How often which error came since a moment."""
        codes: dict[int, int] = defaultdict(int)
        for row in self.rows:
            if row.error_code and row.hour >= since and row.status not in ARRIVED:
                codes[row.error_code] += row.messages
        return codes

    @property
    def hour(self) -> datetime:
        """The beginning of this hour."""
        return self.now.replace(minute=0, second=0, microsecond=0)

    def last_hours(self, until: datetime) -> tuple[datetime, Tally]:
        """The last hours before a moment that tell enough, from one to a day, and their begin."""
        since = until - HOUR
        while since > until - DAY and self.tally(since, until).total < FEWEST_LATELY:
            since -= HOUR
        return since, self.tally(since, until)

    def week_before(self, moment: datetime) -> Tally:
        """The week before a moment, or before the alert: trouble that lasts is no standard."""
        until = min(moment, self.alerted_at or moment)
        return self.tally(until - WEEK, until)

    def _tally(self, row: Row[Any]) -> Tally:
        if row.status in ARRIVED:
            return Tally(arrived=row.messages)
        told = row.status in FINAL or row.hour + HOUR + WORD_WITHIN <= self.now
        return Tally(lost=row.messages) if told else Tally()


def watch(connection: Connection) -> None:
    """Raise an alert for each rate that fell, and settle those of rates that are back."""
    now = connection.execute(select(utc_now())).scalar_one()
    alerted = _alerted(connection)
    since = min([now, *alerted.values()]) - WEEK - 2 * DAY
    grouped: dict[tuple[int, str], list[Row[Any]]] = defaultdict(list)
    for row in connection.execute(select(delivery_counts).where(_count.hour >= since)):
        grouped[row.sender_id, row.carrier].append(row)
    named = connection.execute(select(senders.c.id, senders.c.number))
    numbers = {row.id: row.number for row in named}
    for (sender, carrier), rows in grouped.items():
        subject = f"{sender}/{carrier}"
        series = Series(now, tuple(rows), alerted.get(subject))
        if words := judge(series, numbers[sender], carrier):
            alerts.alert(connection, Kind.DELIVERY, subject, words, sender)
        elif subject in alerted and _is_back(series):
            alerts.settle(connection, Kind.DELIVERY, subject, "clock", "the rate is back")


def judge(series: Series, number: str, carrier: str) -> str | None:
    """What to say about a rate that fell in the last hours or the last day; None where none did."""
    since, lately = series.last_hours(series.hour + HOUR)
    before = series.week_before(since)
    if fell(lately, before):
        return _words(series, number, carrier, (since, lately, before))
    since = series.now - DAY
    day, week = series.tally(since, series.now), series.week_before(since)
    if fell(day, week) and not _is_back(series):
        return _words(series, number, carrier, (since, day, week))
    return None


def _is_back(series: Series) -> bool:
    """Asked of hours in which silence counts: in younger ones only good news may have come yet."""
    since, lately = series.last_hours(series.hour - WORD_WITHIN)
    return is_back(lately, series.week_before(since))


def _alerted(connection: Connection) -> dict[str, datetime]:
    found = select(alert_rows.c.subject, alert_rows.c.created_at).where(
        alert_rows.c.kind == Kind.DELIVERY, alert_rows.c.settled_at.is_(None)
    )
    return {row.subject: row.created_at for row in connection.execute(found)}


def _words(series: Series, number: str, carrier: str, seen: tuple[datetime, Tally, Tally]) -> str:
    since, lately, before = seen
    way = f"from {number} to {carrier}" if carrier else f"from {number}"
    words = (
        f"Fewer messages {way} arrive: {lately.arrived} of {lately.total} ({lately.rate:.0%}) since"
        f" {since:%Y-%m-%d %H:%M} UTC, {before.rate:.0%} in the week before."
    )
    return f"{words} {_most(series.lost_codes(since).items())}"


def _most(codes: Iterable[tuple[int, int]]) -> str:
    code, times = max(codes, key=lambda one: one[1], default=(0, 0))
    if not code:
        return "No error is told."
    if times == 1:
        return f"The most frequent error is {code}, once."
    return f"The most frequent error is {code}, {times} times."
