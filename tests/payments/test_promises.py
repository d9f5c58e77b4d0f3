"""A promise to pay is kept, broken or moved to another day, and that is written down."""

import time
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Row, func, select, update

from bot.billing import promises
from bot.store.columns import seconds_from_now
from bot.store.tables import accounts, holds, payments
from bot.store.tables import promises as table
from bot.text.format import TOKYO
from tests.paying import HANAKO, Paying

A_DAY_S = 24 * 3600


def in_days(days: int) -> date:
    return datetime.now(TOKYO).date() + timedelta(days=days)


def promises_to_pay(paying: Paying, days: int = 10, words: str = "に払います") -> None:
    day = in_days(days)
    said = paying.texting.says(HANAKO, f"{day.month}月{day.day}日{words}")
    assert said == ["promise.held"]


def made(paying: Paying) -> list[Row[Any]]:
    with paying.runtime.engine.begin() as connection:
        return list(connection.execute(select(table).order_by(table.c.id)))


def statuses(paying: Paying) -> list[str]:
    return [row.status for row in made(paying)]


def day_is_over(paying: Paying, ago_s: int = 3600) -> None:
    paying.changes(update(table).values(until=seconds_from_now(-ago_s)))
    with paying.runtime.engine.begin() as connection:
        promises.judge_due(connection)


def test_a_promise_is_of_all_that_is_due_until_its_day_is_over(paying: Paying) -> None:
    paying.is_customer(digits="5678", due=500)
    paying.is_customer(digits="9999", due=0)
    promises_to_pay(paying, 10)

    end = datetime.combine(in_days(11), datetime.min.time(), TOKYO)
    rows = made(paying)
    assert [(row.account_id, row.amount_minor, row.currency) for row in rows] == [
        (1, 12800, "JPY"),
        (2, 500, "JPY"),
    ]
    assert {(row.day, row.until, row.status) for row in rows} == {(in_days(10), end, "open")}


def test_an_amount_that_was_named_is_all_that_was_promised(paying: Paying) -> None:
    promises_to_pay(paying, words="に5000円払います")
    assert [row.amount_minor for row in made(paying)] == [5000]


OTHERS = {"5678": (500, None), "9999": (20000, date(2026, 1, 31)), "7777": (0, None)}


@pytest.fixture
def several(paying: Paying) -> Paying:
    """Hanako has four accounts; her link is for the first, and the third is the most pressing."""
    for digits, (due, day) in OTHERS.items():
        paying.is_customer(digits=digits, due=due)
        newest = select(func.max(accounts.c.id)).scalar_subquery()
        paying.changes(update(accounts).where(accounts.c.id == newest).values(due_date=day))
    return paying


def shares(paying: Paying) -> dict[int, int]:
    return {row.account_id: row.amount_minor for row in made(paying) if row.status == "open"}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("に払います", {1: 12800, 2: 500, 3: 20000}),
        # of the account that the open link is for, and what is more of the most pressing one
        ("に5000円払います", {1: 5000}),
        ("に15000円払います", {1: 12800, 3: 2200}),
        ("に半分払います", {1: 12800, 3: 3850}),
        ("に99000円払います", {1: 12800, 2: 500, 3: 20000}),
        # just what is due of one account means that one
        ("に500円払います", {2: 500}),
        ("に20000円払います", {3: 20000}),
        # money that none of them is in
        ("に50ドル払います", {1: 12800, 2: 500, 3: 20000}),
    ],
)
def test_an_amount_among_several_accounts(
    several: Paying, words: str, expected: dict[int, int]
) -> None:
    promises_to_pay(several, words=words)

    assert shares(several) == expected


def test_without_a_link_an_amount_is_of_the_most_pressing_account(several: Paying) -> None:
    several.link_expires()
    promises_to_pay(several, words="に5000円払います")

    assert shares(several) == {3: 5000}


def test_after_digits_by_text_an_amount_is_of_the_account_that_they_proved(
    several: Paying,
) -> None:
    several.texting.says(HANAKO, "残高")
    assert several.texting.says(HANAKO, "9999") == ["balance.answer"]
    promises_to_pay(several, words="に5000円払います")

    assert shares(several) == {3: 5000}


def test_an_amount_takes_the_place_of_every_promise_before_it(several: Paying) -> None:
    promises_to_pay(several, 10)
    promises_to_pay(several, 12, words="に5000円払います")

    assert shares(several) == {1: 5000}
    assert statuses(several) == ["moved", "moved", "moved", "open"]


def test_who_pays_in_time_has_kept_it_and_is_not_held_back_from_any_more(paying: Paying) -> None:
    promises_to_pay(paying)
    paying.begins()
    paying.told("paid")

    assert statuses(paying) == ["kept"]
    with paying.runtime.engine.begin() as connection:
        hold = connection.execute(select(holds)).one()
    assert (hold.released_by, hold.release_reason) == ("gateway", "the promise was kept")


def test_who_pays_one_of_two_accounts_is_still_held_back_from(paying: Paying) -> None:
    paying.is_customer(digits="5678", due=500)
    promises_to_pay(paying)
    paying.begins()
    paying.told("paid")

    assert statuses(paying) == ["kept", "open"]
    with paying.runtime.engine.begin() as connection:
        assert connection.execute(select(holds.c.released_at)).scalar() is None


def test_who_has_not_paid_when_the_day_is_over_has_broken_it(paying: Paying) -> None:
    promises_to_pay(paying)
    day_is_over(paying)

    assert statuses(paying) == ["broken"]
    assert made(paying)[0].settled_at is not None


def test_a_day_that_is_not_over_is_left_open(paying: Paying) -> None:
    promises_to_pay(paying, 0, words="に払います")
    with paying.runtime.engine.begin() as connection:
        promises.judge_due(connection)
    assert statuses(paying) == ["open"]


def test_what_was_paid_otherwise_by_the_day_has_kept_it(paying: Paying) -> None:
    promises_to_pay(paying)
    paying.owes(0)
    day_is_over(paying)

    assert statuses(paying) == ["kept"]


@pytest.mark.parametrize(("paid_s", "status"), [(-2 * A_DAY_S, "kept"), (0, "broken")])
def test_a_late_notice_counts_by_when_it_was_paid(paying: Paying, paid_s: int, status: str) -> None:
    promises_to_pay(paying)
    paying.begins()
    day_is_over(paying, ago_s=A_DAY_S)
    assert statuses(paying) == ["broken"]

    paying.told("paid", created=int(time.time()) + paid_s)

    assert statuses(paying) == [status]


def test_another_day_takes_the_place_of_the_first(paying: Paying) -> None:
    promises_to_pay(paying, 10)
    promises_to_pay(paying, 12)

    assert statuses(paying) == ["moved", "open"]


def test_a_part_of_what_was_promised_does_not_keep_it(paying: Paying) -> None:
    promises_to_pay(paying)
    paying.begins()
    paying.told("paid")
    paying.changes(update(payments).values(amount_minor=5000))
    paying.changes(update(table).values(status="open"))
    paying.owes(7800)
    day_is_over(paying)

    assert statuses(paying) == ["broken"]
