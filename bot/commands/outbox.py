"""`henji outbox …`: messages that did not leave as they should, and what to do about each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from bot.commands.complaint import say

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

    from bot.messaging.sending.undecided import Undecided

KINDS = ("stuck", "unknown", "parked", "failed", "expired")
ID = click.IntRange(1, 2**63 - 1)
MESSAGES = click.argument("messages", metavar="ID...", nargs=-1, required=True, type=ID)
BY = click.option("--by", required=True, metavar="NAME", help="Who decides it.")
REASON = click.option("--reason", required=True, help="Why, for whoever asks later.")
TIMES = ("created_at", "not_before", "attempted_at", "sent_at", "expires_at")
SHOWN = (
    "status",
    "reason",
    "message_class",
    "purpose",
    "script_key",
    "language",
    "segments",
    "sender",
    "attempts",
    "provider",
    "provider_sid",
    "delivery_status",
    "verdict",
)


@click.group(no_args_is_help=False, epilog="Example: henji outbox list")
def outbox() -> None:
    """Messages that did not leave as they should: look at them, and decide.

    Numbers are masked, and no text of a message is shown unless it is asked for.
    """


@outbox.command("list", epilog="Example: henji outbox list --only parked --only failed")
@click.option("--only", "kinds", type=click.Choice(KINDS), multiple=True, help="Which (all).")
@click.option("--before", type=ID, metavar="ID", help="Those older than this message.")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True)
def list_(kinds: tuple[str, ...], before: int | None, limit: int) -> None:
    """Print them on one line each, the newest first, with the reason.

    \b
    stuck    was due a minute ago and waits still
    unknown  perhaps left; is being looked up
    parked   perhaps left, and only a person can find out
    failed   was refused for good, or tried twelve times
    expired  was of no use any more before it could leave
    """
    from bot.messaging.sending.undecided import Trouble, undecided

    wanted = [Trouble(kind) for kind in kinds or KINDS]
    with _connection() as connection:
        found = undecided(connection, wanted, before, limit)
    for message in found:
        click.echo(_line(message))
    if len(found) == limit:
        say(f"there may be more: henji outbox list --before {found[-1].id}")


@outbox.command(epilog="Example: henji outbox show 42")
@click.argument("message", metavar="ID", type=ID)
@click.option("--show-text", is_flag=True, help="Print the message's own words, too.")
def show(message: int, show_text: bool) -> None:
    """Print everything that is known of one message."""
    from bot.messaging.sending.undecided import acts_on, one
    from bot.text import mask

    with _connection() as connection:
        row = one(connection, message)
        acts = acts_on(connection, message)
    click.echo(f"message: {row.id}\nto: {mask.number(row.recipient)}")
    for name in SHOWN:
        _print(name, getattr(row, name))
    _print("code", _code(row))
    for name in TIMES:
        _print(name.replace("_at", ""), _time(getattr(row, name)))
    for reason in row.verdict_reasons or ():
        _print("gate", f"{reason['rule']}: {reason['words']}")
    for act in acts:
        _print("act", f"{_time(act.created_at)} {act.act} by {act.actor}: {act.reason}")
    _print("text", row.body if show_text else mask.text(row.body))


@outbox.command(epilog='Example: henji outbox retry 42 --by akari --reason "the token is mended"')
@MESSAGES
@BY
@REASON
@click.option(
    "--it-did-not-arrive",
    "did_not_arrive",
    is_flag=True,
    help="Somebody has made sure that what is parked did not arrive.",
)
def retry(messages: tuple[int, ...], by: str, reason: str, did_not_arrive: bool) -> None:
    """Send messages that failed, expired or are parked after all: all of them, or none."""
    from bot.messaging.sending import decisions

    actor = decisions.actor_of(by)
    _each(
        messages,
        lambda connection, message: decisions.retry(
            connection, message, actor, reason, did_not_arrive=did_not_arrive
        ),
    )
    click.echo(f"Queued again: {_named(messages)}.")


@outbox.command(epilog='Example: henji outbox discard 42 --by akari --reason "told by telephone"')
@MESSAGES
@BY
@REASON
def discard(messages: tuple[int, ...], by: str, reason: str) -> None:
    """Give messages up, so that they never leave: all of them, or none."""
    from bot.messaging.sending import decisions

    actor = decisions.actor_of(by)
    _each(
        messages,
        lambda connection, message: decisions.discard(connection, message, actor, reason),
    )
    click.echo(f"Given up: {_named(messages)}.")


@contextmanager
def _connection() -> "Iterator[Connection]":
    from bot.settings import load
    from bot.store.session import opened

    with opened(load().DATABASE_URL) as engine, engine.begin() as connection:
        yield connection


def _each(messages: tuple[int, ...], act: "Callable[[Connection, int], None]") -> None:
    with _connection() as connection:
        for message in sorted(set(messages)):
            act(connection, message)


def _named(messages: tuple[int, ...]) -> str:
    return ", ".join(str(message) for message in sorted(set(messages)))


def _line(message: "Undecided") -> str:
    from bot.text import mask

    parts = (
        str(message.id),
        message.trouble,
        f"{message.created_at:%Y-%m-%d %H:%M} UTC",
        mask.number(message.number),
        f"{message.message_class} {message.script_key}",
        f"{message.attempts} attempts",
        f"code {message.error_code}" if message.error_code else "",
        message.reason or "",
    )
    return "  ".join(filter(None, parts))


def _code(row: "Row[Any]") -> str | None:
    from bot.providers import codes

    if row.error_code is None:
        return None
    return f"{row.error_code}, {codes.look_up(row.provider or '', row.error_code).means}"


def _print(name: str, value: object) -> None:
    if value is not None:
        click.echo(f"{name.replace('_', ' ')}: {value}")


def _time(moment: Any) -> str | None:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC" if moment else None
