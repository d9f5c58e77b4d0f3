"""The secrets of authenticator apps: encrypted with a key derived from SECRET_KEY.

Their encryption cannot tell a wrong key from the right one, so each names its key by a tag.
"""

import json
from typing import Any

from passlib.totp import TOTP, AppWallet
from sqlalchemy import Connection, select, update

from bot.store.crypto import Vault
from bot.store.tables import staff

# Before SECRET_KEY could change, the tag was this one.
_OLDEST = "1"


def secrets(vault: Vault) -> dict[str, str]:
    """The keys that open secrets, by their tags."""
    known = {_tag(one): _key(one) for one in vault.everyone}
    return {_OLDEST: _key(vault.everyone[-1]), **known}


def factory(vault: Vault, issuer: str) -> Any:
    """Passlib's TOTP, which encrypts with the current key."""
    return TOTP.using(issuer=issuer, wallet=AppWallet(secrets(vault), default_tag=_tag(vault)))


def reseal(connection: Connection, vault: Vault) -> None:
    """Encrypt every member's secret with the current key."""
    totp = factory(vault, "-")
    for member_id, sealed in _sealed(connection).items():
        found = totp.from_source(sealed)
        if found.changed:
            same = (staff.c.id == member_id) & (staff.c.tf_totp_secret == sealed)
            anew = update(staff).where(same).values(tf_totp_secret=found.to_json(encrypt=True))
            connection.execute(anew)


def left(connection: Connection, vault: Vault) -> int:
    """How many members' secrets are not encrypted with the current key."""
    fine = {_tag(vault)} | (set() if vault.before else {_OLDEST})
    tags = (json.loads(sealed)["enckey"]["t"] for sealed in _sealed(connection).values())
    return sum(tag not in fine for tag in tags)


def _sealed(connection: Connection) -> dict[int, str]:
    found = select(staff.c.id, staff.c.tf_totp_secret).where(staff.c.tf_totp_secret.is_not(None))
    return {row.id: row.tf_totp_secret for row in connection.execute(found)}


def _tag(vault: Vault) -> str:
    return f"key-{vault.key_id}"


def _key(vault: Vault) -> str:
    return vault.index("console totp secrets")
