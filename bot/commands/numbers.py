"""`henji numbers`: ask the provider about numbers, which costs money each time."""

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from bot.commands import options
from bot.commands.complaint import FAILED, say

if TYPE_CHECKING:
    from bot.messaging.look_ups import Checked

STDIN = "-"


@click.group(no_args_is_help=False, epilog="Example: henji numbers check 090-0000-0001")
def numbers() -> None:
    """What the provider knows of people's numbers."""


@numbers.command(epilog="Example: henji numbers check - < numbers.txt")
@click.argument("written", metavar="NUMBER...", nargs=-1, required=True)
def check(written: tuple[str, ...]) -> None:
    """Ask the provider about each NUMBER, in any notation; - reads them from stdin, one a line.

    A number that somebody else has now is quarantined, and one that no text reaches is held, until
    staff release it. HENJI_NUMBER_LOOKUP says what is asked. One that gets no answer is named, and
    status 1 ends the command; the others are checked all the same.
    """
    from bot.app import build_runtime
    from bot.errors import SendError
    from bot.messaging import look_ups
    from bot.settings import load, to_serve
    from bot.text import mask

    wanted = [options.number(one) for one in _given(written)]
    runtime = build_runtime(load(*to_serve()))
    failed = False
    try:
        for number in wanted:
            try:
                found = look_ups.check(runtime, number)
            except SendError as error:
                failed = True
                say(f"{mask.number(number)}: {error}")
            else:
                click.echo(f"{mask.number(number)}: {_told(found)}.")
    finally:
        runtime.engine.dispose()
    sys.exit(FAILED if failed else 0)


def _given(written: Iterable[str]) -> Iterable[str]:
    for one in written:
        yield from (
            (line for line in sys.stdin.read().splitlines() if line.strip())
            if (one == STDIN)
            else [one]
        )


def _told(found: "Checked") -> str:
    status = found.status
    owner = {True: "reassigned", False: "not reassigned", None: "owner not known"}
    held = f"; held: {found.held.words}" if found.held else ""
    return f"{status.line or 'line not known'}, {owner[status.reassigned]}{held}"
