"""`henji keys …`: change the SECRET_KEY, and print what is derived from it for others."""

import click

from bot.text.counted import counted


@click.group(no_args_is_help=False, epilog="Example: henji keys rotate")
def keys() -> None:
    """The SECRET_KEY: seal anew what the one before sealed, or print the key of alerts."""


@keys.command(epilog="Example: SECRET_KEY=… SECRET_KEY_BEFORE=… henji keys rotate")
def rotate() -> None:
    """Seal anew what SECRET_KEY_BEFORE sealed; may be stopped and run again, beside all processes.

    What people must renew themselves is told at the end; henji doctor tells it as well.
    """
    from bot import rotation
    from bot.settings import load
    from bot.store.crypto import Vault
    from bot.store.session import opened, transact

    settings = load("SECRET_KEY", "SECRET_KEY_BEFORE")
    vault = Vault.of(settings)
    with opened(settings.DATABASE_URL) as engine:
        done = rotation.rotate(engine, vault)
        left = transact(engine, lambda connection: rotation.left(connection, vault))
    click.echo(f"The ledger's keys and {counted(done, 'account')} are sealed with SECRET_KEY.")
    for kind in left.kept:
        click.echo(f"Kept with SECRET_KEY_BEFORE: {kind}.")
    if not list(left.kept):
        click.echo("Nothing needs SECRET_KEY_BEFORE any more: remove it, and restart.")


@keys.command(epilog="Example: SECRET_KEY=… henji keys alerts")
def alerts() -> None:
    """Print the key that signs alerts, for the system behind HENJI_ALERT_URL; it opens nothing."""
    from bot.settings import load
    from bot.store.crypto import Vault

    click.echo(Vault.of(load("SECRET_KEY")).alert_key)
