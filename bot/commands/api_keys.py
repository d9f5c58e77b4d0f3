"""`henji api-keys`: who may call the API, and from where."""

from functools import partial
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from api.keys import Key


@click.group("api-keys", no_args_is_help=False, epilog="Example: henji api-keys list")
def api_keys() -> None:
    """Keys for the company's own systems, each taken from its own networks only."""


@api_keys.command(epilog="Example: henji api-keys add crm --allow 192.0.2.0/24 --allow 2001:db8::7")
@click.argument("name")
@click.option(
    "--allow",
    "networks",
    multiple=True,
    required=True,
    metavar="CIDR",
    help="A network, or one address, from which the key is taken.",
)
@click.option("--signed", is_flag=True, help="Its requests are signed, and the secret never sent.")
@click.option("--administers", is_flag=True, help="It may change the registry of senders.")
@click.option("--accounts", is_flag=True, help="It may change what people are asked to pay.")
def add(
    name: str, networks: tuple[str, ...], signed: bool, administers: bool, accounts: bool
) -> None:
    """Make a key and print it, once; its SHA-256 is all that is kept.

    Whatever it does is recorded as api:NAME. Without an allow-list there is no key. A --signed one
    prints the secret to sign requests with, as docs/api.md tells.
    """
    from api import keys
    from bot.errors import KeyRefused
    from bot.settings import load
    from bot.store.crypto import Vault
    from bot.store.session import opened, transact

    try:
        keys.check(name, networks)
    except KeyRefused as refused:
        raise click.UsageError(str(refused)) from None
    settings = load("SECRET_KEY")
    vault = Vault.of(settings)
    with opened(settings.DATABASE_URL) as engine:
        make = partial(keys.add, vault=vault, name=name, allow=networks, signed=signed)
        made = transact(
            engine, lambda it: make(it, administers=administers, writes_accounts=accounts)
        )
    click.echo(made)


@api_keys.command("list", epilog="Example: henji api-keys list")
def list_() -> None:
    """Print every key that is in use on one line: its name, networks, and when it was used."""
    from api import keys
    from bot.settings import load
    from bot.store.session import opened

    with opened(load().DATABASE_URL) as engine, engine.begin() as connection:
        found = keys.everyone(connection)
    for key in found:
        click.echo(_line(key))


@api_keys.command(epilog="Example: henji api-keys revoke crm")
@click.argument("name")
def revoke(name: str) -> None:
    """Take a key back; from now on it is refused."""
    from api import keys
    from bot.settings import load
    from bot.store.session import opened, transact

    with opened(load().DATABASE_URL) as engine:
        transact(engine, lambda connection: keys.revoke(connection, name))
    click.echo(f"The key {name} is revoked.")


def _line(key: "Key") -> str:
    kind = "signed" if key.signed else "bearer"
    kind += ", administers senders" if key.administers else ""
    kind += ", writes accounts" if key.writes_accounts else ""
    used = f"last used {key.last_used_at:%Y-%m-%d %H:%M} UTC" if key.last_used_at else "never used"
    return (
        f"{key.name}  {kind}  from {', '.join(key.allow)}  added {key.created_at:%Y-%m-%d}  {used}"
    )
