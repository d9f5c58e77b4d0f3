"""Balances that are looked up: a text waits for them, and is answered whatever becomes of that."""

import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.alerts import unsettled
from bot.app import create_app
from bot.billing.customer_rows import Customer
from bot.billing.sources import Owed
from bot.errors import SourceAway
from bot.messaging import balances, sweep
from bot.runtime import Runtime
from bot.store.columns import seconds_from_now
from bot.store.tables import accounts, balance_lookups
from bot.text.format import TOKYO
from tests.messaging.lines import HANAKO, make_old
from tests.paying import Paying
from tests.people import Texting, add_customer


@dataclass
class System:
    """The company's system: it tells what it is given, or is away."""

    told: deque[Sequence[Owed] | None] = field(default_factory=deque)
    asked: list[str] = field(default_factory=list)
    max_age: timedelta | None = timedelta(minutes=5)
    settles_within: timedelta = timedelta(days=1)

    def look_up(self, number: str) -> Sequence[Owed]:
        self.asked.append(number)
        found = self.told.popleft() if self.told else None
        if found is None:
            raise SourceAway("it did not answer (Timeout)")
        return found


def owes(minor: int, digits: str = "1234", as_of: datetime | None = None) -> Owed:
    number = f"1000{digits}"
    return Owed(Customer(0, HANAKO, number, "山田 花子", None, minor, "JPY", None), as_of)


@pytest.fixture
def system() -> System:
    return System()


@pytest.fixture
def asking(runtime: Runtime, system: System) -> Texting:
    """People who text to a company whose system knows what they owe."""
    whole = replace(runtime, balances=system)
    return Texting(whole, create_app(whole).test_client())


def looked_up(texting: Texting) -> list[str]:
    """Let the clock look up what is due; the scripts that were sent for it."""
    balances.look_up_due(texting.runtime, threading.Event())
    texting.sends()
    return texting.new_keys()


def test_a_text_waits_for_the_look_up_and_is_answered_by_it(
    asking: Texting, system: System
) -> None:
    system.told.append([owes(12800)])

    assert asking.says(HANAKO, "残高") == []
    assert looked_up(asking) == ["balance.ask_digits"]
    assert asking.says(HANAKO, "1234")[0] == "balance.answer"
    assert system.asked == [HANAKO]


def test_two_texts_and_two_clocks_make_one_look_up(asking: Texting, system: System) -> None:
    system.told.append([owes(12800)])
    asking.says(HANAKO, "残高")
    asking.says(HANAKO, "1234")

    clocks = [
        threading.Thread(target=balances.look_up_due, args=(asking.runtime, threading.Event()))
        for _ in range(3)
    ]
    for clock in clocks:
        clock.start()
    for clock in clocks:
        clock.join()
    asking.sends()

    assert system.asked == [HANAKO]
    assert asking.new_keys()[:2] == ["balance.ask_digits", "balance.answer"]


def test_what_needs_no_account_never_waits(asking: Texting, system: System) -> None:
    assert asking.says(HANAKO, "残高") == []
    assert asking.says(HANAKO, "STOP") == ["consent.stopped"]
    assert looked_up(asking) == []
    assert asking.says(HANAKO, "配信開始") == ["consent.restarted"]
    assert asking.says(HANAKO, "ヘルプ")[0] == "common.help"


def test_while_the_system_is_away_what_was_known_is_told_with_its_day(
    asking: Texting, system: System
) -> None:
    add_customer(asking.runtime, HANAKO, "10001234", due=12800)
    with asking.runtime.engine.begin() as connection:
        day = datetime(2026, 12, 20, 12, tzinfo=TOKYO)
        connection.execute(update(accounts).values(updated_at=day))

    asking.says(HANAKO, "残高")
    assert looked_up(asking) == ["balance.ask_digits"]
    assert asking.says(HANAKO, "1234")[0] == "balance.answer"
    said = asking.runtime.provider.bodies(HANAKO)  # type: ignore[attr-defined]
    assert "12月20日時点" in " ".join(said)
    with asking.runtime.engine.begin() as connection:
        assert [one.kind for one in unsettled(connection)] == ["balances"]


