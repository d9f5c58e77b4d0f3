"""One telephone number with two customer numbers: whichever is proved can be paid."""

import pytest
from sqlalchemy import select, update

from bot.payments.identity import Answer, verify
from bot.setting_types import Question
from bot.store.tables import accounts, payment_links
from tests.paying import ALICE, HANAKO, Paying


@pytest.fixture
def both(paying: Paying) -> Paying:
    """Hanako, whose link is for the number that ends in 1234; she has one that ends in 5678 too."""
    paying.is_customer(digits="5678", due=500)
    return paying


def answer(paying: Paying, digits: str) -> Answer:
    written = {Question.CUSTOMER_NUMBER: digits}
    return verify(paying.runtime, paying.link().id, written, "192.0.2.1/32").answer


@pytest.mark.parametrize(("digits", "amount"), [("1234", "12,800円"), ("5678", "500円")])
def test_the_page_shows_the_account_that_the_digits_prove(
    both: Paying, digits: str, amount: str
) -> None:
    assert both.answers(digits).status_code == 303

    page = both.opens().text
    assert amount in page
    assert f"••••{digits}" in page


def test_the_account_that_was_proved_is_the_one_that_is_paid(both: Paying) -> None:
    both.answers("5678")
    both.taps_pay()
    both.told("paid", amount=500)

    with both.runtime.engine.begin() as connection:
        due = connection.execute(select(accounts.c.due_minor).order_by(accounts.c.id)).scalars()
        assert list(due) == [12800, 0]


def test_correct_answers_never_lock(both: Paying) -> None:
    answers = [answer(both, digits) for digits in ("5678", "1234", "1234", "1234", "5678")]
    other = Answer.OTHER_ACCOUNT
    assert answers == [Answer.RIGHT, other, other, other, Answer.RIGHT]


def test_what_is_another_persons_number_proves_nothing(both: Paying) -> None:
    both.is_customer(ALICE, digits="4321")
    assert answer(both, "4321") is Answer.WRONG


def test_a_link_stays_with_the_account_that_was_proved_first(both: Paying) -> None:
    both.answers("1234")
    second = both.stranger().post(f"/p/{both.token}", data={"digits": "5678"})

    assert second.status_code == 422
    assert "別のお客様番号" in second.text
    assert "500円" not in second.text
    assert "12,800円" in both.opens().text


def test_a_link_through_which_a_payment_was_begun_stays_with_its_account(both: Paying) -> None:
    both.begins()
    both.changes(update(payment_links).values(verified_at=None))
    assert answer(both, "5678") is Answer.OTHER_ACCOUNT


def test_a_new_link_leads_to_the_other_account(both: Paying) -> None:
    both.answers("1234")
    both.gets_link()
    both.answers("5678")
    assert "500円" in both.opens().text


def test_only_one_link_of_an_account_can_be_paid_through(both: Paying) -> None:
    first = both.token
    both.changes(update(accounts).where(accounts.c.due_minor == 12800).values(due_minor=0))
    second = both.gets_link(HANAKO)

    both.token = first
    both.answers("5678")

    assert "500円" in both.opens().text
    assert both.browser.get(f"/p/{second}").status_code == 404
