"""`henji verification`: who is locked is listed masked, and unlocked by name and for a reason."""

import pytest
from sqlalchemy import select

from bot import audit
from bot.store.tables import contacts, verification_locks
from tests.cli.commands import NO_DATABASE, henji
from tests.people import Texting, add_customer

HANAKO = "+819000000001"
WRITTEN = "090-0000-0001"
WHO = ("--by", "sato", "--reason", "called back")
WRONG = [
    (["unlock", "letters", *WHO], "NUMBER is neither"),
    (["unlock", WRITTEN, "--by", "sato"], "Missing option '--reason'"),
    (["unlock", WRITTEN, "--reason", "x"], "Missing option '--by'"),
    (["unlock", WRITTEN, "--by", " ", "--reason", "x"], "--by must be"),
]


@pytest.fixture
def locked(texting: Texting) -> Texting:
    """Hanako, who answered wrongly five times."""
    add_customer(texting.runtime, HANAKO, "10001234", due=12800)
    for text in ("残高", *["0000"] * 5):
        texting.says(HANAKO, text)
    return texting


@pytest.mark.parametrize(("arguments", "complaint"), WRONG)
def test_a_wrong_call_comes_near_no_database(arguments: list[str], complaint: str) -> None:
    ended = henji("verification", *arguments, environment=NO_DATABASE)
    assert (ended.status, ended.out) == (2, "")
    assert complaint in ended.err


def test_who_is_locked_is_listed_without_the_number(
    locked: Texting, environment: dict[str, str]
) -> None:
    (line,) = henji("verification", "list", environment=environment).out.splitlines()
    assert line.startswith("id:1  +8190****0001  since ")
    assert "9000000001" not in line


@pytest.mark.parametrize("who", [WRITTEN, "id:1"])
def test_staff_end_a_lock_by_name_and_reason(
    locked: Texting, environment: dict[str, str], who: str
) -> None:
    ended = henji("verification", "unlock", who, *WHO, environment=environment)
    assert ended.status == 0

    assert locked.says(HANAKO, "残高") == ["balance.ask_digits"]
    assert locked.says(HANAKO, "1234")[0] == "balance.answer"
    with locked.runtime.engine.begin() as connection:
        lock = connection.execute(select(verification_locks)).one()
        assert connection.execute(select(contacts.c.verification_failures)).scalar_one() == 0
        (act,) = audit.search(connection, audit.Wanted())
    assert (lock.ended_by, lock.end_reason) == ("staff:sato", "called back")
    assert (act.actor, act.act, act.subject) == ("staff:sato", "verification_unlock", "contact 1")
    assert act.reason == "called back"
    assert henji("verification", "list", environment=environment).out == ""


@pytest.mark.parametrize("who", ["090-0000-0009", "id:99"])
def test_nobody_is_unlocked_who_is_not_locked(
    locked: Texting, environment: dict[str, str], who: str
) -> None:
    ended = henji("verification", "unlock", who, *WHO, environment=environment)
    assert (ended.status, ended.out) == (1, "")
    assert "nobody with that number is locked" in ended.err
