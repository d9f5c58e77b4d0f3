"""The question who is there, asked by a payment page; its wrong answers count with those by SMS."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto

import structlog
from sqlalchemy import Connection, update

from bot.billing import accounts, answers, contents, events, links, questions, verification
from bot.billing.answers import Answers
from bot.billing.events import Kind
from bot.dialogue.turn import Reply
from bot.messaging import balances, doorbell
from bot.messaging.answering import conversation
from bot.payments import guesses
from bot.payments.link import Held, Status, asked, hold
from bot.payments.notices import say
from bot.runtime import Runtime
from bot.setting_types import Question
from bot.store.columns import utc_now
from bot.store.session import transact
from bot.store.tables import payment_links
from bot.text.format import TOKYO

log = structlog.get_logger(__name__)

Written = Mapping[Question, str]


class Answer(Enum):
    """What an answer turned out to be; only a wrong one counts.

    `OTHER_ACCOUNT` is right for the person, but the link is taken by another of their accounts.
    `TOO_OFTEN` is about the address that it came from.
    """

    RIGHT = auto()
    OTHER_ACCOUNT = auto()
    WRONG = auto()
    UNREADABLE = auto()
    LOCKED = auto()
    TOO_OFTEN = auto()
    GONE = auto()


@dataclass(frozen=True)
class Verdict:
    """An answer, after a wrong one how many more may be given, and which could not be read.

    `counts` where it was compared and found to be wrong. `number` is whose it is, once it is right.
    """

    answer: Answer
    tries_left: int = 0
    counts: bool = False
    number: str = field(default="", repr=False)
    unreadable: tuple[Question, ...] = ()


def verify(runtime: Runtime, link_id: int, written: Written, visitor: str) -> Verdict:
    """Compare what was written with what is known of the person's accounts, all of it together.

    A new link does not tell which of several accounts it is for: the first one that is proved
    through it is the one it leads to from then on. `visitor` is the address that it came from.
    """
    if not guesses.may_answer(runtime, visitor):
        return Verdict(Answer.TOO_OFTEN)
    verdict = transact(
        runtime.engine, lambda connection: _judge(connection, runtime, link_id, written)
    )
    log.info("link.answered", link=link_id, answer=verdict.answer.name.lower())
    if verdict.number:
        balances.refresh(runtime, verdict.number)
    if verdict.counts:
        guesses.note_wrong_answer(runtime, visitor)
        doorbell.ring(runtime)
    return verdict


def _judge(connection: Connection, runtime: Runtime, link_id: int, written: Written) -> Verdict:
    held = hold(connection, link_id)
    if held is None or held.ended:
        return Verdict(Answer.GONE)
    # A robot that looks at every link sends no form: whoever does, has opened it.
    _record(connection, held, Kind.OPENED)
    left = conversation.tries_left(held.person)
    if left == 0:
        return Verdict(Answer.LOCKED)
    wanted = asked(held.link, held.person.questions, runtime.settings)
    given = _read(wanted, written, held.person.now.astimezone(TOKYO).date())
    if missing := tuple(question for question in wanted if question not in given):
        return Verdict(Answer.UNREADABLE, unreadable=missing)
    account_id = _proved(connection, runtime, held, given)
    if account_id is None:
        return _fail(connection, runtime, held, left)
    if account_id != held.link.account_id:
        if _is_taken(held):
            return Verdict(Answer.OTHER_ACCOUNT)
        links.bind(connection, link_id, account_id)
    return _pass(connection, held)


def _read(wanted: tuple[Question, ...], written: Written, today: date) -> Answers:
    return {
        question: answer
        for question in wanted
        if (answer := questions.read(question, written.get(question, ""), today)) is not None
    }


def _proved(connection: Connection, runtime: Runtime, held: Held, given: Answers) -> int | None:
    """The account that the answers prove, the link's own before the others of its person."""
    own: int = held.link.account_id
    if held.link.password_fingerprint is not None:
        return own if contents.opens(runtime.vault, held.link, given[Question.PASSWORD]) else None
    others = accounts.of_number(connection, runtime.vault, str(held.person.number))
    ids = dict.fromkeys([own, *(account.id for account in others)])
    proved = answers.proved(connection, runtime.vault, list(ids), given)
    return next((account_id for account_id in ids if account_id in proved), None)


def _is_taken(held: Held) -> bool:
    """Whether somebody may be looking at the link's account already, or paying for it."""
    return held.link.verified_at is not None or held.status is not Status.OPEN


def _pass(connection: Connection, held: Held) -> Verdict:
    _record(connection, held, Kind.VERIFIED)
    # The answer to this form is the page. A look at it later may be anybody's, or a scanner's.
    _record(connection, held, Kind.VIEWED)
    verification.passed(connection, held.person.contact_id)
    _change(connection, held, verified_at=utc_now(), wrong_answers=0)
    return Verdict(Answer.RIGHT, number=held.person.number)


def _fail(connection: Connection, runtime: Runtime, held: Held, left: int) -> Verdict:
    _record(connection, held, Kind.WRONG_ANSWER)
    _change(connection, held, wrong_answers=held.link.wrong_answers + 1)
    if not verification.failed(connection, held.person.contact_id, left):
        return Verdict(Answer.WRONG, left - 1, counts=True)
    # Whoever has the telephone may not be who has the page.
    say(connection, runtime, held, Reply("payment.locked_on_page"), held.person.now)
    return Verdict(Answer.LOCKED, counts=True)


def _change(connection: Connection, held: Held, **values: object) -> None:
    connection.execute(
        update(payment_links).where(payment_links.c.id == held.link.id).values(**values)
    )


def _record(connection: Connection, held: Held, kind: Kind) -> None:
    events.record_event(connection, kind, held.link.conversation_id, held.link.id)
