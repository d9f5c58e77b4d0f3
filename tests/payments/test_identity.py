"""The question who is there: three wrong answers, by whatever door, lock the person."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from bot.payments.identity import Answer, four_digits, verify
from bot.store.columns import seconds_from_now
from bot.store.tables import contacts, conversations, payment_links, senders
from tests.paying import HANAKO, Paying

UNREADABLE = ["", " ", "123", "12345", "1234" * 1000, "12a4", "一二三四", "①②③④⑤", "👍", "\0"]
UNREADABLE += ["1\x001", "\ud83d", "١٢٣٤", "-1-2", "1234\0"]
READABLE = ["1234", "１２３４", " 1234\n", "1 2 3 4", "12-34", "１２−３４", "①②③④"]


def wrong(paying: Paying) -> Answer:
    return verify(paying.runtime, paying.link().id, "0000").answer


@pytest.mark.parametrize("written", UNREADABLE)
def test_what_is_not_four_digits_is_no_answer(written: str) -> None:
    assert four_digits(written) is None


@pytest.mark.parametrize("written", READABLE)
def test_four_digits_are_read_in_any_width(written: str) -> None:
    assert four_digits(written) == "1234"


@given(st.text())
def test_whatever_is_written_is_four_ascii_digits_or_none(written: str) -> None:
    digits = four_digits(written)
    assert digits is None or (len(digits) == 4 and digits.isascii() and digits.isdecimal())


def test_an_answer_that_cannot_be_read_costs_no_try(paying: Paying) -> None:
    for _ in range(5):
        assert verify(paying.runtime, paying.link().id, "12").answer is Answer.UNREADABLE
    assert verify(paying.runtime, paying.link().id, "1234").answer is Answer.RIGHT


def test_a_wrong_answer_says_how_many_are_left(paying: Paying) -> None:
    link = paying.link().id
    assert [verify(paying.runtime, link, "0000").tries_left for _ in range(3)] == [2, 1, 0]
    assert verify(paying.runtime, link, "1234").answer is Answer.LOCKED


def test_wrong_answers_on_the_page_and_by_text_count_together(paying: Paying) -> None:
    assert wrong(paying) is Answer.WRONG
    paying.texting.says(HANAKO, "残高")
    assert paying.texting.says(HANAKO, "0000") == ["balance.wrong"]

    assert wrong(paying) is Answer.LOCKED
    assert "balance.locked" in paying.texting.says(HANAKO, "残高")


def test_a_new_link_does_not_reset_the_count(paying: Paying) -> None:
    wrong(paying)
    wrong(paying)
    paying.gets_link()
    assert wrong(paying) is Answer.LOCKED


def test_the_lock_ends_after_an_hour(paying: Paying) -> None:
    for _ in range(3):
        wrong(paying)
    with paying.runtime.engine.begin() as connection:
        until = connection.execute(select(contacts.c.verification_locked_until)).scalar_one()
        locked = connection.execute(select(seconds_from_now(3600))).scalar_one() - until
    assert 0 <= locked.total_seconds() < 60

    paying.changes(update(contacts).values(verification_locked_until=seconds_from_now(-1)))
    assert verify(paying.runtime, paying.link().id, "1234").answer is Answer.RIGHT


def test_the_right_answer_marks_the_link_and_forgets_wrong_ones(paying: Paying) -> None:
    wrong(paying)
    assert verify(paying.runtime, paying.link().id, "1234").answer is Answer.RIGHT
    assert paying.link().verified_at is not None
    assert verify(paying.runtime, paying.link().id, "0000").tries_left == 2


def test_twenty_guesses_at_once_are_three(paying: Paying) -> None:
    link = paying.link().id
    guesses = [f"{number:04}" for number in range(20)]

    with ThreadPoolExecutor(16) as pool:
        verdicts = list(pool.map(lambda guess: verify(paying.runtime, link, guess), guesses))

    answers = [verdict.answer for verdict in verdicts]
    assert answers.count(Answer.WRONG) == 2
    assert answers.count(Answer.LOCKED) == 18


def test_guesses_at_once_over_two_of_our_numbers_are_three(paying: Paying) -> None:
    links = [paying.link().id, link_by_another_sender(paying)]
    guesses = [(links[number % 2], f"{number:04}") for number in range(20)]

    with ThreadPoolExecutor(16) as pool:
        verdicts = list(pool.map(lambda guess: verify(paying.runtime, *guess), guesses))

    assert [verdict.answer for verdict in verdicts].count(Answer.WRONG) == 2


def link_by_another_sender(paying: Paying) -> int:
    """A second conversation of the same person, with a link to the same account."""
    old = paying.link()
    with paying.runtime.engine.begin() as connection:
        sender = connection.execute(
            insert(senders).values(number="+815000000002").returning(senders.c.id)
        ).scalar_one()
        contact = connection.execute(select(contacts.c.id)).scalar_one()
        made = insert(conversations).values(sender_id=sender, contact_id=contact, language="ja")
        conversation = connection.execute(made.returning(conversations.c.id)).scalar_one()
        link = insert(payment_links).values(
            token_hash="another",
            conversation_id=conversation,
            account_id=old.account_id,
            language="ja",
            expires_at=old.expires_at,
        )
        return int(connection.execute(link.returning(payment_links.c.id)).scalar_one())


@pytest.mark.parametrize("end", ["expired", "revoked", "unknown"])
def test_a_link_that_ended_takes_no_answer(paying: Paying, end: str) -> None:
    link = paying.link().id
    if end == "expired":
        paying.link_expires()
    if end == "revoked":
        paying.gets_link()
    answer = verify(paying.runtime, 999 if end == "unknown" else link, "0000").answer
    assert answer is Answer.GONE
    assert verify(paying.runtime, 999 if end == "unknown" else link, "1234").answer is Answer.GONE
