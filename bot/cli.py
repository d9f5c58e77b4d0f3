"""The command line: each command converts what it was given, calls one function, and prints.

A command imports what it needs when it runs, so that the small ones start at once.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.complaint import FAILED, OneLine, say

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Engine

    from bot.compliance.proof import Wanted
    from bot.settings import Settings

TEXTS = click.argument("texts", metavar="[TEXT]...", nargs=-1)


@click.group(cls=OneLine, no_args_is_help=False, epilog="Example: henji demo")
def main() -> None:
    """Henji, a two-way SMS bot: its processes and tools.

    A command ends with status 0 when it worked, 1 when it failed, 2 when it was called wrongly.
    """


@main.command(epilog="Example: henji demo --port 8080")
@click.option("--reset", is_flag=True, help="Forget what earlier runs left, and start clean.")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    help="The first port to try (that of the last time, or 8000); taken ones are stepped over.",
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where its data lies (var/).",
)
def demo(reset: bool, port: int | None, folder: Path | None) -> None:
    """Run everything on this machine, with a phone to text from in the browser."""
    from bot import demo as whole

    whole.run(folder or whole.FOLDER, port, reset)


@main.command(epilog="Example: DATABASE_URL=postgresql://henji@localhost/henji henji migrate")
def migrate() -> None:
    """Bring the database to the newest form; does nothing where it is there already."""
    from bot.settings import load
    from bot.store import schema

    with _database(load()) as engine:
        schema.upgrade(engine)
    click.echo("The database is up to date.")


@main.command(epilog="Example: henji worker")
def worker() -> None:
    """Send what waits in the outbox, until SIGTERM or Ctrl-C. Run as many as you like."""
    from bot import jobs, log

    log.configure()
    jobs.work()


@main.command(epilog="Example: henji clock")
def clock() -> None:
    """Mend what was left behind, once a second, until SIGTERM or Ctrl-C.

    Run one on every host if you like: a lock in the database lets one of them work.
    """
    from bot import jobs, log

    log.configure()
    jobs.tick()


@main.command(epilog="Example: henji chat --lang en")
@click.option("--lang", type=click.Choice(["ja", "en"]), default="ja", show_default=True)
def chat(lang: str) -> None:
    """Talk to the bot here, as an invented customer; nothing is sent and nothing is kept.

    The customer's number is 10001234 and 12,800 yen are due. Texts may also come from a file or
    a pipe, one a line.
    """
    from bot.chat import in_the_terminal

    in_the_terminal(lang)


@main.command(epilog="Example: henji understand 残高 'please stop'")
@TEXTS
def understand(texts: tuple[str, ...]) -> None:
    """Print how the bot reads each TEXT, one JSON object a line.

    Without a TEXT it reads one JSON string a line from stdin. A TEXT that begins with a dash goes
    after "--".
    """
    from bot.dialogue import intents
    from bot.store.scripts import LOCALES, load_vocabulary

    vocabulary = load_vocabulary(LOCALES)

    def read(text: str) -> Mapping[str, object]:
        reading = intents.understand(text, vocabulary)
        return {
            "text": text,
            "intent": reading.intent,
            "clarify": reading.clarify,
            "trace": dict(reading.trace),
        }

    _print_each(texts, read)


@main.command(epilog="Example: henji segments こんにちは hello")
@TEXTS
def segments(texts: tuple[str, ...]) -> None:
    """Print the encoding, segments and units of each TEXT, one JSON object a line.

    Without a TEXT it reads one JSON string a line from stdin. A TEXT that begins with a dash goes
    after "--".
    """
    from bot.text.segments import count

    _print_each(texts, lambda text: vars(count(text)))


def _print_each(texts: tuple[str, ...], answer: Callable[[str], Mapping[str, object]]) -> None:
    from bot.text import json_lines

    if not texts and sys.stdin.isatty():
        raise click.UsageError("Give texts, or one JSON string a line on stdin.")
    out = sys.stdout.buffer
    try:
        for text in texts or json_lines.texts(sys.stdin.buffer):
            out.write(json_lines.line(answer(text)))
            out.flush()
    except json_lines.NotAText as error:
        raise click.UsageError(f"{error}.") from None


@main.command(epilog="Example: henji doctor")
def doctor() -> None:
    """Say in words what is set wrongly or waits for a person; status 1 where anything does."""
    from bot.doctor import examine

    ill = False
    for finding in examine():
        click.echo(f"{'ok' if finding.fine else '! '} {finding.sentence}")
        ill = ill or not finding.fine
    sys.exit(FAILED if ill else 0)


@main.group(no_args_is_help=False, epilog="Example: henji accounts import customers.csv")
def accounts() -> None:
    """What customers owe."""


@accounts.command("import", epilog="Example: henji accounts import samples/customers.csv")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_accounts(file: Path) -> None:
    """Add and change accounts by a CSV FILE, in UTF-8 or CP932, at most 50 MB.

    Its first line names the columns, in any order: phone, customer_number, name, language (ja, en
    or empty), amount_due, currency (JPY if empty), due_date. Other columns are ignored.

    Good rows are imported together or, should anything break, not at all; rows that cannot be used
    are named by line on stderr. The same file again changes nothing. The status is 1 where not one
    row was good.
    """
    from bot.billing.customer_file import CustomerFile
    from bot.billing.customers import import_file
    from bot.settings import load
    from bot.store.crypto import Vault

    settings = load("SECRET_KEY")
    customers = CustomerFile.open(file)
    if customers.ignored:
        say(f"ignored the columns {', '.join(customers.ignored)}")
    with _database(settings) as engine:
        done = import_file(engine, Vault(settings.secret("SECRET_KEY")), customers)
    for refusal in done.refused:
        say(f"line {refusal.line}: {refusal.reason}")
    click.echo(
        f"added {done.added}, changed {done.changed}, unchanged {done.unchanged},"
        f" refused {len(done.refused)}"
    )
    sys.exit(FAILED if done.nothing_good else 0)


@main.group(no_args_is_help=False, epilog="Example: henji consent verify")
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

    with _database(load()) as engine, engine.begin() as connection:
        found = audit.verify(connection)
    if found.broken:
        say(f"entry {found.broken.entry} is broken: {found.broken.why}")
        sys.exit(FAILED)
    click.echo(f"The chain holds: {found.entries} entries, the last hash is {found.head}.")


@consent.command(epilog="Example: henji consent drift --days 30")
@click.option("--days", type=click.IntRange(1, 400), default=30, show_default=True)
def drift(days: int) -> None:
    """Compare our stops with the provider's refusals; status 1 where they differ.

    The provider's own list of messages is read for so many days back.
    """
    from datetime import UTC, datetime, timedelta

    from bot.app import build_runtime
    from bot.messaging.drift import compare
    from bot.messaging.stops import UNSUBSCRIBED
    from bot.providers import KeepsConsents
    from bot.settings import TO_SERVE, load
    from bot.text import mask

    runtime = build_runtime(load(*TO_SERVE))
    provider, since = runtime.provider, datetime.now(UTC) - timedelta(days=days)
    listed = provider.refused_since(since) if isinstance(provider, KeepsConsents) else ()
    with runtime.engine.begin() as connection:
        found = compare(connection, listed, UNSUBSCRIBED)
    runtime.engine.dispose()
    for difference in found:
        say(f"{mask.number(difference.number)}: {difference.words}")
    click.echo(f"{len(found)} differences.")
    sys.exit(FAILED if found else 0)


DAY = click.DateTime(["%Y-%m-%d"])


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
    from bot.settings import load
    from bot.store.crypto import Vault
    from bot.text.language import Language

    wanted = _wanted(number, start, end)
    settings = load("SECRET_KEY")
    vault = Vault(settings.secret("SECRET_KEY"))
    with _database(settings) as engine, engine.begin() as connection:
        bundle = proof.bundle(connection, vault, settings, wanted)
    into.mkdir(parents=True, exist_ok=True)
    (into / "proof.json").write_text(proof.as_json(bundle), "utf-8")
    (into / "proof.html").write_text(proof.as_page(bundle, Language(lang)), "utf-8")
    click.echo(f"{len(bundle['entries'])} entries are in {into}/proof.json and {into}/proof.html.")


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


@contextmanager
def _database(settings: "Settings") -> "Iterator[Engine]":
    from bot.store.session import connect

    engine = connect(settings.DATABASE_URL)
    try:
        yield engine
    finally:
        engine.dispose()


if __name__ == "__main__":
    main()
