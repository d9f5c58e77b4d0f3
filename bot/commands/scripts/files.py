"""`henji scripts diff`, `export` and `import`: where git and the database meet."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.commands.complaint import FAILED
from bot.commands.scripts.opening import BY, opened
from bot.text.counted import counted

if TYPE_CHECKING:
    from bot.runtime import Runtime

FOLDER = click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A folder with ja/ and en/ (the locales of this installation).",
)


@click.command(epilog="Example: henji scripts diff")
@FOLDER
def diff(folder: Path | None) -> None:
    """Show word by word what the files say otherwise than what is in force; status 1 for any."""
    from bot.scripts.changes import shown
    from bot.scripts.export import differing

    with opened() as runtime:
        changes = differing(runtime.edition, _folders(runtime, folder))
        for line in shown(changes, runtime.edition):
            click.echo(line)
    sys.exit(FAILED if changes else 0)


@click.command(epilog="Example: henji scripts export && git diff locales")
@FOLDER
def export(folder: Path | None) -> None:
    """Write what is in force into the files, so that git catches up.

    Only texts and words that differ are written; comments, quotes and order stay byte by byte.
    """
    from bot.scripts.export import export as write

    with opened() as runtime:
        changed = write(runtime.edition, _folders(runtime, folder))
    for file in changed:
        click.echo(f"{file} is changed.")
    if not changed:
        click.echo("The files say what is in force.")


@click.command("import", epilog="Example: henji scripts import --by Sato")
@FOLDER
@BY
def import_(folder: Path | None, by: str) -> None:
    """Make a draft of what the files say otherwise than what is in force.

    A file with a mistake is refused with its line, and nothing is kept.
    """
    from bot.commands import options
    from bot.scripts import drafts
    from bot.scripts.export import differing
    from bot.store.session import transact

    who = options.staff(by)
    with opened() as runtime:
        edition = runtime.edition
        changes = differing(edition, _folders(runtime, folder))
        if not changes:
            click.echo("The files say what is in force.")
            return
        made = transact(runtime.engine, lambda it: drafts.of_changes(it, who, changes, edition))
    click.echo(f"{counted(len(changes), 'change is', 'changes are')} in draft {made}.")


def _folders(runtime: "Runtime", folder: Path | None) -> Sequence[Path]:
    """The folder that was named, or all where words of this installation lie."""
    from bot.app import locale_folders

    return [folder] if folder else locale_folders(runtime.settings)
