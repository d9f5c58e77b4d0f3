"""`henji staff`: the first administrator, and the way back in for who is locked out."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from sqlalchemy import Connection

# As in bot.staff.roles, which needs the database's library: `henji --help` is to be quick.
ROLES = ("administrator", "editor", "operator", "auditor")


@click.group(no_args_is_help=False, epilog="Example: henji staff list")
def staff() -> None:
    """Who works with the console."""


@staff.command(epilog="Example: henji staff add 'Hanako Sato' --email sato@example.com")
@click.argument("name")
@click.option("--email", required=True, help="What they sign in with.")
@click.option(
    "--role",
    type=click.Choice(ROLES),
    default=ROLES[0],
    show_default=True,
    help="What they are there for.",
)
@click.option("--language", type=click.Choice(["ja", "en"]), default="ja", show_default=True)
def add(name: str, email: str, role: str, language: str) -> None:
    """Add a member and print the address at which they set their password, once, in three days.

    Nobody else knows that password, and there is none by default. Administrators set up a second
    factor when they first sign in.
    """
    from bot import audit
    from bot.audit import COMMAND_LINE, Act, Event
    from bot.settings import load
    from bot.staff import invitations, members
    from bot.staff.members import Details
    from bot.staff.roles import Role
    from bot.store.session import opened, transact
    from bot.text.language import Language

    settings = load("PUBLIC_URL")
    details = Details(name, email, Role(role), language=Language(language))

    def work(connection: "Connection") -> str:
        member_id = members.add(connection, details)
        told = {"role": details.role}
        event = Event(COMMAND_LINE, Act.STAFF_ADD, f"staff {member_id}", details=told)
        audit.record(connection, event)
        return invitations.invite(connection, member_id)

    with opened(settings.DATABASE_URL) as engine:
        token = transact(engine, work)
    click.echo(f"{settings.needed('PUBLIC_URL')}{invitations.path(token)}")


@staff.command(epilog="Example: henji staff invite sato@example.com")
@click.argument("email")
def invite(email: str) -> None:
    """Print a new address at which a member sets their password; it ends all their sessions."""
    from bot import audit
    from bot.audit import COMMAND_LINE, Act, Event
    from bot.errors import StaffRefused
    from bot.settings import load
    from bot.staff import invitations, members
    from bot.store.session import opened, transact

    settings = load("PUBLIC_URL")

    def work(connection: "Connection") -> str:
        member = members.of_email(connection, email)
        if member is None:
            raise StaffRefused("unknown", "There is no member of staff with this email address.")
        audit.record(connection, Event(COMMAND_LINE, Act.STAFF_INVITE, f"staff {member.id}"))
        return invitations.invite(connection, member.id)

    with opened(settings.DATABASE_URL) as engine:
        token = transact(engine, work)
    click.echo(f"{settings.needed('PUBLIC_URL')}{invitations.path(token)}")


@staff.command("list", epilog="Example: henji staff list")
def list_() -> None:
    """Print every member on one line: name, email, role, department, second factor."""
    from bot.settings import load
    from bot.staff import members
    from bot.store.session import opened

    with opened(load().DATABASE_URL) as engine, engine.connect() as connection:
        for one in members.everyone(connection):
            factor = "second factor" if one.has_second_factor else "no second factor"
            department = one.department or "whole company"
            click.echo(f"{one.name}  {one.email}  {one.role}  {department}  {factor}")


@staff.command(epilog="Example: henji staff allow administrator --from 192.0.2.0/24")
@click.argument("role", type=click.Choice(ROLES))
@click.option("--from", "networks", multiple=True, metavar="CIDR", help="A network, or an address.")
@click.option("--anywhere", is_flag=True, help="From any address.")
def allow(role: str, networks: tuple[str, ...], anywhere: bool) -> None:
    """Say from which addresses a role may sign in, for example when nobody can any more."""
    from bot import audit
    from bot.audit import COMMAND_LINE, Act, Event
    from bot.settings import load
    from bot.staff import roles
    from bot.staff.roles import Role, Rule
    from bot.store.session import opened, transact

    if anywhere == bool(networks):
        raise click.UsageError("Give --from, or --anywhere.")

    def work(connection: "Connection") -> None:
        before = roles.rules(connection)[Role(role)]
        roles.set_rule(connection, Role(role), Rule(before.second_factor, networks))
        told = {"networks": list(networks)}
        event = Event(COMMAND_LINE, Act.ROLE_RULE_CHANGE, f"role {role}", details=told)
        audit.record(connection, event)

    with opened(load().DATABASE_URL) as engine:
        transact(engine, work)
    click.echo(f"The role {role} may sign in from {', '.join(networks) or 'anywhere'}.")
