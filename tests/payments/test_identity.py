"""The question who is there: five wrong answers, by whatever door, lock the person."""

import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert, select, update

from bot.payments import guesses
from bot.payments.identity import Answer, Verdict, verify
from bot.runtime import impatient
from bot.setting_types import Question
from bot.store.columns import seconds_from_now, utc_now
from bot.store.tables import contacts, conversations, payment_links, senders
from tests.paying import ALICE, HANAKO, Paying

ADDRESSES = (f"192.0.2.{number}/32" for number in itertools.cycle(range(256)))


def verdict(
    paying: Paying, digits: str, link: int | None = None, visitor: str | None = None
) -> Verdict:
    """What becomes of an answer to the newest link, or another; each comes from a new address."""
    written = {Question.CUSTOMER_NUMBER: digits}
    where = visitor or next(ADDRESSES)
    return verify(paying.runtime, link or paying.link().id, written, where)


def answers(paying: Paying, *digits: str) -> list[Answer]:
    return [verdict(paying, each).answer for each in digits]


def locks(paying: Paying) -> None:
    """Answer wrongly until the person is locked."""
    assert answers(paying, *["0000"] * 5)[-1] is Answer.LOCKED


def lock_is_over(paying: Paying) -> None:
    paying.changes(update(contacts).values(verification_locked_until=seconds_from_now(-1)))


def locked_for(paying: Paying) -> timedelta:
    with paying.runtime.engine.begin() as connection:
        until = connection.execute(select(contacts.c.verification_locked_until)).scalar_one()
        left: timedelta = until - connection.execute(select(utc_now())).scalar_one()
    return left


def test_an_answer_that_cannot_be_read_costs_no_try(paying: Paying) -> None:
    assert answers(paying, *["12"] * 9) == [Answer.UNREADABLE] * 9
    assert verdict(paying, "12").unreadable == (Question.CUSTOMER_NUMBER,)
    assert answers(paying, "1234") == [Answer.RIGHT]


def test_a_wrong_answer_says_how_many_are_left(paying: Paying) -> None:
    assert [verdict(paying, "0000").tries_left for _ in range(5)] == [4, 3, 2, 1, 0]
    assert answers(paying, "1234") == [Answer.LOCKED]


def test_wrong_answers_on_the_page_and_by_text_count_together(paying: Paying) -> None:
    assert answers(paying, "0000", "0001", "0002") == [Answer.WRONG] * 3
    paying.texting.says(HANAKO, "残高")
    assert paying.texting.says(HANAKO, "0000") == ["balance.wrong"]

    assert answers(paying, "0003") == [Answer.LOCKED]
    assert "balance.locked" in paying.texting.says(HANAKO, "残高")


def test_a_new_link_does_not_reset_the_count(paying: Paying) -> None:
    answers(paying, *["0000"] * 4)
    paying.gets_link()
    assert answers(paying, "0000") == [Answer.LOCKED]


def test_a_lock_on_the_page_is_told_to_the_telephone_once(paying: Paying) -> None:
    locks(paying)
    answers(paying, "0000", "1234")
    paying.texting.sends()
    assert paying.texting.new_keys() == ["payment.locked_on_page"]


def test_the_first_lock_ends_after_an_hour_the_second_after_a_day(paying: Paying) -> None:
    for lasts in (timedelta(hours=1), timedelta(days=1)):
        locks(paying)
        assert lasts - timedelta(minutes=5) < locked_for(paying) <= lasts
        lock_is_over(paying)
        paying.gets_link()
    assert answers(paying, "1234") == [Answer.RIGHT]


def test_the_third_lock_is_for_staff_to_end_and_they_hear_of_it(paying: Paying) -> None:
    for _ in range(2):
        locks(paying)
        lock_is_over(paying)
        paying.gets_link()
    assert [kind for kind, _ in paying.alerts()] == []

    locks(paying)

    assert locked_for(paying) > timedelta(days=10_000)
    assert [kind for kind, _ in paying.alerts()] == ["verification"]


def test_a_link_that_took_five_wrong_answers_is_no_use_after_the_lock(paying: Paying) -> None:
    locks(paying)
    lock_is_over(paying)
    assert answers(paying, "1234") == [Answer.GONE]
    paying.gets_link()
    assert answers(paying, "1234") == [Answer.RIGHT]


def test_five_wrong_answers_of_one_address_are_enough_whomever_they_are_about(
    paying: Paying,
) -> None:
    thief = "203.0.113.9/32"
    for digits in ("0000", "0001", "0002", "0003"):
        assert verdict(paying, digits, visitor=thief).answer is Answer.WRONG
    paying.is_customer(ALICE, digits="5678")
    paying.gets_link(ALICE, "PAY")
    assert verdict(paying, "0000", visitor=thief).answer is Answer.WRONG

    assert verdict(paying, "5678", visitor=thief).answer is Answer.TOO_OFTEN
    assert verdict(paying, "5678", visitor="203.0.113.10/32").answer is Answer.RIGHT
    assert [kind for kind, _ in paying.alerts()] == ["guessing"]


def test_wrong_answers_from_everywhere_raise_an_alert(paying: Paying) -> None:
    link = paying.link().id
    for _ in range(guesses.WRONG_ANSWERS_OF_ALL.most + 1):
        verdict(paying, "0000", link)
        paying.changes(update(contacts).values(verification_failures=0))
        paying.changes(update(payment_links).values(wrong_answers=0))
    assert [kind for kind, _ in paying.alerts()] == ["guessing"]


def test_without_redis_the_database_still_counts(paying: Paying) -> None:
    away = replace(paying.runtime, redis=impatient("unix://nowhere"))
    other = paying.with_runtime(away)
    assert answers(other, *["0000"] * 5)[-1] is Answer.LOCKED
    assert answers(other, "1234") == [Answer.LOCKED]


def test_the_right_answer_marks_the_link_and_forgets_wrong_ones(paying: Paying) -> None:
    assert answers(paying, "0000", "1234") == [Answer.WRONG, Answer.RIGHT]
    assert paying.link().verified_at is not None
    assert verdict(paying, "0000").tries_left == 4


def test_twenty_guesses_at_once_are_five(paying: Paying) -> None:
    link = paying.link().id
    guessed = [f"{number:04}" for number in range(20)]

    with ThreadPoolExecutor(16) as pool:
        verdicts = list(pool.map(lambda guess: verdict(paying, guess, link), guessed))

    told = [each.answer for each in verdicts]
    assert (told.count(Answer.WRONG), told.count(Answer.LOCKED)) == (4, 16)


def test_guesses_at_once_over_two_of_our_numbers_are_five(paying: Paying) -> None:
    links = [paying.link().id, link_by_another_sender(paying)]
    guessed = [(f"{number:04}", links[number % 2]) for number in range(20)]

    with ThreadPoolExecutor(16) as pool:
        verdicts = list(pool.map(lambda guess: verdict(paying, *guess), guessed))

    assert [each.answer for each in verdicts].count(Answer.WRONG) == 4


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
    gone = 999 if end == "unknown" else link
    assert verdict(paying, "0000", gone).answer is Answer.GONE
    assert verdict(paying, "1234", gone).answer is Answer.GONE
