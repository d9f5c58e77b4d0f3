"""`henji scripts picture`: a flow as its table draws it."""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from bot.commands.scripts.opening import opened

if TYPE_CHECKING:
    from collections.abc import Mapping


@click.command(epilog="Example: henji scripts picture balance --since 2026-11-01 > balance.svg")
@click.argument("flow")
@click.option("--state", help="The state to highlight.")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Count the moves from this day on, in Japan.",
)
def picture(flow: str, state: str | None, since: datetime | None) -> None:
    """Draw a FLOW as SVG: its states, what each move needs, and how often it was taken."""
    from bot.app import flow_table
    from bot.dialogue.picture import draw
    from bot.settings import load

    flows = flow_table(load())
    if flow not in flows:
        raise click.UsageError(f"There is no flow {flow}; use {', '.join(flows)}.")
    found = flows[flow]
    if state is not None and state not in found.states:
        raise click.UsageError(f"{flow} has no state {state}; use {', '.join(found.states)}.")
    click.echo(draw(found, state, _counts(flow, since) if since else None))


def _counts(flow: str, since: datetime) -> "Mapping[tuple[str, str], int]":
    from bot.messaging.reports.moves import moves
    from bot.text.format import TOKYO

    start, end = since.replace(tzinfo=TOKYO), datetime.now(TOKYO)
    with opened() as runtime, runtime.engine.connect() as connection:
        counted = moves(connection, runtime.flows, start, end)
    return {(at, to): number for (name, at, to), number in counted.items() if name == flow}
