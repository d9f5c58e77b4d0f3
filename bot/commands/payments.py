"""`henji payments …`: compare with the gateways' lists, and write the books for accounting."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.commands.complaint import FAILED

if TYPE_CHECKING:
    from datetime import datetime

    from bot.payments.reconcile import Compared

DAY = click.DateTime(["%Y-%m-%d"])
DAYS_BACK = 3


@click.group(no_args_is_help=False, epilog="Example: henji payments reconcile")
def payments() -> None:
    """Payments: compare with the gateways' lists, and write the books for accounting."""


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
    with log.aside():
        compared = [comparison.reconcile(runtime, gateway, start) for gateway in gateways]
    runtime.engine.dispose()
    for one in compared:
        _tell(one)
    sys.exit(FAILED if any(one.for_a_person for one in compared) else 0)


@payments.command(epilog="Example: henji payments export --from 2026-12-01 --to 2026-12-31")
@click.option("--from", "start", type=DAY, required=True, help="The first day, in Japan.")
@click.option("--to", "end", type=DAY, required=True, help="The last day, in Japan.")
@click.option(
    "--into",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("payments.csv"),
    show_default=True,
    help="The file to write.",
)
def export(start: "datetime", end: "datetime", into: Path) -> None:
    """Write payments, refunds and chargebacks of a period as CSV, one line for each.

    The file holds customer numbers in the clear. Amounts that went back are negative; days are
    those of the gateways' clocks, in Japan.
    """
    from datetime import timedelta

    from bot.payments import books
    from bot.settings import load
    from bot.store.crypto import Vault
    from bot.store.session import opened
    from bot.text.format import TOKYO

    if end < start:
        raise click.UsageError("--to lies before --from.")
    settings = load("SECRET_KEY")
    first, after = start.replace(tzinfo=TOKYO), end.replace(tzinfo=TOKYO) + timedelta(days=1)
    with opened(settings.DATABASE_URL) as engine, engine.begin() as connection:
        found = books.lines(connection, first, after)
    books.write(into, found, Vault(settings.secret("SECRET_KEY")))
    click.echo(f"{len(found)} lines are in {into}.")


def _tell(compared: "Compared") -> None:
    for difference in compared.differences:
        click.echo(f"{'! ' if difference.for_a_person else 'ok'} {difference.words}")
    settled = len(compared.differences) - len(compared.for_a_person)
    click.echo(
        f"{compared.gateway}: {compared.listed} payments listed, {settled} settled here,"
        f" {len(compared.for_a_person)} for a person."
    )
