"""`henji reconcile`: compare our messages with the provider's own list."""

import re
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from bot.commands.complaint import FAILED, say

if TYPE_CHECKING:
    from bot.messaging.reconciling.reconcile import Found

UNITS = {"m": "minutes", "h": "hours", "d": "days"}
MOST_DAYS = 400


class Span(click.ParamType[timedelta]):
    """A time such as 90m, 6h or 2d."""

    name = "time"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """The time that was written."""
        if isinstance(value, timedelta):
            return value
        found = re.fullmatch(r"([0-9]{1,6})([mhd])", str(value))
        span = timedelta(**{UNITS[found[2]]: int(found[1])}) if found else timedelta()
        if not timedelta() < span <= timedelta(days=MOST_DAYS):
            self.fail(f"{value} is not a time such as 90m, 6h or 2d, {MOST_DAYS} days at most.")
        return span


@click.command(epilog="Example: henji reconcile --since 2d --dry-run")
@click.option("--since", type=Span(), default="2d", show_default=True, help="How far to look back.")
@click.option("--dry-run", is_flag=True, help="Only tell what would be done.")
def reconcile(since: timedelta, dry_run: bool) -> None:
    """Compare our messages with the provider's own list, and set right what is missing here.

    Statuses that were never reported are recorded. Texts that never reached us are taken in, oldest
    first: they are answered within an hour of being written, later only a STOP in them is obeyed.
    Messages under our numbers that we did not send are named. henji clock does the same every
    night; doing it twice changes nothing.
    """
    from datetime import UTC, datetime

    from bot.app import build_runtime
    from bot.errors import SendError
    from bot.messaging.reconciling.reconcile import Progress
    from bot.messaging.reconciling.reconcile import reconcile as compare
    from bot.messaging.reports import counts
    from bot.providers import KeepsRecords
    from bot.settings import load, to_serve

    runtime = build_runtime(load(*to_serve()))
    if not isinstance(runtime.provider, KeepsRecords):
        say("this provider keeps no list of messages that could be compared")
        sys.exit(FAILED)
    runtime.shelf.look(runtime.engine)
    now = datetime.now(UTC)
    progress = Progress(now - since, now)
    failed = None
    try:
        compare(runtime, runtime.provider, progress, lambda _: None, lambda: True, dry_run)
        if not dry_run:
            counts.refresh(runtime.engine, progress.since)
    except SendError as error:
        failed = f"the provider's list cannot be read: {error}"
    finally:
        runtime.engine.dispose()
    for line in _lines(progress.found, dry_run):
        click.echo(line)
    if failed:
        say(f"{failed}; run it again to go on")
        sys.exit(FAILED)


def _lines(found: "Found", dry_run: bool) -> Iterator[str]:
    would = "that would be " if dry_run else ""
    yield f"Statuses {would}set right: {found.statuses}."
    yield f"Texts {would}taken in: {found.texts}."
    yield f"Messages under our numbers that we did not send: {found.foreign}."
    yield from found.named