def test_where_nothing_was_known_the_person_is_told_to_try_again(
    asking: Texting, system: System
) -> None:
    asking.says(HANAKO, "残高")
    assert looked_up(asking)[0] == "balance.unavailable"
    assert asking.says(HANAKO, "支払い") == ["payment.unavailable"]

    with asking.runtime.engine.begin() as connection:
        connection.execute(update(balance_lookups).values(ended_at=seconds_from_now(-31)))
    system.told.append([])
    assert asking.says(HANAKO, "支払い") == []
    assert looked_up(asking) == ["payment.not_registered"]
    with asking.runtime.engine.begin() as connection:
        assert unsettled(connection) == []


def test_without_a_clock_a_text_is_answered_in_the_end(asking: Texting, system: System) -> None:
    asking.says(HANAKO, "残高")
    with asking.runtime.engine.begin() as connection:
        connection.execute(update(balance_lookups).values(asked_at=seconds_from_now(-16)))
    make_old(asking)
    sweep.mend(asking.runtime, threading.Event())
    asking.sends()
    assert asking.new_keys()[0] == "balance.unavailable"
    assert system.asked == []


def test_an_amount_that_is_old_is_looked_up_again(asking: Texting, system: System) -> None:
    system.told.extend([[owes(12800)], [owes(500)]])
    asking.says(HANAKO, "残高")
    looked_up(asking)
    asking.says(HANAKO, "1234")
    with asking.runtime.engine.begin() as connection:
        connection.execute(update(balance_lookups).values(ended_at=seconds_from_now(-301)))

    assert asking.says(HANAKO, "残高") == []
    assert looked_up(asking) == ["balance.answer"]
    assert "500円" in asking.runtime.provider.bodies(HANAKO)[-1]  # type: ignore[attr-defined]


def test_an_account_that_the_system_knows_no_more_is_hidden(
    asking: Texting, system: System
) -> None:
    add_customer(asking.runtime, HANAKO, "10001234", due=12800)
    system.told.append([owes(500, "5678")])
    asking.says(HANAKO, "残高")
    looked_up(asking)
    assert asking.says(HANAKO, "1234") == ["balance.wrong"]
    assert asking.says(HANAKO, "5678")[0] == "balance.answer"


def test_a_system_that_learns_late_of_a_payment_makes_nobody_pay_twice(
    runtime: Runtime, system: System
) -> None:
    paying = Paying.at(replace(runtime, balances=system))
    paying.is_customer()
    system.told.append([owes(12800)])
    paying.texting.says("+819000000001", "支払い")
    looked_up(paying.texting)
    paying.token = paying.bodies()[-2].partition("/p/")[2][:12]
    paying.begins()
    paying.told("paid")
    assert paying.due() == 0

    system.told.append([owes(12800)])
    paying.changes(update(balance_lookups).values(ended_at=seconds_from_now(-301)))
    paying.texting.says("+819000000001", "残高")
    looked_up(paying.texting)
    assert paying.due() == 0

    # Once it says what it knows as of later than the payment, it is believed.
    later = datetime.now(TOKYO) + timedelta(minutes=1)
    system.told.append([owes(700, as_of=later)])
    balances._look_up(paying.runtime, HANAKO)
    assert paying.due() == 700


def test_the_page_looks_up_before_it_shows_an_amount(runtime: Runtime, system: System) -> None:
    paying = Paying.at(runtime)
    paying.is_customer()
    paying.gets_link()
    other = paying.with_runtime(replace(paying.runtime, balances=system))
    system.told.append([owes(9900)])

    other.answers()

    assert "9,900円" in other.opens().text
    assert system.asked == [HANAKO]


def test_the_rows_of_a_look_up_tell_when_and_why(asking: Texting) -> None:
    asking.says(HANAKO, "残高")
    looked_up(asking)
    with asking.runtime.engine.begin() as connection:
        row = connection.execute(select(balance_lookups)).one()
    assert row.error == "it did not answer (Timeout)"
    assert row.ended_at is not None
