"""Payment links: a secret address that leads one person to one account's payment page."""

import hashlib
import secrets
import string
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, update

from bot.billing import deadlines
from bot.compliance.countries import Country
from bot.store.session import insert
from bot.store.tables import payment_links
from bot.text.language import Language

# 12 characters of 62 are 71 bits; docs/payments.md says why they are enough.
TOKEN_LENGTH = 12
ALPHABET = string.ascii_letters + string.digits
VALID_FOR = timedelta(hours=24)
PAYABLE = ("open", "started", "failed")


@dataclass(frozen=True)
class Link:
    """A new link: its row's id, its secret token, shown once, and when it ends."""

    id: int
    token: str
    expires_at: datetime


def create(
    connection: Connection,
    conversation_id: int,
    account_id: int,
    language: Language,
    now: datetime,
    country: Country,
    part: int | None = None,
) -> Link:
    """Make a link and revoke the earlier ones of the account that nobody has paid through.

    `country` is the person's, by whose nights it is planned when to remind of the link's end. Of
    what is due only a `part` (minor units) is to be paid through it, if given.
    """
    revoke(connection, account_id)
    token, expires_at = new_token(), now + VALID_FOR
    row = insert(connection, payment_links).values(
        token_hash=hashed(token),
        conversation_id=conversation_id,
        account_id=account_id,
        language=language,
        expires_at=expires_at,
        amount_minor=part,
        remind_at=deadlines.remind_at(country, now, expires_at),
    )
    made: int = connection.execute(row.returning(payment_links.c.id)).scalar_one()
    return Link(made, token, expires_at)


def bind(connection: Connection, link_id: int, account_id: int) -> None:
    """Let a link lead to another account instead, as its only one that can be paid through, and to
    all that is due there."""
    revoke(connection, account_id)
    connection.execute(
        update(payment_links)
        .where(payment_links.c.id == link_id)
        .values(account_id=account_id, amount_minor=None)
    )


def revoke(connection: Connection, account_id: int) -> None:
    """End the links of an account that can be paid through; one that waits for cash stays."""
    connection.execute(
        update(payment_links)
        .where(payment_links.c.account_id == account_id, payment_links.c.status.in_(PAYABLE))
        .values(status="revoked")
    )


def new_token() -> str:
    """A secret for an address, from the system's random source."""
    return "".join(secrets.choice(ALPHABET) for _ in range(TOKEN_LENGTH))


def hashed(token: str) -> str:
    """What a link's row keeps of its token: the SHA-256 in hex."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
