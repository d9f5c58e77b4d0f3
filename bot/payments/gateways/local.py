"""The demo's payment gateway, which the handset serves: open a session, read its notices."""

import hmac
import re
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

import requests
from pydantic import BaseModel, Field, ValidationError

from bot.errors import ForgedNotice, PaymentError
from bot.payments.gateways import Checkout, GatewayEvent, Opened, Outcome
from bot.settings import Settings
from bot.text.format import Money

NAME = "local"
SIGNATURE = "Henji-Gateway-Signature"
# An older notice may be a replay; the same tolerance as Stripe's.
TOLERANCE_S = 300
TIMEOUT_S = (3.0, 10.0)
_SIGNED = re.compile(r"t=(?P<moment>[0-9]{1,12}),v1=(?P<digest>[0-9a-f]{64})")

Name = Annotated[str, Field(pattern=r"^[!-~]{1,128}$")]


class _Session(BaseModel):
    id: Name
    reference: Name
    amount: Annotated[int, Field(strict=True, ge=0)]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class _Page(_Session):
    url: str


class _Pages(BaseModel):
    sessions: Annotated[list[_Page], Field(min_length=1)]


class _Told(_Session):
    status: Outcome
    payment_id: Name | None


class _Notice(BaseModel):
    id: Name
    session: _Told


Answer = TypeVar("Answer", bound=BaseModel)


class Local:
    """One gateway at an address, with the secret we share with it; safe for many threads."""

    name = NAME

    def __init__(self, url: str, secret: str) -> None:
        parts = urlsplit(url)
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self._sessions_url = f"{url}/gateway/v1/sessions"
        self._secret = secret

    @classmethod
    def of(cls, settings: Settings) -> "Local":
        """The gateway that the settings name; SettingError without LOCAL_GATEWAY_SECRET."""
        return cls(settings.LOCAL_GATEWAY_URL or "", settings.secret("LOCAL_GATEWAY_SECRET"))

    def open(self, checkout: Checkout) -> Opened:
        """Open a session, or find the one this reference opened before; raises PaymentError."""
        answer = self._ask("POST", checkout, {"Idempotency-Key": checkout.reference})
        if answer.status_code == requests.codes.conflict:
            # The same reference, asked for at another second or in another language.
            page = _read(_Pages, self._ask("GET", checkout)).sessions[0]
        else:
            page = _read(_Page, answer)
        return self._opened(page, checkout)

    def read(self, body: bytes, headers: Mapping[str, str]) -> GatewayEvent | None:
        """Read a notice signed within five minutes; raises ForgedNotice for any other."""
        self._verify(body, headers.get(SIGNATURE, ""))
        try:
            notice = _Notice.model_validate_json(body)
        except ValidationError:
            return None
        told = notice.session
        if told.status is Outcome.PAID and told.payment_id is None:
            return None
        amount = Money(told.amount, told.currency)
        return GatewayEvent(
            NAME, notice.id, told.status, told.id, told.reference, amount, told.payment_id
        )

    def _ask(
        self, method: str, checkout: Checkout, headers: Mapping[str, str] | None = None
    ) -> requests.Response:
        try:
            return requests.request(
                method,
                self._sessions_url,
                params={"reference": checkout.reference} if method == "GET" else None,
                json=_wish(checkout) if method == "POST" else None,
                headers={"Authorization": f"Bearer {self._secret}", **(headers or {})},
                timeout=TIMEOUT_S,
                allow_redirects=False,
            )
        except requests.RequestException:
            raise PaymentError("The payment gateway did not answer.") from None

    def _opened(self, page: _Page, checkout: Checkout) -> Opened:
        """The page of a session, if it is the one we asked for and at the gateway itself."""
        if (page.reference, Money(page.amount, page.currency)) != (
            checkout.reference,
            checkout.amount,
        ):
            raise PaymentError("The payment gateway opened a payment we did not ask for.")
        if not page.url.startswith(f"{self.origin}/"):
            raise PaymentError("The payment gateway's page is not at LOCAL_GATEWAY_URL.")
        return Opened(page.id, page.url)

    def _verify(self, body: bytes, header: str) -> None:
        given = _SIGNED.fullmatch(header)
        if given is None:
            raise ForgedNotice("The notice carries no signature.")
        signed = given["moment"].encode() + b"." + body
        digest = hmac.digest(self._secret.encode(), signed, "sha256").hex()
        if not hmac.compare_digest(digest, given["digest"]):
            raise ForgedNotice("The notice is not signed by the payment gateway.")
        if abs(time.time() - int(given["moment"])) > TOLERANCE_S:
            raise ForgedNotice("The notice was signed too long ago.")


def _wish(checkout: Checkout) -> dict[str, object]:
    remaining = checkout.expires_at - datetime.now(UTC)
    return {
        "amount": checkout.amount.minor,
        "currency": checkout.amount.currency,
        "reference": checkout.reference,
        "description": checkout.description,
        "language": checkout.language,
        "return_url": checkout.return_url,
        "cancel_url": checkout.cancel_url,
        "webhook_url": checkout.webhook_url,
        "expires_in": max(int(remaining.total_seconds()), 1),
    }


def _read(kind: type[Answer], answer: requests.Response) -> Answer:
    if answer.status_code not in {requests.codes.ok, requests.codes.created}:
        raise PaymentError(f"The payment gateway refused with status {answer.status_code}.")
    try:
        return kind.model_validate_json(answer.content)
    except ValidationError:
        raise PaymentError("The payment gateway's answer cannot be read.") from None
