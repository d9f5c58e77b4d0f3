"""Encrypted columns, and keyed hashes by which encrypted values are found again."""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken

from bot.errors import SettingError


class Vault:
    """Seals texts with keys derived from SECRET_KEY: for reading back, look-ups and answers."""

    def __init__(self, secret_key: str) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(_derived(secret_key, b"seal")))
        self._index_key = _derived(secret_key, b"index")
        self._answer_key = _derived(secret_key, b"answer")

    def seal(self, plain: str) -> str:
        """The encrypted form, different each time."""
        return self._fernet.encrypt(plain.encode()).decode()

    def open(self, sealed: str) -> str:
        """The plain text; SettingError when SECRET_KEY is not the one it was sealed with."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise SettingError(
                "SECRET_KEY is wrong: stored data was sealed with another one; put that one back."
            ) from None

    def index(self, plain: str) -> str:
        """A keyed hash (HMAC-SHA-256, 64 hex digits): the same for the same text."""
        return hmac.digest(self._index_key, plain.encode(), "sha256").hex()

    def fingerprint(self, plain: str) -> str:
        """The same with a key of its own, for what is only ever compared: a person's answers."""
        return hmac.digest(self._answer_key, plain.encode("utf-8", "replace"), "sha256").hex()


def _derived(secret_key: str, purpose: bytes) -> bytes:
    return hashlib.blake2b(
        secret_key.encode(), digest_size=32, person=b"henji", salt=purpose
    ).digest()
