"""`henji accounts`: what customers owe, and what they agreed to before."""

import sys
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bot.commands import options
from bot.commands.complaint import FAILED, say

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from bot.billing.customer_file import CustomerFile
    from bot.billing.customers import Imported
    from bot.compliance.basis import Stated
    from bot.messaging.consent.imports import Source, Tally
    from bot.settings import Settings

MOST_NAMED = 20


@click.group(no_args_is_help=False, epilog="Example: henji accounts import customers.csv")
def accounts() -> None:
    """What customers owe."""


@accounts.command(
    "import",
    epilog="Example: henji accounts import samples/customers.csv --basis web_terms"
    " --purposes billing --obtained-on 2026-04-01 --evidence-file scan.pdf --by sato",
)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@options.with_options
@options.SENDER
@click.option("--by", metavar="NAME", default="unnamed", help="Who imports the consent.")
def import_accounts(file: Path, by: str, sender: str | None, **given: Any) -> None:
    """Add and change accounts by a CSV FILE, in UTF-8 or CP932, at most 50 MB.

    Its first line names the columns, in any order: phone, customer_number, name, language (ja, en
    or empty), amount_due, currency (JPY if empty), due_date. With invoice_number, several rows may
    be of one customer. What proves on a page who somebody is comes in birth_date, name_kana,
    postcode and password, and is kept as keyed hashes. Other columns are ignored.

    Good rows are imported together or, should anything break, not at all; rows that cannot be used
    are named by line on stderr. The same file again changes nothing. The status is 1 where not one
    row was good. On SQLite, texts wait for their answers while a large file is written.

    Consent that you hold already comes with it where you state a --basis and --purposes, for the
    whole file or by row, in columns consent_purposes ("billing promotions", or none),
    consent_basis and consent_date. Without a basis nobody becomes sendable. Who stopped messages
    stays stopped, and the later no of a person wins over an earlier yes.
    """
    from bot.billing.customer_file import CustomerFile
    from bot.messaging.debts import import_file
    from bot.settings import load
    from bot.store.crypto import Vault
    from bot.store.session import opened

    stated = options.stated(given["basis"], given["purposes"], given["obtained_on"])
    proof, actor = options.proof(given["evidence_file"], given["evidence_kind"]), options.staff(by)
    settings = load("SECRET_KEY")
    customers = CustomerFile.open(file)
    _check(customers, stated)
    with opened(settings.DATABASE_URL) as engine:
        source = None
        if _brings_consent(customers, stated):
            proof["import_sha256"] = customers.sha256
            source = _source(engine, settings, sender, actor, proof)
        done = import_file(engine, Vault.of(settings), customers)
        _tell(done)
        if source is not None:
            _keep_consent(engine, settings, source, done, stated)
    sys.exit(FAILED if done.nothing_good else 0)


def _check(customers: "CustomerFile", stated: "Stated") -> None:
    """Refuse a basis without purposes, and say which columns mean nothing here."""
    if stated.basis and stated.purposes is None and not customers.tells_purposes:
        raise click.UsageError("--basis needs --purposes, or a column consent_purposes.")
    if customers.ignored:
        say(f"ignored the columns {', '.join(customers.ignored)}")


def _brings_consent(customers: "CustomerFile", stated: "Stated") -> bool:
    from bot.compliance.basis import NOTHING_STATED

    return customers.tells_consent or stated != NOTHING_STATED


def _keep_consent(
    engine: "Engine", settings: "Settings", source: "Source", done: "Imported", stated: "Stated"
) -> None:
    from bot.messaging.consent import imports
    from bot.store.crypto import Vault

    rows = ((one.number, one.stated.otherwise(stated)) for one in done.customers)
    _tell_consent(imports.keep(engine, Vault.of(settings), settings, source, rows))


def _tell(done: "Imported") -> None:
    for refusal in done.refused:
        say(f"line {refusal.line}: {refusal.reason}")
    click.echo(
        f"added {done.added}, changed {done.changed}, unchanged {done.unchanged},"
        f" refused {len(done.refused)}"
    )
    if done.paid:
        say(f"{done.paid} told what was due before a payment of the last day; it stays paid")


def _source(
    engine: "Engine", settings: "Settings", sender: str | None, actor: str, proof: dict[str, str]
) -> "Source":
    """Found before anything is written, so that a wrong --sender imports nothing."""
    from bot.messaging.consent.imports import Source
    from bot.senders import registry
    from bot.store.session import transact

    ours = transact(engine, lambda connection: registry.choose(connection, settings, sender))
    return Source(ours, actor, proof)


def _tell_consent(tally: "Tally") -> None:
    from bot.text import mask

    for number in islice(tally.stopped, MOST_NAMED):
        say(f"{mask.number(number)} stopped messages and stays stopped")
    if len(tally.stopped) > MOST_NAMED:
        say(f"{len(tally.stopped) - MOST_NAMED} more stopped messages and stay stopped")
    click.echo(
        f"consent recorded {tally.recorded}, known already {tally.known}, withdrawn since"
        f" {tally.withdrawn}, stopped {len(tally.stopped)}, without a basis {tally.unfounded}"
    )
