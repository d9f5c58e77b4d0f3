"""`henji payments …`: compare with the gateways' lists; the books, the timeline, the funnel."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.commands.complaint import FAILED
from bot.text.counted import counted

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection

    from bot.commands.options import Command
    from bot.payments.reconcile import Compared

DAY = click.DateTime(["%Y-%m-%d"])
DAYS_BACK = 3
CAMPAIGN = click.option("--campaign", metavar="NAME", help="Of a campaign, instead of a period.")


@click.group(no_args_is_help=False, epilog="Example: henji payments reconcile")
def payments() -> None:
    """Payments: compare with the gateways' lists; write the books, the timeline, the funnel."""


@payments.command(epilog="Example: henji payments reconcile --since 2026-12-01")
@click.option("--since", type=DAY, help=f"The first day, in Japan ({DAYS_BACK} days ago).")
@click.option("--gateway", "only", help="One gateway (all that are set up).")
def reconcile(since: "datetime | None", only: str | None) -> None:
    """Compare our payments with every gateway's list, both ways.

    What was paid there and missing here is settled as if its notice had come: the receipt leaves.
    The rest is printed for a person and raises an alert; then the status is 1. The clock does the
    same once a night.
    """
    from datetime import UTC, datetime, timedelta

    from bot import log
    from bot.app import build_runtime
    from bot.payments import reconcile as comparison
    from bot.settings import load, to_serve
    from bot.text.format import TOKYO

    runtime = build_runtime(load(*to_serve()))
    if only is not None and only not in runtime.gateways:
        raise click.UsageError(f"--gateway must be one that is set up, not {only}.")
    ago = datetime.now(UTC) - timedelta(days=DAYS_BACK)
    start = since.replace(tzinfo=TOKYO) if since else ago
    gateways = [runtime.gateways[only]] if only else list(runtime.gateways.values())
    if not gateways:
        raise click.ClickException("No payment gateway is set up.")
    runtime.shelf.look(runtime.engine)
    with log.aside():
        compared = [comparison.reconcile(runtime, gateway, start) for gateway in gateways]
    runtime.engine.dispose()
    for one in compared:
        _tell(one)
    sys.exit(FAILED if any(one.for_a_person for one in compared) else 0)


def _of_a_period(into: str, required: bool = True) -> "Callable[[Command], Command]":
    """The options of what is written about a period, and the file that is written."""
    first, last = "The first day, in Japan.", "The last day, in Japan."
    options = (
        click.option("--from", "start", type=DAY, required=required, help=first),
        click.option("--to", "end", type=DAY, required=required, help=last),
        click.option(
            "--into",
            type=click.Path(dir_okay=False, path_type=Path),
            default=Path(into),
            show_default=True,
            help="The file to write.",
        ),
    )

    def add(command: "Command") -> "Command":
        for option in reversed(options):
            command = option(command)
        return command

    return add


@payments.command(epilog="Example: henji payments export --from 2026-12-01 --to 2026-12-31")
@_of_a_period("payments.csv")
def export(start: "datetime", end: "datetime", into: Path) -> None:
    """Write payments, refunds and chargebacks of a period as CSV, one line for each.

    The file holds customer numbers in the clear. Amounts that went back are negative; days are
    those of the gateways' clocks, in Japan.
    """
    from bot.payments import books
    from bot.settings import load
    from bot.store.crypto import Vault
    from bot.store.session import opened

    settings = load("SECRET_KEY")
    first, after = _period(start, end)
    with opened(settings.DATABASE_URL) as engine, engine.begin() as connection:
        found = books.lines(connection, first, after)
    books.write(into, found, Vault.of(settings))
    click.echo(f"{counted(len(found), 'line is', 'lines are')} in {into}.")


@payments.command(epilog="Example: henji payments timeline --from 2026-12-01 --to 2026-12-31")
@_of_a_period("timeline.csv", required=False)
@CAMPAIGN
def timeline(
    start: "datetime | None", end: "datetime | None", into: Path, campaign: str | None
) -> None:
    """Write every step of every payment of a period as CSV, from the text to the receipt.

    With --campaign, those of the campaign's messages and their links instead. The file holds
    customer numbers in the clear. Times are those of Japan.
    """
    from bot.payments import timeline as steps
    from bot.payments import timeline_file
    from bot.settings import load
    from bot.store.crypto import Vault
    from bot.store.session import opened

    settings = load("SECRET_KEY")
    period = _period_unless(campaign, start, end)
    with opened(settings.DATABASE_URL) as engine, engine.connect() as connection:
        numbers = timeline_file.customer_numbers(connection, Vault.of(settings))
        if period is None:
            found = steps.of_campaign(connection, _campaign_id(connection, campaign))
        else:
            found = steps.between(connection, *period)
        count = timeline_file.write(into, found, numbers)
    click.echo(f"{counted(count, 'line is', 'lines are')} in {into}.")


@payments.command(epilog="Example: henji payments funnel --from 2026-12-01 --to 2026-12-31")
@_of_a_period("funnel.csv", required=False)
@CAMPAIGN
def funnel(
    start: "datetime | None", end: "datetime | None", into: Path, campaign: str | None
) -> None:
    """Write how far each script's messages of a period led, from sent to paid, as CSV.

    With --campaign, those of the campaign instead.
    """
    from bot.payments import funnel, timeline_file
    from bot.settings import load
    from bot.store.session import opened

    period = _period_unless(campaign, start, end)
    with opened(load().DATABASE_URL) as engine, engine.connect() as connection:
        if period is None:
            found = funnel.of_campaign(connection, _campaign_id(connection, campaign))
        else:
            found = funnel.by_script(connection, *period)
    timeline_file.write_funnel(into, found)
    for one in found:
        click.echo(
            f"{one.script_key} ({one.language}): {one.sent} sent, {one.delivered} delivered,"
            f" {one.opened} opened, {one.verified} verified, {one.started} started,"
            f" {one.paid} paid"
        )
    click.echo(f"{counted(len(found), 'line is', 'lines are')} in {into}.")


def _period_unless(
    campaign: str | None, start: "datetime | None", end: "datetime | None"
) -> "tuple[datetime, datetime] | None":
    """The period that is asked for; None where a campaign is, which needs none."""
    if campaign is not None:
        if start or end:
            raise click.UsageError("--campaign goes without --from and --to.")
        return None
    if start is None or end is None:
        raise click.UsageError("Give --from and --to, or --campaign.")
    return _period(start, end)


def _campaign_id(connection: "Connection", name: str | None) -> int:
    from bot.campaigns.campaign import find

    return int(find(connection, name or "").id)


def _period(start: "datetime", end: "datetime") -> "tuple[datetime, datetime]":
    """From the beginning of the first day in Japan until the end of the last one."""
    from datetime import timedelta

    from bot.text.format import TOKYO

    if end < start:
        raise click.UsageError("--to lies before --from.")
    return start.replace(tzinfo=TOKYO), end.replace(tzinfo=TOKYO) + timedelta(days=1)


def _tell(compared: "Compared") -> None:
    for difference in compared.differences:
        click.echo(f"{'! ' if difference.for_a_person else 'ok'} {difference.words}")
    settled = len(compared.differences) - len(compared.for_a_person)
    click.echo(
        f"{compared.gateway}: {counted(compared.listed, 'payment')} listed, {settled} settled here,"
        f" {len(compared.for_a_person)} for a person."
    )
