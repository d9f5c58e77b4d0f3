"""`henji api-keys`: no key without an allow-list; shown once, listed without it, revoked."""

import pytest
from sqlalchemy import select

from bot.app import create_app
from bot.runtime import Runtime
from bot.store.tables import api_keys
from tests.cli.commands import NO_DATABASE, Ended, henji

WRONG = [
    (["add", "crm"], "Missing option '--allow'"),
    (["add", "--allow", "192.0.2.0/24"], "Missing argument 'NAME'"),
    (["add", "crm", "--allow", "everywhere"], "everywhere is no network such as"),
    (["add", "crm", "--allow", "192.0.2.7/24"], "has host bits set"),
    (["add", "crm", "--allow", "0.0.0.0/0"], "would let everybody in"),
    (["add", "crm", "--allow", "192.0.2.1", "--allow", "::/0"], "would let everybody in"),
    *(
        (["add", name, "--allow", "192.0.2.1"], "The name of a key has 1 to 40 letters")
        for name in ("", "two words", "x" * 41, "a,b", "名前")
    ),
    (["revoke"], "Missing argument 'NAME'"),
]


def api(environment: dict[str, str], *arguments: str) -> Ended:
    return henji("api-keys", *arguments, environment=environment)


@pytest.mark.parametrize(("arguments", "complaint"), WRONG)
def test_a_wrong_call_comes_near_no_database(arguments: list[str], complaint: str) -> None:
    ended = api(NO_DATABASE, *arguments)

    assert (ended.status, ended.out) == (2, "")
    assert complaint in ended.err
    assert ended.err.count("\n") == 1


def test_a_key_is_shown_once_works_and_is_revoked(
    environment: dict[str, str], runtime: Runtime
) -> None:
    made = api(environment, "add", "crm", "--allow", "192.0.2.0/24", "--allow", "2001:db8::7")
    key = made.out.strip()
    client = create_app(runtime).test_client()

    def call() -> int:
        return client.post(
            "/api/v1/numbers/status",
            json={"number": "+819000000001"},
            headers={"Authorization": f"Bearer {key}"},
            environ_base={"REMOTE_ADDR": "192.0.2.9"},
        ).status_code

    assert (made.status, made.err) == (0, "")
    listed = api(environment, "list").out
    assert listed.startswith("crm  bearer  from 192.0.2.0/24, 2001:db8::7/128  added 20")
    assert listed.endswith("never used\n")
    assert call() == 200
    assert "last used 20" in api(environment, "list").out
    assert key not in api(environment, "list").out
    assert api(environment, "revoke", "crm").out == "The key crm is revoked.\n"
    assert call() == 401
    assert api(environment, "list").out == ""
    with runtime.engine.begin() as connection:
        assert key not in str(connection.execute(select(api_keys)).all())


def test_a_name_in_use_is_not_given_twice_and_is_free_again(environment: dict[str, str]) -> None:
    allow = ("--allow", "192.0.2.1")
    first = api(environment, "add", "crm", *allow)
    second = api(environment, "add", "crm", *allow)
    assert (second.status, second.out) == (1, "")
    assert second.err == "henji: There is a key crm already: revoke it first.\n"

    api(environment, "revoke", "crm")
    assert api(environment, "revoke", "crm").status == 1
    third = api(environment, "add", "crm", "--signed", *allow)
    assert third.status == 0
    assert third.out != first.out
    assert api(environment, "list").out.startswith("crm  signed  from 192.0.2.1/32")


def test_a_key_that_administers_senders_is_listed_as_such(environment: dict[str, str]) -> None:
    api(environment, "add", "console", "--administers", "--allow", "192.0.2.1")

    assert api(environment, "list").out.startswith("console  bearer, administers senders  from")


def test_a_key_that_writes_accounts_is_listed_as_such(environment: dict[str, str]) -> None:
    api(environment, "add", "books", "--accounts", "--allow", "192.0.2.1")

    assert api(environment, "list").out.startswith("books  bearer, writes accounts  from")
