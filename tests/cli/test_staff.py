"""`henji staff`: the first administrator gets in by an address, and nobody by a default."""

import re

import pytest
from sqlalchemy import select

from bot.store.session import connect
from bot.store.tables import audit_events, staff
from tests.cli.commands import NO_DATABASE, henji

HANAKO = ("staff", "add", "Hanako Sato", "--email", "sato@example.com")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_first_administrator_is_added_and_may_come_back_in(
    environment: dict[str, str],
) -> None:
    added = henji(*HANAKO, environment=environment)
    again = henji("staff", "invite", "SATO@example.com", environment=environment)
    twice = henji(*HANAKO, environment=environment)
    stranger = henji("staff", "invite", "nobody@example.com", environment=environment)

    pattern = r"https://sms\.example\.com/console/welcome/[\w-]{43}\n"
    assert re.fullmatch(pattern, added.out)
    assert re.fullmatch(pattern, again.out)
    assert added.out != again.out
    assert (twice.status, twice.err) == (
        1,
        "henji: Somebody has this name or this email address already.\n",
    )
    assert stranger.status == 1
    listed = henji("staff", "list", environment=environment).out
    assert listed == (
        "Hanako Sato  sato@example.com  administrator  whole company  no second factor\n"
    )
    engine = connect(environment["DATABASE_URL"])
    with engine.connect() as connection:
        assert connection.execute(select(staff.c.password)).scalar_one() is None
        acts = connection.execute(select(audit_events.c.actor, audit_events.c.act)).all()
    engine.dispose()
    assert [tuple(act) for act in acts] == [
        ("command line", "staff_add"),
        ("command line", "staff_invite"),
    ]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_is_locked_out_by_an_address_is_let_in_by_command(environment: dict[str, str]) -> None:
    allow = ("staff", "allow", "administrator")
    some = henji(*allow, "--from", "192.0.2.0/24", "--from", "2001:db8::7", environment=environment)
    all_of_them = henji(*allow, "--from", "::/0", environment=environment)
    anywhere = henji(*allow, "--anywhere", environment=environment)

    assert some.out == ("The role administrator may sign in from 192.0.2.0/24, 2001:db8::7.\n")
    assert (all_of_them.status, "let everybody in" in all_of_them.err) == (1, True)
    assert anywhere.out == "The role administrator may sign in from anywhere.\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("staff", "add", "Hanako"),
        ("staff", "add", "Hanako", "--email", "a@example.com", "--role", "king"),
        ("staff", "allow", "administrator"),
        ("staff", "allow", "administrator", "--anywhere", "--from", "192.0.2.1"),
    ],
)
def test_a_wrong_call_is_refused_before_anything_is_opened(arguments: tuple[str, ...]) -> None:
    assert henji(*arguments, environment=NO_DATABASE).status == 2
