"""`henji person`: what is kept about one person."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.commands import options
from bot.commands.complaint import FAILED, say
from bot.text.counted import counted

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.overview.record import Line


@click.group(no_args_is_help=False, epilog="Example: henji person export --help")
def person() -> None:
    """What is kept about one person."""


@person.command(
    epilog="Example: henji person export 090-0000-0001 --by sato --reason 'their own request'"
)
@options.NUMBER
@options.BY
@click.option("--reason", required=True, help="Why; it is kept in the audit log.")
@click.option(
    "--into",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("person.jsonl"),
    show_default=True,
    help="The file to write.",
)
def export(number: str, by: str, reason: str, into: Path) -> None:
    """Write all that was said to and by a person, agreed and paid, as JSON lines in order.

    The file holds personal data in the clear. The evidence of consent has a command of its own:
    henji consent export.
    """
    from bot import audit
    from bot.audit import Act, Event
    from bot.compliance import reviews
    from bot.overview import record
    from bot.settings import load
    from bot.store.crypto import Vault
    from bot.store.session import opened, transact
    from bot.text import json_lines

    written, actor, why = options.number(number), options.staff(by), options.reason(reason)
    settings = load("SECRET_KEY")

    def work(connection: "Connection") -> "list[Line] | None":
        contact_id = reviews.contact_of(connection, written)
        if contact_id is None:
            return None
        event = Event(actor, Act.RECORD_EXPORT, f"contact {contact_id}", reason=why)
        audit.record(connection, event)
        return record.of_person(connection, Vault.of(settings), written)

    with opened(settings.DATABASE_URL) as engine:
        lines = transact(engine, work)
    if lines is None:
        say("nothing is kept about that number")
        sys.exit(FAILED)
    into.write_bytes(b"".join(json_lines.line(line.as_dict()) for line in lines))
    click.echo(f"{counted(len(lines), 'line is', 'lines are')} in {into}.")
