"""The question who is there, asked by a payment page; its wrong answers count with those by SMS."""

import unicodedata
from dataclasses import dataclass
from enum import Enum, auto

import structlog
from sqlalchemy import Connection, update

from bot.billing import accounts, events, links, verification
from bot.billing.events import Kind
from bot.dialogue.turn import Account
from bot.messaging.answering import conversation
from bot.payments.link import Held, Status, hold
from bot.runtime import Runtime
from bot.store.columns import utc_now
from bot.store.session import transact
from bot.store.tables import payment_links

LONGEST_ANSWER = 64
DIGITS_ASKED = 4

log = structlog.get_logger(__name__)


class Answer(Enum):
    """What an answer turned out to be; only a wrong one counts.

    `OTHER_ACCOUNT` is right for the person, but the link is taken by another of their accounts.
    """

    RIGHT = auto()
    OTHER_ACCOUNT = auto()
    WRONG = auto()
    UNREADABLE = auto()
    LOCKED = auto()
    GONE = auto()


@dataclass(frozen=True)
class Verdict:
    """An answer, and after a wrong one how many more may be given."""

    answer: Answer
    tries_left: int = 0


def verify(runtime: Runtime, link_id: int, written: str) -> Verdict:
    """Compare what was written with the last four digits of the person's customer numbers.

    A new link does not tell which of several accounts it is for: the first one that is proved
    through it is the one it leads to from then on.
    """
    digits = four_digits(written)
    if digits is None:
        return Verdict(Answer.UNREADABLE)
    verdict = transact(
        runtime.engine, lambda connection: _judge(connection, runtime, link_id, digits)
    )
    log.info("link.answered", link=link_id, answer=verdict.answer.name.lower())
    return verdict


def note_view(runtime: Runtime, link_id: int) -> None:
    """Write down that somebody who proved who they are was shown the page."""
    transact(runtime.engine, lambda connection: events.record_view(connection, link_id))


def four_digits(written: str) -> str | None:
    """The digits of an answer in any width, with blanks or hyphens; None where not exactly four."""
    folded = unicodedata.normalize("NFKC", written[:LONGEST_ANSWER])
    digits = "".join(char for char in folded if not char.isspace() and char not in "-ー−")
    whole = len(written) <= LONGEST_ANSWER and digits.isascii() and digits.isdecimal()
    return digits if whole and len(digits) == DIGITS_ASKED else None


def _judge(connection: Connection, runtime: Runtime, link_id: int, digits: str) -> Verdict:
    held = hold(connection, link_id)
    if held is None or held.ended:
        return Verdict(Answer.GONE)
    # A robot that looks at every link sends no form: whoever does, has opened it.
    _record(connection, held, Kind.OPENED)
    left = conversation.tries_left(held.person)
    if left == 0:
        return Verdict(Answer.LOCKED)
    account = _proven(connection, runtime, held, digits)
    if account is None:
        return _fail(connection, held, left)
    if account.id != held.link.account_id:
        if _is_taken(held):
            return Verdict(Answer.OTHER_ACCOUNT)
        links.bind(connection, link_id, account.id)
    return _pass(connection, held)


def _proven(connection: Connection, runtime: Runtime, held: Held, digits: str) -> Account | None:
    """The account that the digits prove, the link's own before the others of its person."""
    own = accounts.by_id(connection, runtime.vault, held.link.account_id)
    others = accounts.of_number(connection, runtime.vault, str(held.person.number))
    return next((account for account in (own, *others) if account.proves(digits)), None)


def _is_taken(held: Held) -> bool:
    """Whether somebody may be looking at the link's account already, or paying for it."""
    return held.link.verified_at is not None or held.status is not Status.OPEN


def _pass(connection: Connection, held: Held) -> Verdict:
    _record(connection, held, Kind.VERIFIED)
    verification.passed(connection, held.person.contact_id)
    connection.execute(
        update(payment_links)
        .where(payment_links.c.id == held.link.id)
        .values(verified_at=utc_now())
    )
    return Verdict(Answer.RIGHT)


def _fail(connection: Connection, held: Held, left: int) -> Verdict:
    _record(connection, held, Kind.WRONG_ANSWER)
    verification.failed(connection, held.person.contact_id, left)
    return Verdict(Answer.WRONG, left - 1) if left > 1 else Verdict(Answer.LOCKED)


def _record(connection: Connection, held: Held, kind: Kind) -> None:
    events.record_event(connection, kind, held.link.conversation_id, held.link.id)
