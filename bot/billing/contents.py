"""What one person alone is told on the page of a link, and the password that opens it."""

import hmac
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from bot.billing.resealing import BATCH, is_older
from bot.store.columns import utc_now
from bot.store.crypto import Vault
from bot.store.tables import link_contents, payment_links

_content = link_contents.c


def keep(connection: Connection, vault: Vault, link_id: int, content: str, password: str) -> None:
    """Keep what a link leads to, sealed, and of its password a keyed hash alone.

    The password is in the form that is compared; without one ("") the page asks what it asks of
    everybody.
    """
    hashed = vault.fingerprint(_bound(link_id, password)) if password else None
    connection.execute(
        insert(link_contents).values(
            payment_link_id=link_id,
            content=vault.seal(content),
            key_id=vault.key_id,
            password_fingerprint=hashed,
            password_key_id=vault.key_id if password else None,
        )
    )


def of_link(connection: Connection, vault: Vault, link_id: int) -> str:
    """What a link leads to that has a content."""
    found = select(_content.content).where(_content.payment_link_id == link_id)
    return vault.open(connection.execute(found).scalar_one())


def opens(vault: Vault, link: Row[Any], password: str) -> bool:
    """Whether it is the password of a link, compared in constant time with each of the keys."""
    by_key = [one.fingerprint(_bound(link.id, password)) for one in vault.everyone]
    return any([hmac.compare_digest(one, link.password_fingerprint) for one in by_key])


def reseal(connection: Connection, vault: Vault) -> int:
    """Seal a hundred contents with the current key, and return how many that were."""
    older = select(link_contents).where(is_older(_content.key_id, vault)).limit(BATCH)
    rows = connection.execute(older.with_for_update()).all()
    for row in rows:
        connection.execute(
            update(link_contents)
            .where(_content.payment_link_id == row.payment_link_id)
            .values(content=vault.seal(vault.open(row.content)), key_id=vault.key_id)
        )
    return len(rows)


def left(connection: Connection, vault: Vault) -> int:
    """How many contents are not sealed with the current key."""
    counted = select(func.count()).select_from(link_contents)
    return int(connection.execute(counted.where(is_older(_content.key_id, vault))).scalar_one())


def passwords_left(connection: Connection, vault: Vault) -> int:
    """How many links that are still good ask for a password that another key hashed."""
    good = payment_links.c.expires_at > utc_now()
    counted = select(func.count()).select_from(link_contents).join(payment_links)
    asked = _content.password_fingerprint.is_not(None)
    older = is_older(_content.password_key_id, vault)
    return int(connection.execute(counted.where(good, asked, older)).scalar_one())


def _bound(link_id: int, password: str) -> str:
    """Equal passwords of two links do not look alike."""
    return f"link {link_id} {password}"
