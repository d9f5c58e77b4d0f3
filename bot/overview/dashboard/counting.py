"""What happened on a day in Japan, counted anew as a whole and kept in the place of what was there.

So it does not matter how often and in what order reports come, and a day that is counted twice is
right twice. A day is read hour by hour: no question to the database takes long.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import NamedTuple

from sqlalchemy import Connection, Engine, delete, func, select

from bot.messaging.reports import replies, stops, texts
from bot.messaging.reports.status import ARRIVED, FINAL
from bot.messaging.reports.taken import taken
from bot.overview.dashboard.figures import HOURLY, Figure, told
from bot.payments import funnel, uses
from bot.store.session import insert, transact
from bot.store.tables import daily_figures
from bot.text.format import TOKYO

HOUR = timedelta(hours=1)
STEPS = ("sent", "delivered", "opened", "verified", "started", "paid")
# No part of a key can be null.
ALL_SCRIPTS, NO_CAMPAIGN = "", 0
_BATCH = 1000


class Key(NamedTuple):
    """What a number is of; the columns of its row, but for the day."""

    sender_id: int
    figure: Figure
    detail: str = ""
    script_key: str = ALL_SCRIPTS
    campaign_id: int = NO_CAMPAIGN


Counts = Counter[Key]


def count_day(engine: Engine, day: date) -> None:
    """Count a day in Japan anew."""
    begin = datetime.combine(day, time(), TOKYO)
    counted = Counts()
    for hour in (begin + number * HOUR for number in range(24)):
        counted += transact(engine, partial(_of_hour, since=hour, until=hour + HOUR))
    counted += transact(engine, partial(_of_day, since=begin, until=begin + 24 * HOUR))
    counted += _of_all_scripts(counted)
    transact(engine, partial(_replace, day=day, counted=counted))


def _of_hour(connection: Connection, since: datetime, until: datetime) -> Counts:
    counted = Counts()
    for source in (_messages, _attempts, _texts):
        for key, number in source(connection, since, until):
            counted[key] += number
    return counted + _by_hour(counted, since)


def _by_hour(counted: Counts, hour: datetime) -> Counts:
    """What is also told by hour, with the hour in the place of its detail."""
    sums = Counts()
    for key, number in counted.items():
        if (figure := HOURLY.get(key.figure)) is not None:
            sums[key._replace(figure=figure, detail=str(hour.hour))] += number
    return sums


def _of_day(connection: Connection, since: datetime, until: datetime) -> Counts:
    """What is rare, or is counted by people: who stops at noon and at night is one."""
    counted = Counts(dict(_payments(connection, since, until)))
    for one in stops.stopped_between(connection, since, until):
        key = Key(one.sender_id, Figure.STOPPED, one.method)
        counted[_of_campaign(key, one.campaign_id)] += one.people
    for figure, by_sender in (
        (Figure.PAGES, uses.opened_between(connection, since, until)),
        (Figure.PAYMENTS, uses.paid_between(connection, since, until)),
    ):
        counted.update({Key(sender, figure): number for sender, number in by_sender.items()})
    return counted


def _messages(
    connection: Connection, since: datetime, until: datetime
) -> Iterator[tuple[Key, int]]:
    for one in replies.sent_between(connection, since, until):
        key = Key(one.sender_id, Figure.SENT, script_key=one.script_key)
        key = _of_campaign(key, one.campaign_id)
        yield key, 1
        if one.status in FINAL:
            yield key._replace(figure=Figure.SETTLED), 1
        if one.status in ARRIVED:
            yield key._replace(figure=Figure.ARRIVED), 1
        if one.seconds is not None:
            yield key._replace(figure=Figure.ANSWERED, detail=str(told(one.seconds))), 1


def _attempts(
    connection: Connection, since: datetime, until: datetime
) -> Iterator[tuple[Key, int]]:
    these = taken(lambda sent_at: (sent_at >= since) & (sent_at < until)).c
    keys = (
        these.sender_id,
        these.campaign_id,
        these.carrier,
        these.delivery_status,
        these.error_code,
    )
    counts = (func.count().label("messages"), func.sum(these.segments).label("segments"))
    for row in connection.execute(select(*keys, *counts).group_by(*keys)):
        key = _of_campaign(Key(row.sender_id, Figure.ATTEMPTS, row.carrier or ""), row.campaign_id)
        yield key, row.messages
        yield key._replace(figure=Figure.SEGMENTS), row.segments
        if row.delivery_status in ARRIVED:
            yield key._replace(figure=Figure.ATTEMPTS_ARRIVED), row.messages
            yield key._replace(figure=Figure.SEGMENTS_ARRIVED), row.segments
        elif row.delivery_status in FINAL:
            yield key._replace(figure=Figure.ATTEMPTS_LOST), row.messages
            yield key._replace(figure=Figure.SEGMENTS_LOST), row.segments
            code = str(row.error_code or "")
            yield key._replace(figure=Figure.ERRORS, detail=code), row.messages


def _texts(connection: Connection, since: datetime, until: datetime) -> Iterator[tuple[Key, int]]:
    for one in texts.heard_between(connection, since, until):
        yield Key(one.sender_id, Figure.RECEIVED, one.outcome), 1
        if one.seconds is not None:
            yield Key(one.sender_id, Figure.REPLIED, str(told(one.seconds))), 1


def _payments(connection: Connection, since: datetime, until: datetime) -> Mapping[Key, int]:
    counted = Counts()
    for sender, campaign, steps in funnel.by_origin(connection, since, until):
        for step in STEPS:
            key = Key(sender, Figure.STEP, step, steps.script_key)
            counted[_of_campaign(key, campaign)] += getattr(steps, step)
    return counted


def _of_all_scripts(counted: Counts) -> Counts:
    """The sums of what was counted by script: a page reads these, not the many of each script."""
    sums = Counts()
    for key, number in counted.items():
        if key.script_key != ALL_SCRIPTS:
            sums[key._replace(script_key=ALL_SCRIPTS)] += number
    return sums


def _of_campaign(key: Key, campaign_id: int | None) -> Key:
    return key._replace(campaign_id=campaign_id or NO_CAMPAIGN)


def _replace(connection: Connection, day: date, counted: Counts) -> None:
    connection.execute(delete(daily_figures).where(daily_figures.c.day == day))
    # What is read together lies together.
    ordered = sorted(counted.items(), key=lambda one: one[0].script_key)
    rows = [{"day": day, "number": number, **key._asdict()} for key, number in ordered]
    for first in range(0, len(rows), _BATCH):
        connection.execute(insert(connection, daily_figures), rows[first : first + _BATCH])
