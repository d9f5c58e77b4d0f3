"""A payment link as its page may see it, and the lock under which anything about it changes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, and_, func, select

from bot.billing import accounts, invoices, links, questions, verification
from bot.billing.invoices import Invoice
from bot.compliance import holds
from bot.dialogue.turn import Account
from bot.messaging.answering import conversation
from bot.messaging.answering.conversation import Locked
from bot.runtime import Runtime
from bot.senders.company import Company
from bot.setting_types import Question
from bot.settings import Settings
from bot.store.columns import utc_now
from bot.store.session import transact
from bot.store.tables import (
    campaigns,
    checkouts,
    contacts,
    conversations,
    link_contents,
    payment_links,
    payments,
    senders,
)
from bot.text.format import Money
from bot.text.language import Language


class Status(StrEnum):
    """Where the payment of a link stands; `pending` waits for cash at a convenience store."""

    OPEN = "open"
    STARTED = "started"
    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"
    REVOKED = "revoked"


# Money has moved or is about to: these links lead to their page for good.
LASTING = frozenset({Status.PENDING, Status.PAID})
UNDER_WAY = frozenset({Status.STARTED, Status.PENDING})


@dataclass(frozen=True)
class Seen:
    """A link that leads somewhere, at the moment `now` of the database's clock.

    `quoted` is what was paid, else what was asked for when the payment began; `tries_left` of the
    person, 0: locked. `questions` are those that tell who is there. `company`, at `postal_address`
    (perhaps empty), is whom the link's sender speaks for. `part` is how much of what is due is to
    be paid (minor units; None: all). `paid_at` is told by the gateway, perhaps later, when the
    receipt was issued. `notice` is one of a campaign that tells of something else, until its
    account is paid for through it; it is good until `expires_at`. `alone` is a notice for its
    person alone, through which nothing is paid.
    """

    id: int
    account_id: int
    status: Status
    language: Language
    quoted: Money | None
    receipt_number: str | None
    issued_at: datetime | None
    paid_at: datetime | None
    tries_left: int
    questions: tuple[Question, ...]
    company: Company
    postal_address: str
    now: datetime
    expires_at: datetime
    part: int | None = None
    notice: bool = False
    alone: bool = False


@dataclass(frozen=True)
class Held:
    """A link and its conversation, locked in this order: conversation, person, link."""

    link: Row[Any]
    person: Locked

    @property
    def status(self) -> Status:
        """Where the payment stands."""
        return Status(self.link.status)

    @property
    def ended(self) -> bool:
        """Whether the link leads nowhere any more, or must not while a hold is on the number."""
        person = self.person
        if person.quarantined or person.withheld or has_ended(self.link, person.now):
            return True
        return is_used_up(self.link, conversation.tries_left(person))


def look(runtime: Runtime, token: str, returning: bool = False) -> Seen | None:
    """The link of a token; None where it is unknown, revoked or expired. Changes nothing.

    It is None as well while the number that it was sent to counts as somebody else's, or nothing
    may be told to it, and after five wrong answers, once its person is not locked. A person who
    is `returning` from the gateway may still see how a payment ends that was begun before the link
    expired.
    """
    row = transact(runtime.engine, lambda connection: _row(connection, token))
    if row is None or row.quarantined or row.withheld:
        return None
    begun = returning and row.status == Status.STARTED
    if has_ended(row, row.now) and not begun:
        return None
    link = _seen(row, runtime.settings)
    return None if is_used_up(row, link.tries_left) else link


def account_of(runtime: Runtime, link: Seen) -> Account:
    """The account that a link is for, with what is to be paid through it as due."""
    account = transact(
        runtime.engine,
        lambda connection: accounts.by_id(connection, runtime.vault, link.account_id),
    )
    return account if link.status is Status.PAID else to_be_paid(account, link.part)


def to_be_paid(account: Account, part: int | None) -> Account:
    """An account with a part of what is due, in minor units, as due; None: all of it."""
    if part is None or account.due.minor <= part:
        return account
    return replace(account, due=Money(part, account.due.currency))


def invoices_of(runtime: Runtime, link: Seen, due: Money) -> list[Invoice]:
    """The unpaid invoices behind an amount, the most pressing first; none where they are not it."""
    found = transact(
        runtime.engine, lambda connection: invoices.of_account(connection, link.account_id)
    )
    return found if sum(invoice.due.minor for invoice in found) == due.minor else []


def has_ended(row: Row[Any], now: datetime) -> bool:
    """Whether a link of the table was revoked, or expired before anything was paid."""
    if row.status in LASTING:
        return False
    return bool(row.status == Status.REVOKED or row.expires_at <= now)


def is_used_up(row: Row[Any], tries_left: int) -> bool:
    """Whether a link took so many wrong answers that only a new one will do; its receipt stays.

    While its person is locked that is what is told, and not that the link has ended.
    """
    wrong: int = row.wrong_answers
    return wrong >= verification.MOST_TRIES and tries_left > 0 and row.status not in LASTING


def asked(row: Row[Any], of_sender: Sequence[str], settings: Settings) -> tuple[Question, ...]:
    """The questions of a link: its own password alone where it has one."""
    if row.password_fingerprint is not None:
        return (Question.PASSWORD,)
    return questions.asked(row.of_campaign, of_sender, settings.questions)


# A link, locked, and what its campaign or itself asks; None where it has none.
_LINK = (
    select(
        payment_links,
        campaigns.c.questions.label("of_campaign"),
        link_contents.c.password_fingerprint,
    )
    .outerjoin(campaigns, campaigns.c.id == payment_links.c.campaign_id)
    .outerjoin(link_contents, link_contents.c.payment_link_id == payment_links.c.id)
    .with_for_update(of=payment_links)
)


def hold(connection: Connection, link_id: int) -> Held | None:
    """Lock a link and its conversation; None for an unknown link."""
    this = payment_links.c.id == link_id
    conversation_id = connection.execute(
        select(payment_links.c.conversation_id).where(this)
    ).scalar()
    if conversation_id is None:
        return None
    person = conversation.lock(connection, conversation_id)
    return Held(connection.execute(_LINK.where(this)).one(), person)


def _row(connection: Connection, token: str) -> Row[Any] | None:
    under_way = and_(
        checkouts.c.payment_link_id == payment_links.c.id,
        checkouts.c.attempt == payment_links.c.failures + 1,
    )
    paid = and_(payments.c.payment_link_id == payment_links.c.id, payments.c.credited)
    return connection.execute(
        select(
            payment_links,
            func.coalesce(payments.c.amount_minor, checkouts.c.amount_minor).label("quoted"),
            func.coalesce(payments.c.currency, checkouts.c.currency).label("currency"),
            payments.c.paid_at.label("money_moved_at"),
            contacts.c.verification_failures,
            contacts.c.verification_locked_until,
            senders.c.questions,
            campaigns.c.questions.label("of_campaign"),
            campaigns.c.kind.label("campaign_kind"),
            link_contents.c.payment_link_id.label("told_on"),
            link_contents.c.password_fingerprint,
            payment_links.c.amount_minor.label("part"),
            senders.c.brand,
            senders.c.brand_en,
            senders.c.legal_name,
            senders.c.support_phone,
            senders.c.postal_address,
            holds.quarantined(contacts.c.id).label("quarantined"),
            holds.withheld(contacts.c.id).label("withheld"),
            utc_now().label("now"),
        )
        .join(conversations, conversations.c.id == payment_links.c.conversation_id)
        .join(contacts, contacts.c.id == conversations.c.contact_id)
        .join(senders, senders.c.id == conversations.c.sender_id)
        .outerjoin(campaigns, campaigns.c.id == payment_links.c.campaign_id)
        .outerjoin(link_contents, link_contents.c.payment_link_id == payment_links.c.id)
        .outerjoin(checkouts, under_way)
        .outerjoin(payments, paid)
        .where(payment_links.c.token_hash == links.hashed(token))
    ).one_or_none()


def _seen(row: Row[Any], settings: Settings) -> Seen:
    alone = row.told_on is not None
    return Seen(
        row.id,
        row.account_id,
        Status(row.status),
        Language(row.language),
        None if row.quoted is None else Money(row.quoted, row.currency),
        row.receipt_number,
        row.paid_at,
        row.money_moved_at,
        verification.tries_left(row.verification_failures, row.verification_locked_until, row.now),
        asked(row, row.questions, settings),
        Company.of(settings, row.brand, row.brand_en, row.legal_name, row.support_phone),
        row.postal_address,
        row.now,
        row.expires_at,
        row.part,
        (row.campaign_kind == "notice" or alone) and row.status not in LASTING,
        alone,
    )
