"""The page of the dashboard; which days and whose figures it shows stands in its address."""

from datetime import UTC, datetime
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection, select

from bot.overview.dashboard import reading
from bot.overview.dashboard.asked import LENGTHS, MOST_DAYS, Asked, Period
from bot.overview.dashboard.figures import Figure
from bot.overview.dashboard.waiting import waiting
from bot.setting_types import BillingTable
from bot.staff import departments
from bot.store.tables import senders
from bot.text.format import TOKYO
from console import visitor
from console.dashboard import tables
from console.dashboard.charts import charts
from console.dashboard.telling import count, lasting, percent
from console.dashboard.tiles import tiles
from console.screens import Screens, wished_language


def page(screens: Screens) -> ResponseReturnValue:
    """The figures that are asked for, and what waits at this moment."""
    asked = read_asked()
    if request.args.get("since") and asked.period is not Period.OWN:
        address: dict[str, Any] = asked.address()
        return redirect(url_for("dashboard.page", **address), 303)
    language = wished_language()
    with screens.runtime.engine.connect() as connection:
        numbers = reading.read(connection, asked)
        queues = waiting(connection, asked)
        choices = _choices(connection, asked)
    return screens.show(
        "dashboard/page",
        asked=asked,
        address=asked.address(),
        lengths=LENGTHS,
        most_days=MOST_DAYS,
        numbers=numbers,
        tiles=tiles(numbers, asked, language),
        charts=charts(numbers, asked, language),
        queues=queues,
        tables=tables,
        yen_per_step=screens.runtime.settings.yen_per_step.get(BillingTable.SEGMENTS_67),
        Figure=Figure,
        count=count,
        percent=percent,
        lasting=lambda seconds: lasting(seconds, language),
        **choices,
    )


def scripts(screens: Screens) -> ResponseReturnValue:
    """The part of the page that takes longest: the figures of each script."""
    language = wished_language()
    with screens.runtime.engine.connect() as connection:
        found = reading.by_script(connection, asked := read_asked())
    return screens.show(
        "dashboard/scripts",
        asked=asked,
        scripts=found,
        Figure=Figure,
        count=count,
        percent=percent,
        lasting=lambda seconds: lasting(seconds, language),
    )


def read_asked() -> Asked:
    """What the address asks for, within what the visitor may see."""
    today = datetime.now(UTC).astimezone(TOKYO).date()
    return Asked.read(request.args, visitor.current().scope, today)


def _choices(connection: Connection, asked: Asked) -> dict[str, Any]:
    ours = select(senders.c.id, senders.c.number)
    ours = ours.where(visitor.current().scope.covers(senders.c.id)).order_by(senders.c.id)
    return {
        "senders": connection.execute(ours).all(),
        "departments": departments.everyone(connection),
        "campaigns": reading.campaigns_sent(connection, asked),
    }
