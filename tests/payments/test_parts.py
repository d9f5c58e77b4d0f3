"""Paying a part of what is due: by a link where the company allows it, else by a person."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.runtime import Runtime
from bot.store.tables import accounts, conversations, payment_links
from tests.paying import ALICE, HANAKO, Paying


def at(runtime: Runtime, least_part: int) -> Paying:
    settings = runtime.settings.model_copy(update={"HENJI_LEAST_PART": least_part})
    paying = Paying.at(replace(runtime, settings=settings))
    paying.is_customer()
    paying.texting.says(HANAKO, "ヘルプ")
    return paying


@pytest.fixture
def paying(runtime: Runtime) -> Paying:
    """Hanako, who owes 12,800 yen, of which she may pay a fifth at the least."""
    return at(runtime, 20)


def says(paying: Paying, text: str, number: str = HANAKO) -> str:
    return paying.texting.says(number, text)[0]


def parts(paying: Paying) -> list[int | None]:
    with paying.runtime.engine.begin() as connection:
        found = select(payment_links.c.amount_minor).order_by(payment_links.c.id)
        return list(connection.execute(found).scalars())


def due(paying: Paying) -> int:
    with paying.runtime.engine.begin() as connection:
        return int(connection.execute(select(accounts.c.due_minor)).scalars().all()[0])


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("半分だけ払いたい", 6400),
        ("5000円だけ", 5000),
        ("とりあえず五千円払います", 5000),
        ("全額は払えません。5000円なら払えます", 5000),
        ("I can only pay half", 6400),
        ("全額払います", None),
        ("20000円払います", None),
        ("支払い 1234", None),
    ],
)
def test_a_link_is_for_the_part_that_was_named(paying: Paying, text: str, part: int | None) -> None:
    assert says(paying, text) == ("payment.link_part" if part else "payment.link")
    assert parts(paying) == [part]


def test_a_part_is_paid_and_the_rest_stays_due(paying: Paying) -> None:
    says(paying, "5000円だけ払いたいです")
    paying.finds_link()
    paying.answers()
    page = paying.opens().text
    assert "5,000円" in page
    assert "12,800円" not in page

    assert paying.taps_pay().status_code == 303
    assert paying.gateway.asked[-1].amount.minor == 5000
    assert paying.told("paid", amount=5000) == ["payment.receipt"]
    assert due(paying) == 7800
    assert says(paying, "支払い") == "payment.link"


def test_what_is_due_by_now_is_the_most_that_is_paid(paying: Paying) -> None:
    says(paying, "半分だけ払いたい")
    paying.owes(3000)
    paying.finds_link()
    paying.answers()

    assert "3,000円" in paying.opens().text


@pytest.mark.parametrize("text", ["2000円だけ払います", "$20 だけ払いたい"])
def test_a_part_that_is_too_small_or_of_other_money_is_for_a_person(
    paying: Paying, text: str
) -> None:
    says(paying, "残高")
    says(paying, "1234")

    assert says(paying, text) == "payment.part_by_person"
    assert parts(paying) == []
    with paying.runtime.engine.begin() as connection:
        assert connection.execute(select(conversations.c.person_wanted_at)).scalar() is not None


@pytest.mark.parametrize("text", ["2000円だけ払います", "$20 だけ払いたい"])
def test_who_did_not_prove_who_they_are_sees_the_least_part_on_the_page_alone(
    paying: Paying, text: str
) -> None:
    assert says(paying, text) == "payment.link_part"
    assert parts(paying) == [2560]
    paying.finds_link()
    paying.answers()

    assert "2,560円" in paying.opens().text


def test_without_leave_a_part_is_for_a_person(runtime: Runtime) -> None:
    paying = at(runtime, 0)

    assert says(paying, "半分だけ払いたい") == "payment.part_by_person"
    assert says(paying, "一部だけ払いたい") == "payment.part_by_person"
    assert says(paying, "全額払います") == "payment.link"
    assert parts(paying) == [None]


@pytest.mark.parametrize(
    ("answers", "last", "made"),
    [
        (["5000"], "payment.link_part", [5000]),
        (["5,000円"], "payment.link_part", [5000]),
        (["半分"], "payment.link_part", [6400]),
        (["全部"], "payment.link", [None]),
        (["100円"], "payment.link_part", [2560]),
        (["そうですね", "5000円"], "payment.link_part", [5000]),
        (["そうですね", "うーん"], "payment.part_by_person", []),
        (["残高"], "balance.ask_digits", []),
        (["戻る"], "payment.part_by_person", []),
    ],
    ids=str,
)
def test_how_much_is_asked_where_it_was_not_said(
    paying: Paying, answers: list[str], last: str, made: list[int | None]
) -> None:
    assert says(paying, "一部だけ払いたい") == "payment.ask_part"

    keys = [says(paying, answer) for answer in answers]

    assert keys[-1] == last
    assert parts(paying) == made


def test_no_amount_stands_in_a_text_before_somebody_proved_who_they_are(paying: Paying) -> None:
    says(paying, "半分だけ払いたい")
    assert not [body for body in paying.bodies() if "6,400" in body or "12,800" in body]


def test_a_part_is_told_in_english(paying: Paying) -> None:
    paying.is_customer(ALICE, digits="5678", due=4210, currency="USD")

    assert says(paying, "just $20.50 for now please, I'll pay", ALICE) == "payment.link_part"
    assert parts(paying) == [2050]
