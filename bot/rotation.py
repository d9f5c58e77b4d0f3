"""Changing SECRET_KEY: what it sealed is sealed anew, and what only people can renew is counted."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, func, select

from bot.billing import contents, resealing
from bot.billing.resealing import is_older
from bot.compliance import ledger_keys
from bot.overview import names
from bot.staff import second_factor
from bot.store.crypto import Vault
from bot.store.session import transact
from bot.store.tables import api_keys, staff
from bot.text.counted import counted


@dataclass(frozen=True)
class Left:
    """What still needs another key than the current one.

    `accounts`, the `ledger` (its keys), `second_factors` and `contents` of links are sealed anew by
    a rotation; people renew the rest: `answers` (accounts with any), `signed_keys` of the API,
    `recovery_codes` (members with any), or time does: `passwords` of links.
    """

    accounts: int
    ledger: bool
    second_factors: int
    answers: int
    signed_keys: int
    recovery_codes: int
    contents: int
    passwords: int

    @property
    def sealed(self) -> Iterator[str]:
        """What a rotation seals anew, in words."""
        if self.accounts:
            yield f"accounts: {self.accounts}"
        if self.ledger:
            yield "the keys of the ledger"
        if self.second_factors:
            yield f"secrets of authenticator apps: {self.second_factors}"
        if self.contents:
            yield f"contents of links: {self.contents}"

    @property
    def kept(self) -> Iterator[str]:
        """What people must renew, in words that say how."""
        if self.answers:
            those = counted(self.answers, "account")
            yield (
                f"answers of identity, of {those}: import again, or wait until their people have"
                " given them"
            )
        if self.signed_keys:
            yield f"signed keys of the API: {self.signed_keys}; revoke them and add new ones"
        if self.recovery_codes:
            members = counted(self.recovery_codes, "member")
            yield f"recovery codes, of {members}: let them make new ones"
        if self.passwords:
            yield f"passwords of links: {self.passwords}; wait until the links have ended"


def rotate(engine: Engine, vault: Vault) -> int:
    """Seal anew what is not sealed with the current key, and return how many accounts that were.

    Each hundred accounts is a transaction of its own, so that a rotation may stop anywhere and run
    again, beside processes that have both keys. SettingError where neither opens a row.
    """
    transact(engine, lambda connection: ledger_keys.reseal(connection, vault))
    transact(engine, lambda connection: second_factor.reseal(connection, vault))
    while transact(engine, lambda connection: contents.reseal(connection, vault)):
        pass
    done = 0
    while more := transact(engine, lambda connection: _accounts(connection, vault)):
        done += more
    return done


def left(connection: Connection, vault: Vault) -> Left:
    """What a rotation, or a person, has still to renew."""
    signed = (api_keys.c.signed, api_keys.c.revoked_at.is_(None))
    keys = select(func.count()).select_from(api_keys)
    codes = select(func.count()).select_from(staff).where(staff.c.mf_recovery_codes.is_not(None))
    older_keys = keys.where(*signed, is_older(api_keys.c.key_id, vault))
    older_codes = codes.where(is_older(staff.c.codes_key_id, vault))
    return Left(
        resealing.left(connection, vault),
        not ledger_keys.is_sealed_by(connection, vault),
        second_factor.left(connection, vault),
        resealing.answers_left(connection, vault),
        int(connection.execute(older_keys).scalar_one()),
        int(connection.execute(older_codes).scalar_one()),
        contents.left(connection, vault),
        contents.passwords_left(connection, vault),
    )


def _accounts(connection: Connection, vault: Vault) -> int:
    resealed = resealing.reseal(connection, vault)
    for account in resealed:
        names.replace(connection, vault, account.id, account.name)
    return len(resealed)
