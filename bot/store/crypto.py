"""Encrypted columns, and keyed hashes by which encrypted values are found again."""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from typing import Self

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from bot.errors import SettingError
from bot.settings import Settings


class Vault:
    """Seals texts with keys derived from SECRET_KEY: for reading back, look-ups and answers.

    While SECRET_KEY_BEFORE is set as well, `before` is the vault of that key, which sealed what no
    rotation has reached yet.
    """

    def __init__(self, secret_key: str, key_before: str | None = None) -> None:
        self.before = Vault(key_before) if key_before else None
        self.seal_key = _as_fernet_key(_derived(secret_key, b"seal"))
        self.index_key = _derived(secret_key, b"index")
        self._answer_key = _derived(secret_key, b"answer")
        # In hex, for a person hands it to the system that is told of alerts.
        self.alert_key = _derived(secret_key, b"alert").hex()
        self._opener = opener(one.seal_key for one in self.everyone)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The vault of the settings; SettingError without SECRET_KEY."""
        return cls(*reversed(settings.secret_keys))

    @property
    def everyone(self) -> "tuple[Vault, ...]":
        """This vault, and the one before it where there is one."""
        return (self,) if self.before is None else (self, self.before)

    @property
    def key_id(self) -> str:
        """What tells the key from others and tells nothing of it: 8 hex digits."""
        return self.index("key id")[:8]

    def seal(self, plain: str) -> str:
        """The encrypted form, different each time."""
        return self._opener.encrypt(plain.encode()).decode()

    def open(self, sealed: str) -> str:
        """The plain text; SettingError when neither key is the one it was sealed with."""
        return open_with(self._opener, sealed)

    def sealed_now(self, sealed: str) -> bool:
        """Whether it was the current key that sealed a text."""
        try:
            Fernet(self.seal_key).decrypt(sealed.encode())
        except InvalidToken:
            return False
        return True

    def index(self, plain: str) -> str:
        """A keyed hash (HMAC-SHA-256, 64 hex digits): the same for the same text."""
        return hmac.digest(self.index_key, plain.encode(), "sha256").hex()

    def indexes(self, plain: str) -> list[str]:
        """The hashes to look a text up by: with each of the keys."""
        return [one.index(plain) for one in self.everyone]

    def fingerprint(self, plain: str) -> str:
        """The same with a key of its own, for what is only ever compared: a person's answers."""
        return hmac.digest(self._answer_key, plain.encode("utf-8", "replace"), "sha256").hex()


def new_key() -> str:
    """A random key that seals, itself to be kept sealed."""
    return Fernet.generate_key().decode()


def opener(keys: Iterable[str]) -> MultiFernet:
    """What opens texts that any of the keys sealed, and seals with the first."""
    return MultiFernet([Fernet(key) for key in keys])


def open_with(keys: MultiFernet, sealed: str) -> str:
    """The plain text; SettingError when none of the keys is the one it was sealed with."""
    try:
        return keys.decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise SettingError(
            "SECRET_KEY is wrong: stored data was sealed with another one; put that one back,"
            " or name it in SECRET_KEY_BEFORE."
        ) from None


def _as_fernet_key(key: bytes) -> str:
    return base64.urlsafe_b64encode(key).decode()


def _derived(secret_key: str, purpose: bytes) -> bytes:
    return hashlib.blake2b(
        secret_key.encode(), digest_size=32, person=b"henji", salt=purpose
    ).digest()
