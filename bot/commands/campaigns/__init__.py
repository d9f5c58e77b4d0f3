"""`henji campaigns …`: one text to many people, in four steps: text, people, check, approval."""

import click

from bot.commands.campaigns.making import add, people
from bot.commands.campaigns.moving import approve, check, start, stop
from bot.commands.campaigns.showing import list_, show


@click.group(no_args_is_help=False, epilog="Example: henji campaigns list")
def campaigns() -> None:
    """One text to many people: make it, choose whom, check, have it approved, start, stop."""


for command in (add, people, check, approve, start, stop, list_, show):
    campaigns.add_command(command)
