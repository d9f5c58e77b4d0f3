"""What a shop asks the payment gateway for, checked field by field."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

LARGEST_AMOUNT = 99_999_999
LONGEST_TEXT = 500
# A day by default, and no longer than the 60 days convenience stores keep a slip for.
DEFAULT_EXPIRY, LONGEST_EXPIRY = 86_400, 60 * 86_400


class RequestError(Exception):
    """A field is missing or wrong; the message names it."""


@dataclass(frozen=True)
class SessionRequest:
    """What is to be paid: `amount` in minor units (yen, cents), `expires_in` in seconds."""

    amount: int
    currency: str
    reference: str
    description: str
    language: str
    return_url: str
    cancel_url: str
    webhook_url: str
    expires_in: int


def read(body: object) -> SessionRequest:
    """The request in a JSON body; raises RequestError."""
    if not isinstance(body, dict):
        raise RequestError("the body must be a JSON object")
    return SessionRequest(
        amount=_whole(body, "amount", None, LARGEST_AMOUNT),
        currency=_text(body, "currency", re.compile("[A-Z]{3}").fullmatch),
        reference=_text(body, "reference", bool),
        description=_text(body, "description", bool),
        language=_text(body, "language", {"ja", "en"}.__contains__),
        return_url=_text(body, "return_url", _is_address),
        cancel_url=_text(body, "cancel_url", _is_address),
        webhook_url=_text(body, "webhook_url", _is_address),
        expires_in=_whole(body, "expires_in", DEFAULT_EXPIRY, LONGEST_EXPIRY),
    )


def _text(body: Mapping[str, object], name: str, fits: Callable[[str], object]) -> str:
    value = body.get(name)
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or not fits(value):
        raise RequestError(f"{name} is missing or not valid")
    return value


def _whole(body: Mapping[str, object], name: str, default: int | None, limit: int) -> int:
    value = body.get(name, default)
    if type(value) is not int or not 0 < value <= limit:
        raise RequestError(f"{name} must be a whole number from 1 to {limit}")
    return value


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)
