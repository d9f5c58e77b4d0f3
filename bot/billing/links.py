"""Payment links: a secret address that leads one person to one account's payment page."""

import hashlib
import secrets
import string
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, exists, select, update

from bot.store.session import insert
from bot.store.tables import campaigns, link_contents, payment_links
from bot.text.language import Language

# 22 characters of 62 are 131 bits. 12 are 71, for texts that would need a second segment; the page
# shows nothing before verification, and docs/payments.md says why they are enough.
LONG_TOKEN, SHORT_TOKEN = 22, 12
ALPHABET = string.ascii_letters + string.digits
PAYABLE = ("open", "started", "failed")
NOT_BEGUN = ("open", "failed")
# Whether a link leads to what one person alone is told.
_OF_CONTENT = exists().where(link_contents.c.payment_link_id == payment_links.c.id)
# Whether a link leads to news, of a campaign or for one person, rather than to a payment.
_OF_NOTICE = _OF_CONTENT | exists().where(
    campaigns.c.id == payment_links.c.campaign_id, campaigns.c.kind == "notice"
)


@dataclass(frozen=True)
class Link:
    """A new link: its row's id, its secret token, shown once, and when it ends."""

    id: int
    token: str
    expires_at: datetime


@dataclass(frozen=True)
class Term:
    """Until when a link is good, and when its end is reminded of, if at all."""

    expires_at: datetime
    remind_at: datetime | None = None


def create(
    connection: Connection,
    conversation_id: int,
    account_id: int,
    language: Language,
    term: Term,
    part: int | None = None,
    length: int = LONG_TOKEN,
    campaign_id: int | None = None,
) -> Link:
    """Make a link beside those that the account has.

    Of what is due only a `part` (minor units) is to be paid through it, if given; `length` is that
    of its token, in characters. Through `campaign_id` the page asks that campaign's questions.
    """
    token = new_token(length)
    row = insert(connection, payment_links).values(
        token_hash=hashed(token),
        conversation_id=conversation_id,
        account_id=account_id,
        language=language,
        expires_at=term.expires_at,
        amount_minor=part,
        remind_at=term.remind_at,
        campaign_id=campaign_id,
    )
    made: int = connection.execute(row.returning(payment_links.c.id)).scalar_one()
    return Link(made, token, term.expires_at)


def wish_order(connection: Connection, link_id: int) -> None:
    """Nobody gets the address of a link; a number for a store is to be ordered through it."""
    connection.execute(
        update(payment_links)
        .where(payment_links.c.id == link_id)
        .values(store_order="wished", remind_at=None)
    )


def bind(connection: Connection, link_id: int, account_id: int) -> None:
    """Let a link lead to another account instead, and to all that is due there; it replaces that
    account's links, unless it is one of a notice."""
    of_notice = select(_OF_NOTICE).where(payment_links.c.id == link_id)
    if not connection.execute(of_notice).scalar():
        replace(connection, account_id)
    connection.execute(
        update(payment_links)
        .where(payment_links.c.id == link_id)
        .values(account_id=account_id, amount_minor=None)
    )


def replace(connection: Connection, account_id: int) -> None:
    """End what a newer payment link takes the place of: as `revoke`, but a notice is still read
    through its own link."""
    _revoke(connection, (payment_links.c.account_id == account_id) & ~_OF_NOTICE)


def revoke(connection: Connection, account_id: int) -> None:
    """End the links of an account that can be paid through; one that waits for cash stays, and so
    does what tells one person something else."""
    _revoke(connection, (payment_links.c.account_id == account_id) & ~_OF_CONTENT)


def _revoke(connection: Connection, which: ColumnElement[bool]) -> None:
    payable = payment_links.c.status.in_(PAYABLE)
    connection.execute(update(payment_links).where(which, payable).values(status="revoked"))


def revoke_of_stopped(connection: Connection, conversation_ids: Collection[int]) -> None:
    """End the links of people who stopped; who is paying at this moment is not interrupted."""
    connection.execute(
        update(payment_links)
        .where(
            payment_links.c.conversation_id.in_(conversation_ids),
            payment_links.c.status.in_(NOT_BEGUN),
        )
        .values(status="revoked")
    )


def new_token(length: int = SHORT_TOKEN) -> str:
    """A secret of so many characters for an address, from the system's random source."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def hashed(token: str) -> str:
    """What a link's row keeps of its token: the SHA-256 in hex."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
