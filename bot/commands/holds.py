"""`henji holds`: what keeps messages from people, for staff to look at and to release."""

import sys
from typing import TYPE_CHECKING

import click

from bot.commands import options
from bot.commands.complaint import FAILED, say

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.compliance.reviews import Held

# Those of bot.dialogue.holds.HoldKind, whose module takes a while to load; a test compares them.
KINDS = (
    "promise",
    "lawyer",
    "wrong_person",
    "stop_question",
    "failures",
    "no_texts",
    "hardship",
    "says_paid",
)


@click.group(no_args_is_help=False, epilog="Example: henji holds list")
def holds() -> None:
    """What keeps unsolicited messages from people: promises, lawyers, wrong numbers, doubts."""


@holds.command("list", epilog="Example: henji holds list --kind lawyer")
@click.option("--kind", type=click.Choice(KINDS), help="Only holds of one kind.")
def list_(kind: str | None) -> None:
    """Print every hold on one line, the oldest first: whom it is on, of which kind, and why.

    Numbers are masked; the id before them stands for the person in henji holds release.
    """
    from bot.compliance import reviews
    from bot.dialogue.holds import HoldKind
    from bot.settings import load
    from bot.store.session import opened

    wanted = HoldKind(kind) if kind else None
    with opened(load().DATABASE_URL) as engine, engine.begin() as connection:
        found = reviews.held(connection, kind=wanted)
    for one in found:
        click.echo(line(one))


@holds.command(
    epilog="Example: henji holds release 090-0000-0001 --kind wrong_person --by sato"
    " --reason 'called back: it is her number'"
)
@click.argument("number")
@click.option("--kind", type=click.Choice(KINDS), required=True, help="Which hold.")
@options.BY
@click.option("--reason", required=True, help="Why; kept with the hold.")
def release(number: str, kind: str, by: str, reason: str) -> None:
    """End a hold on a NUMBER, in any notation, or on the person whose id henji holds list prints.

    Messages that waited for it are judged again. Other holds, and a stop, go on.
    """
    from bot.compliance import reviews
    from bot.dialogue.holds import HoldKind
    from bot.settings import load
    from bot.store.session import opened, transact

    actor, wanted, who = options.staff(by), HoldKind(kind), options.person(number)
    why = options.reason(reason)

    def work(connection: "Connection") -> "list[Held] | None":
        contact = reviews.contact_of(connection, who) if isinstance(who, str) else who
        if contact is None or not reviews.release(connection, contact, wanted, actor, why):
            return None
        return reviews.held(connection, contact)

    with opened(load().DATABASE_URL) as engine:
        left = transact(engine, work)
    if left is None:
        say(f"there is no hold of the kind {kind} on that number")
        sys.exit(FAILED)
    click.echo("The hold is released.")
    for one in left:
        click.echo(f"Still on hold: {line(one)}")


def line(one: "Held") -> str:
    """One hold in words, with the number masked."""
    from bot.text import mask

    until = f"until {one.until:%Y-%m-%d %H:%M} UTC" if one.until else "until released"
    who = f"{options.BY_ID}{one.contact_id}  {mask.number(one.number)}"
    return f"{who}  {one.kind}  since {one.since:%Y-%m-%d}  {until}  {one.kind.words}: {one.rule}"
