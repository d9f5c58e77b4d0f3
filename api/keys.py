"""Keys of the API: each has a name, and the networks from which alone it is taken.

A key is shown once and kept as its SHA-256. A signed one is never sent: its secret is derived from
SECRET_KEY, so that no table holds it.
"""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

from sqlalchemy import Connection, Engine, Row, bindparam, select, update

from bot.errors import KeyRefused
from bot.store.columns import utc_now
from bot.store.crypto import Vault
from bot.store.session import insert, transact
from bot.store.tables import api_keys

PREFIX = "henji_"
_NAME = re.compile(r"[A-Za-z0-9._-]{1,40}")
MOST_NETWORKS = 50
# How exactly is known when a key was last used: a write for every request would cost too much.
USED_WITHIN = timedelta(minutes=1)

Network = IPv4Network | IPv6Network
_key = api_keys.c
_IN_USE = select(api_keys, utc_now().label("now")).where(_key.revoked_at.is_(None))
_BY_FINGERPRINT = _IN_USE.where(~_key.signed, _key.fingerprint == bindparam("fingerprint"))
_BY_NAME = _IN_USE.where(_key.signed, _key.name == bindparam("name"))


@dataclass(frozen=True)
class Key:
    """A key as staff see it."""

    name: str
    signed: bool
    administers: bool
    writes_accounts: bool
    allow: tuple[str, ...]
    created_at: datetime
    last_used_at: datetime | None


def network(written: str) -> Network:
    """A network in CIDR notation, or one address; KeyRefused for anything else, and for all of
    them, which would be no allow-list."""
    try:
        found = ip_network(written.strip())
    except ValueError as error:
        raise KeyRefused(f"{written} is no network such as 192.0.2.0/24: {error}.") from None
    if found.prefixlen == 0:
        raise KeyRefused(f"{written} would let everybody in: name your own networks.")
    return found


def check(name: str, allow: Sequence[str]) -> list[str]:
    """The networks of a new key as they are kept; KeyRefused where it has none, or one that is
    none, and for a name that cannot be an actor of the ledger."""
    if not _NAME.fullmatch(name):
        raise KeyRefused("The name of a key has 1 to 40 letters, digits, dots, dashes or _.")
    if not 0 < len(allow) <= MOST_NETWORKS:
        raise KeyRefused(f"A key needs 1 to {MOST_NETWORKS} networks from which it is taken.")
    return [str(network(each)) for each in allow]


def add(
    connection: Connection,
    vault: Vault,
    name: str,
    allow: Sequence[str],
    signed: bool = False,
    administers: bool = False,
    writes_accounts: bool = False,
) -> str:
    """Make a key and return what the caller needs: the key, or the secret to sign with.

    One that `administers` may change the registry of senders, one that `writes_accounts` what
    people owe.
    Raises KeyRefused as `check` does, and for a name that is in use.
    """
    networks = check(name, allow)
    key = f"{PREFIX}{secrets.token_urlsafe(32)}"
    row = {
        "name": name,
        "signed": signed,
        "administers": administers,
        "writes_accounts": writes_accounts,
        "fingerprint": fingerprint(key),
        "allow": networks,
        "key_id": vault.key_id,
    }
    statement = insert(connection, api_keys).values(row).on_conflict_do_nothing()
    if connection.execute(statement.returning(_key.id)).first() is None:
        raise KeyRefused(f"There is a key {name} already: revoke it first.")
    return secrets_of(vault, fingerprint(key))[0] if signed else key


def everyone(connection: Connection) -> list[Key]:
    """The keys that are in use, in the order in which they were made."""
    rows = connection.execute(_IN_USE.order_by(_key.id))
    return [
        Key(
            row.name,
            row.signed,
            row.administers,
            row.writes_accounts,
            tuple(row.allow),
            row.created_at,
            row.last_used_at,
        )
        for row in rows
    ]


def revoke(connection: Connection, name: str) -> None:
    """Take a key back from now on; KeyRefused where there is none of the name."""
    ended = connection.execute(
        update(api_keys)
        .where(_key.name == name, _key.revoked_at.is_(None))
        .values(revoked_at=utc_now())
    )
    if not ended.rowcount:
        raise KeyRefused(f"There is no key {name} in use.")


def of_bearer(connection: Connection, key: str) -> Row[Any] | None:
    """The row of a key that was sent; None for one that is wrong or revoked."""
    return connection.execute(_BY_FINGERPRINT, {"fingerprint": fingerprint(key)}).one_or_none()


def of_signer(connection: Connection, name: str) -> Row[Any] | None:
    """The row of a key that signs, by its name."""
    return connection.execute(_BY_NAME, {"name": name}).one_or_none()


def note_use(engine: Engine, row: Row[Any]) -> None:
    """Remember that a key was used, once a minute at most."""
    if row.last_used_at is not None and row.now - row.last_used_at < USED_WITHIN:
        return
    used = update(api_keys).where(_key.id == row.id).values(last_used_at=utc_now())
    transact(engine, lambda connection: connection.execute(used))


def secrets_of(vault: Vault, salt: str) -> list[str]:
    """What a signed key may sign with: 64 hex digits that nobody finds without SECRET_KEY.

    Beside it that of the key before, until whoever signs has got a new one.
    """
    return vault.indexes(f"api signing secret {salt}")


def fingerprint(key: str) -> str:
    """The SHA-256 of a key in hex; it has 256 random bits, so that no slow hash is needed."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()
