"""What people say about paying beside PAY: that they have paid, or that they cannot."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Row, select

from bot.compliance import holds
from bot.dialogue.holds import HoldKind
from bot.store.columns import utc_now
from bot.store.tables import conversations
from bot.store.tables import holds as held
from bot.text.format import TOKYO
from tests.messaging.campaign import queue
from tests.paying import ALICE, HANAKO, Paying

CANNOT = [
    "払えません",
    "今月は厳しいです",
    "ちょっと払うのが難しいです",
    "支払いは無理です",
    "手持ちがなくて払えそうにありません",
    "I can't pay",
    "I won't be able to pay this month",
    "money is tight right now",
    "can't pay this month",
]
CAN = [
    "払います",
    "払い方が難しくてわかりません",
    "残高の確認が難しい",
    "やり方が難しい",
    "I can pay",
]


@pytest.fixture
def paying(runtime: Any) -> Paying:
    """Hanako, who owes 12,800 yen and agreed to be reminded."""
    paying = Paying.at(runtime)
    paying.is_customer()
    paying.gets_link()
    paying.texting.says(HANAKO, "はい")
    return paying


def says(paying: Paying, text: str, number: str = HANAKO) -> list[str]:
    return paying.texting.says(number, text)


def proves(paying: Paying) -> None:
    """Hanako proves by text who she is."""
    says(paying, "残高")
    says(paying, "1234")


def hold_on(paying: Paying) -> Row[Any] | None:
    with paying.runtime.engine.begin() as connection:
        columns = (held.c.kind, held.c.rule, held.c.until, utc_now().label("now"))
        return connection.execute(select(*columns).where(held.c.released_at.is_(None))).first()


def person_is_wanted(paying: Paying) -> bool:
    with paying.runtime.engine.begin() as connection:
        found = select(conversations.c.person_wanted_at)
        return connection.execute(found).scalars().first() is not None


def is_dunned(paying: Paying) -> bool:
    """Whether a reminder leaves now."""
    with paying.runtime.engine.begin() as connection:
        queue(connection, 1)
    paying.texting.sends()
    return "campaign.reminder" in paying.texting.new_keys()


@pytest.mark.parametrize("text", CANNOT)
def test_who_cannot_pay_gets_a_person_and_no_reminder_until_that_is_reviewed(
    paying: Paying, text: str
) -> None:
    assert says(paying, text) == ["handover.hardship"]

    hold = hold_on(paying)
    assert hold is not None
    assert (hold.kind, hold.until) == ("hardship", None)
    assert person_is_wanted(paying)
    assert not is_dunned(paying)
    with paying.runtime.engine.begin() as connection:
        assert holds.release(connection, 1, HoldKind.HARDSHIP, "staff:sato", "pays in parts")
    assert is_dunned(paying)


@pytest.mark.parametrize("text", CAN)
def test_other_difficulties_are_not_taken_for_it(paying: Paying, text: str) -> None:
    assert says(paying, text) != ["handover.hardship"]
    assert hold_on(paying) is None


def test_a_lawyer_is_held_for_as_a_lawyer_alone(paying: Paying) -> None:
    assert says(paying, "弁護士に任せました。払えません") == ["handover.requested"]

    hold = hold_on(paying)
    assert hold is not None
    assert hold.kind == "lawyer"


def test_who_has_paid_is_told_that_we_know(paying: Paying) -> None:
    proves(paying)
    paying.begins()
    paying.told("paid", created=int(datetime.now(TOKYO).timestamp()))

    assert says(paying, "もう払いました") == ["paid.confirmed"]

    today = datetime.now(TOKYO)
    assert f"{today.month}月{today.day}日のお支払いを確認しております" in paying.bodies()[-1]
    assert hold_on(paying) is None
    assert not person_is_wanted(paying)


def test_who_has_paid_otherwise_is_told_that_nothing_is_due(paying: Paying) -> None:
    proves(paying)
    paying.owes(0)

    assert says(paying, "先週振り込みました") == ["paid.settled"]
    assert hold_on(paying) is None


def test_who_has_paid_and_is_not_known_is_told_nothing_of_it(paying: Paying) -> None:
    paying.begins()
    paying.told("paid")

    assert says(paying, "もう払いました") == ["paid.noted"]
    assert person_is_wanted(paying)


def test_who_has_paid_at_a_store_waits_with_us_for_the_notice(paying: Paying) -> None:
    paying.begins()
    paying.told("pending")

    assert says(paying, "コンビニで払いました") == ["paid.pending"]
    assert not person_is_wanted(paying)


def test_a_payment_that_nobody_finds_is_looked_for_by_a_person_and_not_asked_for_meanwhile(
    paying: Paying,
) -> None:
    assert says(paying, "もう払いました") == ["paid.noted"]

    hold = hold_on(paying)
    assert hold is not None
    assert hold.kind == "says_paid"
    assert timedelta(days=2, hours=23) < hold.until - hold.now <= timedelta(days=3)
    assert person_is_wanted(paying)
    assert not is_dunned(paying)


def test_one_of_two_accounts_that_is_paid_is_not_all(paying: Paying) -> None:
    paying.is_customer(digits="5678", due=500)
    paying.begins()
    paying.told("paid")

    assert says(paying, "払いました") == ["paid.noted"]


def test_nothing_is_told_to_whom_we_do_not_know(paying: Paying) -> None:
    assert says(paying, "I already paid", ALICE)[0] == "paid.noted"
