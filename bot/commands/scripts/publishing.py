"""`henji scripts publish`, `history`, `rollback`: words in force, and back."""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from bot.commands.scripts.opening import BY, DRAFT, in_japan, opened

if TYPE_CHECKING:
    from bot.scripts.history import Entry

NUMBER = click.argument("number", metavar="PUBLICATION", type=int)
REASON = click.option("--reason", required=True, help="Why, for whoever asks later.")


@click.command(epilog="Example: henji scripts publish 3 --by Suzuki")
@DRAFT
@click.option(
    "--at",
    type=click.DateTime(["%Y-%m-%d %H:%M"]),
    help="When, in Japan (now): '2026-12-01 09:00'.",
)
@BY
def publish(draft_id: int, at: datetime | None, by: str) -> None:
    """Put a draft in force: all of it, in every process within two seconds.

    It must be approved (HENJI_SCRIPTS_REVIEW), without errors, each warning with its reason, and
    every saved talk green.
    """
    from bot.commands import options
    from bot.rehearsal import release
    from bot.text.format import TOKYO

    when = at.replace(tzinfo=TOKYO) if at else None
    with opened() as runtime:
        number = release.publish(runtime, draft_id, options.staff(by), when)
    since = f"will be in force from {when:%Y-%m-%d %H:%M}" if when else "is in force"
    click.echo(f"Publication {number} {since}.")


@click.command(epilog="Example: henji scripts history common.help")
@click.argument("key", required=False)
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True)
def history(key: str | None, limit: int) -> None:
    """Show what was published, the newest first: who, when, why, and word by word what changed."""
    from bot.scripts.history import entries

    with opened() as runtime, runtime.engine.connect() as connection:
        for entry in entries(connection, runtime.edition.shipped, key, limit):
            _tell(entry)


@click.command(epilog="Example: henji scripts rollback 12 --reason 'a wrong number' --by Sato")
@NUMBER
@REASON
@BY
def rollback(number: int, reason: str, by: str) -> None:
    """Take a publication back: what it changed says again what it said before."""
    from bot.commands import options
    from bot.rehearsal import release

    with opened() as runtime:
        back = release.take_back(runtime, number, options.staff(by), reason)
    click.echo(f"Publication {back} takes {number} back and is in force.")


@click.command(epilog="Example: henji scripts cancel 13 --by Sato")
@NUMBER
@BY
def cancel(number: int, by: str) -> None:
    """Call off a publication that waits for its time; its draft is open again."""
    from bot.commands import options
    from bot.scripts import publishing
    from bot.store.session import transact

    with opened() as runtime:
        who = options.staff(by)
        transact(runtime.engine, lambda connection: publishing.cancel(connection, number, who))
    click.echo(f"Publication {number} is called off.")


def _tell(entry: "Entry") -> None:
    click.echo(f"{entry.number}  {in_japan(entry.effective_at)}  {_state(entry)}")
    people = f"by {entry.author}"
    people += f", approved by {entry.reviewer}" if entry.reviewer else ""
    people += f", published by {entry.publisher}"
    click.echo(f"    {people}: {entry.reason}")
    for change in entry.changes:
        for line in change.lines():
            click.echo(f"    {line}")


def _state(entry: "Entry") -> str:
    if entry.state == "rollback":
        return f"takes {entry.undoes} back"
    return {"canceled": "called off", "waiting": "waits for its time"}.get(entry.state, entry.state)
