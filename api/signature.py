"""Signed requests: the secret stays with the caller, and a body cannot be changed on its way.

    Authorization: Henji-HMAC-SHA256 name=<key>,t=<Unix seconds>,v1=<hex>

where v1 is the HMAC-SHA-256 of four lines: t, the method, the path with its query, and the SHA-256
of the body in hex.
"""

import hashlib
import hmac
import re
import time
from dataclasses import dataclass

SCHEME = "Henji-HMAC-SHA256"
# As Stripe and others allow: enough for clocks that differ, too little for what was overheard.
TOLERANCE_S = 300
_PARTS = re.compile(r"name=([^,]{1,40}),\s*t=([0-9]{1,12}),\s*v1=([0-9a-f]{64})")


@dataclass(frozen=True)
class Signed:
    """What a signature tells: who signed when, and the signature itself."""

    name: str
    at: int
    v1: str


def parse(given: str) -> Signed | None:
    """Read what follows the scheme; None where it is no signature."""
    found = _PARTS.fullmatch(given.strip())
    return Signed(found[1], int(found[2]), found[3]) if found else None


def sign(secret: str, at: int, method: str, path: str, body: bytes) -> str:
    """The signature of a request in hex."""
    lines = f"{at}\n{method}\n{path}\n{hashlib.sha256(body).hexdigest()}"
    return hmac.digest(secret.encode(), lines.encode(), "sha256").hex()


def holds(signed: Signed, secret: str, method: str, path: str, body: bytes) -> bool:
    """Whether a signature fits a request, and is of these minutes."""
    fits = hmac.compare_digest(signed.v1, sign(secret, signed.at, method, path, body))
    return fits and abs(time.time() - signed.at) <= TOLERANCE_S
