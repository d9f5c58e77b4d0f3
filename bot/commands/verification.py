"""`henji verification`: who is locked after wrong answers, and how staff let them try again."""

import sys
from typing import TYPE_CHECKING, Any

import click

from bot.commands import options
from bot.commands.complaint import FAILED, say

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row


@click.group(no_args_is_help=False, epilog="Example: henji verification list")
def verification() -> None:
    """Who may not say who they are for a while, after five wrong answers."""


@verification.command("list", epilog="Example: henji verification list")
def list_() -> None:
    """Print everybody who is locked on one line, the oldest first: whom, since and until when.

    Numbers are masked; the id before them stands for the person in henji verification unlock.
    """
    from bot.billing.verification import locked
    from bot.settings import load
    from bot.store.session import opened

    with opened(load().DATABASE_URL) as engine, engine.begin() as connection:
        found = locked(connection)
    for one in found:
        click.echo(_line(one))


@verification.command(
    epilog="Example: henji verification unlock 090-0000-0001 --by sato"
    " --reason 'called back: she had her old customer number'"
)
@click.argument("number")
@options.BY
@click.option("--reason", required=True, help="Why; kept with the lock.")
def unlock(number: str, by: str, reason: str) -> None:
    """Let a NUMBER, in any notation, or the person whose id the list prints, try again.

    A link that took five wrong answers stays closed: the person texts PAY for a new one.
    """
    from bot import audit
    from bot.audit import Act, Event
    from bot.billing.verification import unlock as end
    from bot.compliance.reviews import contact_of
    from bot.settings import load
    from bot.store.session import opened, transact

    actor, who, why = options.staff(by), options.person(number), options.reason(reason)

    def work(connection: "Connection") -> bool:
        contact = contact_of(connection, who) if isinstance(who, str) else who
        if contact is None or not end(connection, contact, actor, why):
            return False
        event = Event(actor, Act.VERIFICATION_UNLOCK, f"contact {contact}", reason=why)
        audit.record(connection, event)
        return True

    with opened(load().DATABASE_URL) as engine:
        ended = transact(engine, work)
    if not ended:
        say("nobody with that number is locked")
        sys.exit(FAILED)
    click.echo("The lock is ended; texting PAY brings a new link.")


def _line(one: "Row[Any]") -> str:
    """One lock in words, with the number masked."""
    from bot.text import mask

    until = f"until {one.until:%Y-%m-%d %H:%M} UTC" if one.until else "until unlocked"
    who = f"{options.BY_ID}{one.id}  {mask.number(one.number)}"
    return f"{who}  since {one.created_at:%Y-%m-%d %H:%M} UTC  {until}"
