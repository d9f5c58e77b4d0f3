"""`henji campaigns list` and `show`: what there is, and how far it has come."""

import click

from bot.commands.campaigns.opening import NAME, do
from bot.commands.scripts.opening import in_japan
from bot.text.counted import counted

# What is told of a campaign where it is said: the words before it, and its column.
TOLD = (
    ("purpose", "purpose"),
    ("text", "script_key"),
    ("text policy", "text_policy"),
    ("on the page, ja", "message_ja"),
    ("on the page, en", "message_en"),
    ("exemption", "exemption"),
    ("ground", "exemption_note"),
    ("sender", "sender"),
    ("page asks", "questions"),
    ("disclosure", "disclosure"),
    ("link hours", "link_hours"),
    ("hours", "hours"),
    ("made by", "created_by"),
    ("approved by", "approved_by"),
    ("stopped for", "stop_reason"),
)


@click.command("list", epilog="Example: henji campaigns list")
def list_() -> None:
    """Print every campaign on one line, the newest first."""
    from bot.campaigns.campaign import listed

    for one in do(lambda connection, _: listed(connection)):
        made, people = in_japan(one.created_at), counted(one.people, "person", "people")
        click.echo(f"{one.name}  {one.kind}  {one.state}  {people}  {made}")


@click.command(epilog="Example: henji campaigns show december")
@NAME
def show(name: str) -> None:
    """Print what a campaign is, and how far it has come."""
    from bot.campaigns import progress
    from bot.campaigns.campaign import find

    campaign = do(lambda connection, _: find(connection, name))
    made = do(lambda connection, _: progress.of_campaign(connection, campaign.id))
    click.echo(f"{campaign.name}: {campaign.kind}, {campaign.state}")
    for words, column in TOLD:
        if value := getattr(campaign, column):
            told = ", ".join(value) if isinstance(value, list) else value
            click.echo(f"{words}: {told}")
    for words, counts in (
        ("people", made.people),
        ("left out", made.left_out),
        ("messages", made.messages),
        ("not sent", made.not_sent),
    ):
        for of, count in counts.items():
            click.echo(f"{words}, {of}: {count}")
    if made.put_off and made.next_turn:
        click.echo(f"put off: {made.put_off}, the first until {in_japan(made.next_turn)}")
