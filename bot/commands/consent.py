"""`henji consent …`: check the ledger, prove what is in it, compare it with the provider's list."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.commands.complaint import FAILED, say
from bot.commands.consent_records import record, show, stop
from bot.text.counted import counted

if TYPE_CHECKING:
    from datetime import datetime

    from bot.compliance.proof import Wanted

DAY = click.DateTime(["%Y-%m-%d"])


@click.group(no_args_is_help=False, epilog="Example: henji consent verify")
def consent() -> None:
    """The ledger of consent: check it, and prove what is in it."""


@consent.command(epilog="Example: henji consent verify")
def verify() -> None:
    """Recompute the chain of the ledger; status 1, naming the first entry that is broken.

    The last hash stands for the whole ledger: note it elsewhere, and nobody can rewrite the ledger
    unseen.
    """
    from bot.compliance import audit
    from bot.settings import load
    from bot.store.session import opened

    with opened(load().DATABASE_URL) as engine, engine.begin() as connection:
        found = audit.verify(connection)
    if found.broken:
        say(f"entry {found.broken.entry} is broken: {found.broken.why}")
        sys.exit(FAILED)
    entries = counted(found.entries, "entry", "entries")
    click.echo(f"The chain holds: {entries}, the last hash is {found.head}.")


@consent.command(epilog="Example: henji consent drift --days 30")
@click.option("--days", type=click.IntRange(1, 400), default=30, show_default=True)
def drift(days: int) -> None:
    """Compare our stops with the provider's refusals; status 1 where they differ.

    The provider's own list of messages is read for so many days back.
    """
    from datetime import UTC, datetime, timedelta

    from bot.app import build_runtime
    from bot.messaging.consent.drift import compare
    from bot.providers import KeepsConsents
    from bot.settings import load, to_serve
    from bot.text import mask

    runtime = build_runtime(load(*to_serve()))
    provider, since = runtime.provider, datetime.now(UTC) - timedelta(days=days)
    listed = provider.refused_since(since) if isinstance(provider, KeepsConsents) else ()
    with runtime.engine.begin() as connection:
        found = compare(connection, listed, provider.name)
    runtime.engine.dispose()
    for difference in found:
        say(f"{mask.number(difference.number)}: {difference.words}")
    click.echo(f"{counted(len(found), 'difference')}.")
    sys.exit(FAILED if found else 0)


@consent.command(epilog="Example: henji consent export --number 090-0000-0001 --into proof")
@click.option("--number", help="One person's number, in any notation.")
@click.option("--from", "start", type=DAY, help="The first day of a period, in Japan.")
@click.option("--to", "end", type=DAY, help="The last day of a period, in Japan.")
@click.option("--lang", type=click.Choice(["ja", "en"]), default="ja", show_default=True)
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("proof"),
    show_default=True,
    help="The folder for proof.json and proof.html.",
)
def export(
    number: str | None, start: "datetime | None", end: "datetime | None", lang: str, into: Path
) -> None:
    """Write what proves the consent of one person or of a period, as JSON and as a page to print.

    The files hold personal data in the clear.
    """
    from bot.compliance import proof
    from bot.compliance.proof_page import as_page
    from bot.settings import load
    from bot.store.crypto import Vault
    from bot.store.session import opened
    from bot.text.language import Language

    wanted = _wanted(number, start, end)
    settings = load("SECRET_KEY")
    vault = Vault.of(settings)
    with opened(settings.DATABASE_URL) as engine, engine.begin() as connection:
        bundle = proof.bundle(connection, vault, settings, wanted)
    into.mkdir(parents=True, exist_ok=True)
    (into / "proof.json").write_text(proof.as_json(bundle), "utf-8")
    (into / "proof.html").write_text(as_page(bundle, Language(lang)), "utf-8")
    kept = counted(len(bundle["entries"]), "entry is", "entries are")
    click.echo(f"{kept} in {into}/proof.json and {into}/proof.html.")


def _wanted(number: str | None, start: "datetime | None", end: "datetime | None") -> "Wanted":
    from datetime import timedelta

    from bot.compliance.proof import Wanted
    from bot.text import phone
    from bot.text.format import TOKYO

    if number is None and start is None and end is None:
        raise click.UsageError("Give --number, or --from and --to.")
    parsed = phone.parse(number) if number is not None else None
    if number is not None and parsed is None:
        raise click.UsageError("--number is not a telephone number.")
    return Wanted(
        parsed,
        start.replace(tzinfo=TOKYO) if start else None,
        end.replace(tzinfo=TOKYO) + timedelta(days=1) if end else None,
    )


for command in (record, stop, show):
    consent.add_command(command)
