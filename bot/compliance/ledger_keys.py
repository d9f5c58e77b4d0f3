"""The ledger's own keys: they stand beside the chain's head, sealed with SECRET_KEY.

An entry never changes, nor does its sealed evidence, which the chain covers. So what seals it must
outlive SECRET_KEY: when that changes, these keys alone are sealed anew.
"""

import hmac
import json
from dataclasses import asdict, dataclass
from typing import Self

from sqlalchemy import Connection, select, update

from bot.store import crypto
from bot.store.crypto import Vault
from bot.store.tables import consent_chain

_KEYS = select(consent_chain.c.sealed_keys)


@dataclass(frozen=True)
class LedgerKeys:
    """The keys that open evidence, of which the first seals; and the one that hashes statements.

    Beside a random key they hold those of the SECRET_KEY when they were made: it sealed the
    evidence before there were any, and hashed the statements of imports.
    """

    seals: tuple[str, ...]
    index: str

    @classmethod
    def new(cls, vault: Vault) -> Self:
        """Keys for a ledger without any; `index` is the same each time."""
        older = [one.seal_key for one in vault.everyone]
        return cls((crypto.new_key(), *older), vault.everyone[-1].index_key.hex())

    @classmethod
    def opened(cls, vault: Vault, sealed: str | None) -> Self:
        """The keys that stand beside the head; new ones where there are none."""
        if sealed is None:
            return cls.new(vault)
        kept = json.loads(vault.open(sealed))
        return cls(tuple(kept["seals"]), kept["index"])

    @classmethod
    def of(cls, connection: Connection, vault: Vault) -> Self:
        """The keys by which the ledger is read."""
        return cls.opened(vault, connection.execute(_KEYS).scalar_one())

    def sealed(self, vault: Vault) -> str:
        """The form that is kept."""
        return vault.seal(json.dumps(asdict(self)))

    def seal(self, plain: str) -> str:
        """Evidence as it is kept."""
        return crypto.opener(self.seals).encrypt(plain.encode()).decode()

    def open(self, sealed: str) -> str:
        """Evidence in the clear; SettingError when none of the keys sealed it."""
        return crypto.open_with(crypto.opener(self.seals), sealed)

    def statement(self, plain: str) -> str:
        """A keyed hash (HMAC-SHA-256, 64 hex digits) by which an import knows a statement again."""
        return hmac.digest(bytes.fromhex(self.index), plain.encode(), "sha256").hex()


def reseal(connection: Connection, vault: Vault) -> None:
    """Seal the keys with the current SECRET_KEY; they are made where there are none."""
    sealed: str | None = connection.execute(_KEYS.with_for_update()).scalar_one()
    if sealed is None or not vault.sealed_now(sealed):
        keys = LedgerKeys.opened(vault, sealed)
        connection.execute(update(consent_chain).values(sealed_keys=keys.sealed(vault)))


def is_sealed_by(connection: Connection, vault: Vault) -> bool:
    """Whether the keys, if there are any, are sealed with the current SECRET_KEY."""
    sealed: str | None = connection.execute(_KEYS).scalar_one()
    return sealed is None or vault.sealed_now(sealed)
