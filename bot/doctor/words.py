"""Whether what was published can be said, and which publication is in force."""

from collections.abc import Iterator

from sqlalchemy import Connection

from bot.app import load_scripts
from bot.doctor.finding import Finding, bad, good
from bot.errors import HenjiError
from bot.scripts import published
from bot.settings import Settings


def words(connection: Connection, settings: Settings) -> Iterator[Finding]:
    """What of the publications is left out because git has moved on, and what waits for its time.

    Files that cannot be read are found with the flows.
    """
    try:
        edition = published.edition(connection, load_scripts(settings))
    except HenjiError:
        return
    yield from map(bad, edition.left_out)
    number = edition.publication
    yield good(
        f"Publication {number} of scripts is in force."
        if number
        else "The scripts are those that ship."
    )
    for row in published.waiting(connection):
        yield good(f"Publication {row.id} of scripts waits for {row.effective_at:%Y-%m-%d %H:%M}Z.")
