"""Options that several commands share, and the checks of what they are given."""

from collections.abc import Callable
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

import click

from bot.compliance.basis import Basis, EvidenceKind, Stated, fingerprint

Command = Callable[..., None]
LONGEST_NAME = 40
LONGEST_REASON = 200
# Before the id by which a list names a person whose number it masks.
BY_ID = "id:"


def choice(kind: type[StrEnum]) -> click.Choice[str]:
    """One of the values; click would ask for the names."""
    return click.Choice([each.value for each in kind])


NUMBER = click.argument("number")
BY = click.option("--by", required=True, metavar="NAME", help="Who does this: a member of staff.")
SENDER = click.option("--sender", metavar="NUMBER", help="Which of our senders (the only one).")
OPTIONS = (
    click.option("--basis", type=choice(Basis), help="On what ground the consent is held."),
    click.option(
        "--purposes", metavar="LIST", help="What was agreed to, such as billing,promotions."
    ),
    click.option(
        "--obtained-on",
        type=click.DateTime(["%Y-%m-%d"]),
        help="The day on which it was given.",
    ),
    click.option(
        "--evidence-file",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="A scan or recording: its SHA-256 goes into the ledger, the file does not.",
    ),
    click.option(
        "--evidence-kind",
        type=choice(EvidenceKind),
        help="In which way they agreed; deemed is the weakest.",
    ),
)


def with_options(command: Command) -> Command:
    """Add the options that say on what ground and with what proof."""
    for option in reversed(OPTIONS):
        command = option(command)
    return command


def number(written: str) -> str:
    """A telephone number in E.164 form; a usage error for anything else, which is not repeated."""
    from bot.text import phone

    parsed = phone.parse(written)
    if parsed is None:
        raise click.UsageError("NUMBER is not a telephone number.")
    return parsed


def person(written: str) -> str | int:
    """A number in E.164 form, or the id of a person as a list prints it; else a usage error."""
    from bot.text import phone

    parsed = phone.parse(written)
    if parsed is not None:
        return parsed
    digits = written.removeprefix(BY_ID)
    if digits == written or not (digits.isascii() and digits.isdecimal() and len(digits) <= 18):
        raise click.UsageError("NUMBER is neither a telephone number nor an id of the list.")
    return int(digits)


def staff(name: str) -> str:
    """The actor that the ledger keeps of a member of staff."""
    plain = " ".join(name.split())
    if not plain or len(plain) > LONGEST_NAME or not plain.isprintable():
        raise click.UsageError(f"--by must be a name of at most {LONGEST_NAME} characters.")
    return f"staff:{plain}"


def reason(given: str) -> str:
    """Why something is done, in as many letters as a column holds."""
    plain = " ".join(given.split())
    if not plain or len(plain) > LONGEST_REASON:
        raise click.UsageError(f"--reason must be a sentence of at most {LONGEST_REASON} letters.")
    return plain


def purposes(listed: str | None) -> tuple[str, ...] | None:
    """The purposes of a list; a usage error for one that does not exist."""
    from bot.billing import consent_cells
    from bot.billing.cells import CellRefused

    try:
        return consent_cells.purposes(listed or "")
    except CellRefused as refused:
        column = consent_cells.COLUMNS[0]
        raise click.UsageError(f"{str(refused).replace(column, '--purposes')}.") from None


def day(given: datetime | None) -> date | None:
    """A day that is not in the future in Japan."""
    from bot.text.format import TOKYO

    if given is None:
        return None
    if given.date() > datetime.now(TOKYO).date():
        raise click.UsageError("--obtained-on lies in the future.")
    return given.date()


def stated(basis: str | None, listed: str | None, given: datetime | None) -> Stated:
    """What the options state."""
    return Stated(purposes(listed), Basis(basis) if basis else None, day(given))


def proof(file: Path | None, kind: str | None) -> dict[str, str]:
    """What the options prove, for the sealed evidence."""
    found = {"file_sha256": fingerprint(file) if file else "", "kind": kind or ""}
    return {name: value for name, value in found.items() if value}
