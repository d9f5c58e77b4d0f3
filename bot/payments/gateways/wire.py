"""One HTTP request to a gateway without a client of its own, and what each failure means."""

from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from pydantic import BaseModel, ValidationError

from bot.errors import GatewayAway, GatewayBusy, GatewayRefused, PaymentError

# To connect and to answer: a person waits for the page, and never longer than a webhook may.
TIMEOUT_S = (3.0, 10.0)
GOOD = frozenset({200, 201})

Answer = TypeVar("Answer", bound=BaseModel)


def ask(kind: type[Answer], method: str, url: str, **options: Any) -> Answer:
    """Ask once and read the answer; raises a PaymentError that tells what may have happened."""
    try:
        answer = requests.request(method, url, timeout=TIMEOUT_S, allow_redirects=False, **options)
    except requests.RequestException:
        raise GatewayAway("The payment gateway did not answer.") from None
    if answer.status_code not in GOOD:
        raise refusal(answer.status_code)
    try:
        return kind.model_validate_json(answer.content)
    except ValidationError:
        raise GatewayAway("The payment gateway's answer cannot be read.") from None


def refusal(status: int, code: str = "") -> PaymentError:
    """What an HTTP status other than success means; `code` is the gateway's own word for it."""
    if status == requests.codes.conflict:
        return GatewayBusy("The payment gateway is at work on the same request (409).")
    if status == requests.codes.too_many_requests:
        return GatewayAway("The payment gateway asks us to slow down (429).")
    if status >= requests.codes.internal_server_error:
        return GatewayAway(f"The payment gateway failed with status {status}.", failed=True)
    missing = status == requests.codes.not_found
    named = f"{status} ({code})" if code else str(status)
    return GatewayRefused(f"The payment gateway refused with status {named}.", missing)


def origin_of(url: str) -> str:
    """Scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
