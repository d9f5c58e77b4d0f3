"""The figures of some days, as the clock has counted them: nothing here looks at a message."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from bot.overview.dashboard import keeping
from bot.overview.dashboard.asked import Asked
from bot.overview.dashboard.counting import ALL_SCRIPTS, NO_CAMPAIGN
from bot.overview.dashboard.figures import HOURLY, Figure, Figures
from bot.overview.dashboard.keeping import Progress
from bot.store.tables import campaigns, daily_figures, senders

_figure = daily_figures.c
_OF_ALL = _figure.script_key == ALL_SCRIPTS
# Where hours are not shown, theirs would be most of what is read.
_BY_DAY = (_OF_ALL, _figure.figure.not_in(HOURLY.values()))


@dataclass(frozen=True)
class Numbers:
    """The figures of each day, and those of the same number of days before.

    `progress` says how far the days have been counted; None while none was.
    """

    progress: Progress | None
    days: Mapping[date, Figures]
    before: Figures

    @cached_property
    def total(self) -> Figures:
        """All days together."""
        return Figures.sum(self.days.values())


def read(connection: Connection, asked: Asked) -> Numbers:
    """The figures that are asked for; every day has some, a single day by hour as well."""
    wanted = _BY_DAY if len(asked.days) > 1 else (_OF_ALL,)
    by_day = _grouped(connection, asked, _figure.day, *wanted)
    before = _grouped(connection, asked.before(), _figure.script_key, *_BY_DAY)
    return Numbers(
        keeping.progress(connection),
        {day: by_day.get(day, Figures({})) for day in asked.days},
        before.get(ALL_SCRIPTS, Figures({})),
    )


def by_script(connection: Connection, asked: Asked) -> Mapping[str, Figures]:
    """The figures of each script, most sent first."""
    found = _grouped(connection, asked, _figure.script_key, _figure.script_key != ALL_SCRIPTS)
    most_first = sorted(found, key=lambda key: (-found[key].total(Figure.SENT), key))
    return {key: found[key] for key in most_first}


def by_sender(connection: Connection, asked: Asked) -> Mapping[tuple[date, str], Figures]:
    """The figures of each day and sender's number, in this order."""
    found: dict[tuple[date, str], Figures] = {}
    for row in connection.execute(select(senders.c.id, senders.c.number)):
        of_one = _grouped(connection, asked, _figure.day, *_BY_DAY, _figure.sender_id == row.id)
        found |= {(day, row.number): figures for day, figures in of_one.items()}
    return dict(sorted(found.items()))


def _grouped(
    connection: Connection, asked: Asked, key: ColumnElement[Any], *of: ColumnElement[bool]
) -> dict[Any, Figures]:
    """Figures by a column, of those rows for which `of` is true."""
    keys = (key.label("key"), _figure.figure, _figure.detail)
    counted = (
        select(*keys, func.sum(_figure.number))
        .where(_figure.day >= asked.since, _figure.day <= asked.until, *of)
        .where(*asked.of_senders(_figure.sender_id), *asked.of_campaign(_figure.campaign_id))
        .group_by(*keys)
    )
    rows: dict[Any, list[tuple[str, str, int]]] = defaultdict(list)
    for row in connection.execute(counted):
        rows[row[0]].append((row[1], row[2], int(row[3])))
    return {one: Figures.of(found) for one, found in rows.items()}


def campaigns_sent(connection: Connection, asked: Asked) -> Mapping[str, str]:
    """The campaigns that sent anything in these days, whichever is asked for: names by id."""
    sent = (
        select(_figure.campaign_id)
        .where(_figure.day >= asked.since, _figure.day <= asked.until)
        .where(_OF_ALL, _figure.campaign_id != NO_CAMPAIGN, *asked.of_senders(_figure.sender_id))
    )
    found = select(campaigns.c.id, campaigns.c.name).where(campaigns.c.id.in_(sent))
    rows = connection.execute(found.order_by(campaigns.c.name))
    return {str(row.id): row.name for row in rows}
