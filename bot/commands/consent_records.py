"""`henji consent record`, `stop` and `show`: what staff hear, and where a person stands."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from bot.commands import options

if TYPE_CHECKING:
    from datetime import datetime

    from bot.compliance.status import Status
    from bot.messaging.consent.orders import Order

# Those of bot.compliance.ledger.ELSEWHERE, whose module takes a while to load; a test compares.
METHODS = ("web", "verbal", "paper", "store", "event", "ivr", "app")


@click.command(
    epilog="Example: henji consent record 090-0000-0001 --purposes billing --method paper"
    " --basis store --evidence-file form.pdf --by sato --note 'form 12'"
)
@options.NUMBER
@click.option("--method", type=click.Choice(METHODS), required=True, help="How they said it.")
@options.with_options
@click.option("--refuse", is_flag=True, help="They said no; without this, yes.")
@options.SENDER
@options.BY
@click.option("--note", default="", help="Anything else that proves it; sealed in the ledger.")
def record(number: str, method: str, refuse: bool, note: str, **given: Any) -> None:
    """Record that the owner of a NUMBER agreed, or refused, outside of Henji.

    It can start nothing: who stopped messages stays stopped until they text START, and the later no
    of a person wins over an earlier yes. Either ends with status 1, and nothing is written.
    """
    from bot.dialogue.consent import Step
    from bot.messaging.consent import records
    from bot.settings import load
    from bot.store.crypto import Vault
    from bot.store.session import opened, transact
    from bot.text import mask

    e164, order = options.number(number), _order(method, note, **given)
    settings = load("SECRET_KEY")
    work = partial(
        records.record,
        settings=settings,
        vault=Vault.of(settings),
        sender=given["sender"],
        number=e164,
        order=order,
        step=Step.REFUSE if refuse else Step.GRANT,
    )
    with opened(settings.DATABASE_URL) as engine:
        taken = transact(engine, work)
    stands = ", ".join(f"{one.purpose} {one.consent}" for one in taken)
    click.echo(f"{mask.number(e164)}: {stands}.")


def _order(method: str, note: str, **given: Any) -> "Order":
    """What was said, how, and what proves it; UsageError where it names no purpose."""
    from bot.compliance.ledger import Method
    from bot.messaging.consent.orders import Order

    stated = options.stated(given["basis"], given["purposes"], given["obtained_on"])
    if not stated.purposes:
        raise click.UsageError("Say with --purposes what they agreed to or refused.")
    return Order(
        Method(method),
        options.staff(given["by"]),
        f"recorded by staff: {method}",
        stated.purposes,
        stated.basis,
        stated.obtained_on,
        {**options.proof(given["evidence_file"], given["evidence_kind"]), "note": note},
    )


@click.command(
    epilog="Example: henji consent stop 090-0000-0001 --by sato --reason 'asked by telephone'"
)
@options.NUMBER
@click.option("--purposes", metavar="LIST", help="Only these, such as promotions; all without it.")
@click.option(
    "--method",
    type=click.Choice(METHODS),
    default="verbal",
    show_default=True,
    help="How they said it.",
)
@click.option("--sender", metavar="NUMBER", help="From which of our senders on (from all).")
@options.BY
@click.option("--reason", required=True, help="What they said; sealed in the ledger.")
def stop(
    number: str, purposes: str | None, method: str, sender: str | None, by: str, reason: str
) -> None:
    """Stop messages to a NUMBER, known or not, because its owner asked for it.

    What waits to leave is taken back. Only START from that number lifts it.
    """
    from bot.app import build_runtime
    from bot.compliance.ledger import Method
    from bot.messaging.consent import records
    from bot.messaging.consent.orders import Order
    from bot.messaging.sending import landing
    from bot.settings import load, to_serve
    from bot.text import mask

    e164, keys = options.number(number), options.purposes(purposes)
    rule = f"asked staff to stop: {method}"
    order = Order(
        Method(method),
        options.staff(by),
        rule,
        keys or (),
        evidence={"note": options.reason(reason)},
    )
    runtime = build_runtime(load(*to_serve()))
    work = partial(records.stop, runtime=runtime, sender=sender, number=e164, order=order)
    try:
        landing.transact(runtime.engine, work)
    finally:
        runtime.engine.dispose()
    what = ", ".join(keys) if keys else "all messages"
    click.echo(f"{mask.number(e164)}: {what} stopped.")


@click.command(epilog="Example: henji consent show 090-0000-0001")
@options.NUMBER
def show(number: str) -> None:
    """Print where a NUMBER stands and why: consent by purpose, stops and holds."""
    from bot.compliance import status
    from bot.settings import load
    from bot.store.session import opened
    from bot.text import mask

    e164 = options.number(number)
    with opened(load().DATABASE_URL) as engine, engine.begin() as connection:
        found = status.of_number(connection, e164)
    click.echo(f"{mask.number(e164)}:")
    for line in _lines(found):
        click.echo(f"  {line}")


def _lines(found: "Status") -> Iterator[str]:
    from bot.commands.holds import line

    for one in found.agreed:
        why = f", by {one.why.method} ({one.why.rule}; {one.why.actor})" if one.why else ""
        basis = f", basis {one.why.basis}" if one.why and one.why.basis else ""
        yield f"{one.purpose}: {one.state} since {_moment(one.since)}{why}{basis}, {one.sender}"
    for stop in found.stops:
        what, whose = stop.purpose or "everything", stop.sender or "every sender"
        yield f"stopped {what} from {whose} since {_moment(stop.since)}, by {stop.method}"
    for hold in found.holds:
        yield f"on hold: {line(hold)}"
    if found == type(found)():
        yield "nothing is known: no consent, nothing unsolicited may be sent"


def _moment(at: "datetime") -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
