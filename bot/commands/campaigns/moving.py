"""`henji campaigns check`, `approve`, `start`, `stop`: from a draft to what people get."""

from typing import TYPE_CHECKING, Any

import click

from bot.commands import options
from bot.commands.campaigns.opening import NAME, do, opened

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from bot.campaigns.estimate import Estimate
    from bot.runtime import Runtime


@click.command(epilog="Example: henji campaigns check december")
@NAME
def check(name: str) -> None:
    """Show the text, and what would become of everybody who is still to come.

    The gate is asked about each of them with the very message they would get; nothing is kept.
    Yen are shown where HENJI_YEN_PER_STEP is set.
    """
    from bot.campaigns import moving
    from bot.campaigns.campaign import find
    from bot.campaigns.estimate import estimate
    from bot.commands.scripts.checking import preview_in_all
    from bot.store.session import transact

    with opened() as runtime:
        campaign = transact(runtime.engine, lambda connection: find(connection, name))
        moving.check_text(runtime, campaign)
        preview_in_all(runtime, campaign.script_key)
        transact(runtime.engine, lambda connection: _tell_messages(connection, runtime, campaign))
        _tell(estimate(runtime, campaign))


@click.command(epilog="Example: henji campaigns approve december --by suzuki")
@NAME
@options.BY
def approve(name: str, by: str) -> None:
    """Let somebody else's campaign be started."""
    from bot.campaigns import moving

    actor = options.staff(by)
    do(lambda connection, _: moving.approve(connection, name, actor))
    click.echo(f"The campaign {name} may be started.")


@click.command(epilog="Example: henji campaigns start december --by sato")
@NAME
@options.BY
def start(name: str, by: str) -> None:
    """Have the clock send a campaign; it must be approved (HENJI_CAMPAIGNS_REVIEW)."""
    from bot.campaigns import moving

    actor = options.staff(by)
    do(lambda connection, runtime: moving.start(connection, runtime, name, actor))
    click.echo(f"The campaign {name} is being sent.")


@click.command(epilog="Example: henji campaigns stop december --reason 'a typo' --by sato")
@NAME
@click.option("--reason", required=True, help="Why, for whoever asks later.")
@options.BY
def stop(name: str, reason: str, by: str) -> None:
    """End a campaign for good, and take back what waits of it."""
    from bot.campaigns import moving

    actor = options.staff(by)
    taken = do(lambda connection, _: moving.stop(connection, name, actor, reason))
    click.echo(f"The campaign {name} is stopped; messages taken back: {taken}.")


def _tell_messages(connection: "Connection", runtime: "Runtime", campaign: "Row[Any]") -> None:
    from bot.campaigns import page_message
    from bot.campaigns.campaign import messages_of

    messages = messages_of(campaign)
    for language, text in messages.items():
        click.echo(f"on the page, {language}:\n{text}")
    for finding in page_message.findings(connection, runtime, messages):
        click.echo(str(finding))


def _tell(made: "Estimate") -> None:
    click.echo(f"would get it: {made.recipients}, at once: {made.now}")
    for words, counts in (("later", made.later), ("left out", made.refused)):
        for rule, count in counts.most_common():
            click.echo(f"{words}, {rule}: {count}")
    click.echo(f"segments: {made.segments}")
    for table, steps in made.steps.items():
        yen = f" = {made.yen[table]} yen" if table in made.yen else ""
        click.echo(f"steps of {table}: {steps}{yen}")
