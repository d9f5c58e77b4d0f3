"""The command line: each command converts what it was given, calls one function, and prints.

A command imports what it needs when it runs, so that the small ones start at once.
"""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.commands.accounts import accounts
from bot.commands.api_keys import api_keys
from bot.commands.campaigns import campaigns
from bot.commands.complaint import FAILED, OneLine
from bot.commands.consent import consent
from bot.commands.delivery import delivery, usage
from bot.commands.holds import holds
from bot.commands.keys import keys
from bot.commands.numbers import numbers
from bot.commands.outbox import outbox
from bot.commands.payments import payments
from bot.commands.person import person
from bot.commands.reconcile import reconcile
from bot.commands.scripts import scripts
from bot.commands.senders import senders
from bot.commands.staff import staff
from bot.commands.verification import verification

if TYPE_CHECKING:
    from sqlalchemy import Engine

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
@click.option(
    "--score",
    "labelled",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Score a file of lines LABEL<TAB>text: recall per intent, false opt-outs, every miss.",
)
def understand(texts: tuple[str, ...], labelled: Path | None) -> None:
    """Print how the bot reads each TEXT, one JSON object a line.

    Without a TEXT it reads one JSON string a line from stdin. A TEXT that begins with a dash goes
    after "--".
    """
    from bot.dialogue import intents, score
    from bot.scripts.shipped import LOCALES, load_vocabulary

    vocabulary = load_vocabulary(LOCALES)
    if labelled is not None:
        rows = score.parse(_lines(labelled))
        click.echo("\n".join(score.report(score.score(rows, vocabulary))))
        return

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


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text("utf-8").splitlines()
    except UnicodeDecodeError:
        raise click.UsageError(f"{file} is not in UTF-8.") from None


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


main.add_command(accounts)
main.add_command(campaigns)
main.add_command(consent)
main.add_command(holds)
main.add_command(numbers)
main.add_command(keys)
main.add_command(api_keys)
main.add_command(outbox)
main.add_command(delivery)
main.add_command(usage)
main.add_command(reconcile)
main.add_command(payments)
main.add_command(person)
main.add_command(scripts)
main.add_command(senders)
main.add_command(staff)
main.add_command(verification)


@contextmanager
def _database(settings: "Settings") -> "Iterator[Engine]":
    from bot.store.session import opened

    with opened(settings.DATABASE_URL) as engine:
        yield engine


if __name__ == "__main__":
    main()
