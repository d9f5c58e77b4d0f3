"""`henji senders`: the registry of our numbers by command."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from bot.commands.options import choice, staff
from bot.senders.sender import Approval, Details, Inbound, Route

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.senders.sender import Sender
    from bot.settings import Settings

Result = TypeVar("Result")
Command = Callable[..., None]


NUMBER = click.argument("number")
DETAILS = (
    click.option("--brand", help="The name that opens its texts (HENJI_BRAND if empty)."),
    click.option("--brand-en", help="The same in Latin letters."),
    click.option("--legal-name", help="Whose it is, as the law knows them (HENJI_LEGAL_NAME)."),
    click.option("--support-phone", help="The number people may call (HENJI_SUPPORT_PHONE)."),
    click.option("--postal-address", help="The company's address."),
    click.option("--purposes-ja", help="What it is used for, in Japanese."),
    click.option("--purposes-en", help="What it is used for, in English."),
    click.option("--route", type=choice(Route), help="How its texts reach the carriers."),
    click.option("--inbound", type=choice(Inbound), help="What happens to replies."),
    click.option(
        "--approval", type=choice(Approval), help="How far the carriers' approval has come."
    ),
    click.option(
        "--display",
        "displays",
        multiple=True,
        metavar="CARRIER=TEXT",
        help="What one carrier's customers see instead: docomo, au, SoftBank, Rakuten.",
    ),
    click.option(
        "--link-domain",
        "link_domains",
        multiple=True,
        metavar="DOMAIN",
        help='A domain of its links besides our own; all of them, or "" for none.',
    ),
    click.option(
        "--question",
        "questions",
        multiple=True,
        metavar="QUESTION",
        help="What its pages ask to know who is there: customer_number, phone, birth_date,"
        ' name_kana, postcode, password; one to four of them, or "" for HENJI_QUESTIONS.',
    ),
)


@click.group(no_args_is_help=False, epilog="Example: henji senders list")
def senders() -> None:
    """Our sender numbers, and what the page /senders tells about them.

    A NUMBER may be written in any notation: 050-0000-0001, ０５０…, +8150….
    """


def _with_details(command: Command) -> Command:
    for option in reversed(DETAILS):
        command = option(command)
    return command


@senders.command("list", epilog="Example: henji senders list")
def list_() -> None:
    """Print every sender on one line: its number, state, and what is known of it.

    The address is where the provider must hand texts to it; how people can stop it comes last.
    """
    from bot.senders.registry import everyone
    from bot.settings import load

    settings = load()
    for sender in _in_registry(everyone):
        click.echo(_line(sender, settings))


@senders.command(epilog="Example: henji senders add 050-0000-0001 --display au=090-0000-0002")
@NUMBER
@_with_details
@click.option("--override-reason", default="", help="Why a name must do instead of a number.")
@click.option("--by", metavar="NAME", help="With --override-reason: who gives it; kept with it.")
def add(number: str, override_reason: str, by: str | None, **given: Any) -> None:
    """Register a NUMBER; it writes to nobody unasked until it is enabled.

    A name (alphanumeric sender) is refused without a reason, for anybody can send under it and
    nobody can reply to it; one of digits only is refused always.
    """
    from bot.senders import registry

    details, actor = _details(given), staff(by) if by is not None else "staff"
    added = _in_registry(
        lambda connection, _: registry.add(connection, number, details, override_reason, actor)
    )
    click.echo(f"{added} is registered; henji senders enable {added} puts it into use.")


@senders.command(epilog="Example: henji senders change 050-0000-0001 --approval approved")
@NUMBER
@_with_details
def change(number: str, **given: Any) -> None:
    """Change what is told about a NUMBER; "" takes something back."""
    from bot.senders import registry

    details = _details(given)
    if details == Details():
        raise click.UsageError("Say what is to change.")
    changed = _in_registry(lambda connection, _: registry.change(connection, number, details))
    click.echo(f"{changed} is changed.")


@senders.command(epilog="Example: henji senders enable 050-0000-0001")
@NUMBER
def enable(number: str) -> None:
    """Put a NUMBER into use; one without a legal name, or refused by the carriers, stays out."""
    from bot.senders import registry

    enabled = _in_registry(
        lambda connection, settings: registry.enable(connection, settings, number)
    )
    click.echo(f"{enabled} is enabled.")


@senders.command(epilog="Example: henji senders retire 050-0000-0001")
@NUMBER
def retire(number: str) -> None:
    """Take a NUMBER out of use; what people text to it is kept, and their STOP is heard."""
    from bot.senders import registry

    retired = _in_registry(lambda connection, _: registry.retire(connection, number))
    click.echo(f"{retired} is retired; only answers to people's own texts leave from it.")


def _in_registry(work: "Callable[[Connection, Settings], Result]") -> Result:
    """Do something in one transaction on the database of the settings."""
    from bot.settings import load
    from bot.store.session import connect, transact

    settings = load()
    engine = connect(settings.DATABASE_URL)
    try:
        return transact(engine, lambda connection: work(connection, settings))
    finally:
        engine.dispose()


def _details(given: dict[str, Any]) -> Details:
    """What was given: a list that was not is no change, rather than an empty list."""
    displays, domains = given.pop("displays"), given.pop("link_domains")
    questions = given.pop("questions")
    for name, kind in (("route", Route), ("inbound", Inbound), ("approval", Approval)):
        given[name] = given[name] and kind(given[name])
    return Details(
        **given,
        displays=dict(map(_display, displays)) if displays else None,
        link_domains=domains or None,
        questions=questions or None,
    )


def _display(written: str) -> tuple[str, str]:
    carrier, equals, shown = written.partition("=")
    if not equals:
        raise click.BadParameter(f"{written} is not CARRIER=TEXT.", param_hint="--display")
    return carrier, shown


def _line(sender: "Sender", settings: "Settings") -> str:
    return "  ".join(filter(None, _parts(sender, settings)))


def _parts(sender: "Sender", settings: "Settings") -> Iterable[str]:
    company = sender.company
    yield sender.number
    yield _state(sender)
    yield f"{company.brand_ja} ({company.legal_name or 'no legal name'})"
    yield f"{sender.route}, inbound {sender.inbound}, approval {sender.approval}"
    yield ", ".join(f"{carrier}={shown}" for carrier, shown in sender.displays.items())
    yield " ".join(sender.link_domains)
    yield f"asks {', '.join(sender.questions)}" if sender.questions else ""
    yield f"a name because: {sender.override_reason}" if sender.override_reason else ""
    yield f"by {sender.override_by}" if sender.override_by else ""
    yield f"webhook {address}" if (address := sender.webhook(settings)) else ""
    yield f"stops by {', '.join(sender.ways_to_stop)}"


def _state(sender: "Sender") -> str:
    if sender.retired_at:
        return f"retired {sender.retired_at:%Y-%m-%d}"
    return f"enabled {sender.enabled_at:%Y-%m-%d}" if sender.enabled_at else "not enabled"
