"""`henji delivery` and `henji usage`: what became of the messages of some days, and the bill."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.messaging.reports.counts import Total
    from bot.messaging.reports.replies import Response

MOST_DAYS = 400


@click.command(epilog="Example: henji delivery --days 30")
@click.option("--days", type=click.IntRange(1, MOST_DAYS), default=7, show_default=True)
def delivery(days: int) -> None:
    """Print what became of the messages of the last days: by carrier and error, and by script.

    Both tables are separated by tabs. Messages of the last minute are not counted yet.
    """
    from sqlalchemy import select

    from bot.messaging.reports.counts import totals
    from bot.messaging.reports.replies import by_script
    from bot.settings import load
    from bot.store.columns import utc_now
    from bot.store.session import opened

    with opened(load().DATABASE_URL) as engine, engine.begin() as connection:
        now = connection.execute(select(utc_now())).scalar_one()
        since = now - timedelta(days=days)
        counted, scripts = totals(connection, since), by_script(connection, since, now)
    for line in (*_by_carrier(counted), "", *_by_script(scripts)):
        click.echo(line)


@click.command(epilog="Example: henji usage --days 31")
@click.option("--days", type=click.IntRange(1, MOST_DAYS), default=31, show_default=True)
def usage(days: int) -> None:
    """Print what was received and sent on the last days in Japan, and in segments, as it is billed.

    The table is separated by tabs; its last line has the sums. Times the price of a text received,
    and of a segment sent, it is the provider's bill.
    """
    from sqlalchemy import select

    from bot.messaging.reports.usage import by_day
    from bot.settings import load
    from bot.store.columns import utc_now
    from bot.store.session import opened

    with opened(load().DATABASE_URL) as engine, engine.begin() as connection:
        now = connection.execute(select(utc_now())).scalar_one()
        counted = by_day(connection, now - timedelta(days=days))
    click.echo("day\tsender\treceived\tsent\tsegments sent")
    for one in counted:
        click.echo(f"{one.day}\t{one.sender}\t{one.received}\t{one.sent}\t{one.segments}")
    sums = [sum(getattr(one, name) for one in counted) for name in ("received", "sent", "segments")]
    click.echo("\t".join(map(str, ("all", "all", *sums))))


def _by_carrier(counted: "list[Total]") -> Iterator[str]:
    yield "sender\tcarrier\tstatus\terror\tmessages"
    for one in counted:
        told = (one.carrier or "-", one.status or "no word", one.error_code or "-")
        yield "\t".join(map(str, (one.sender, *told, one.messages)))


def _by_script(scripts: "list[Response]") -> Iterator[str]:
    yield "script\tsent\tarrived\tanswered\tmedian seconds to the answer"
    for one in scripts:
        arrived = f"{one.arrived / one.settled:.0%}" if one.settled else "-"
        seconds = "-" if one.seconds is None else f"{one.seconds:.0f}"
        yield f"{one.script_key}\t{one.sent}\t{arrived}\t{one.answered / one.sent:.0%}\t{seconds}"
