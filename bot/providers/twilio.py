"""Twilio's Messages API, through the official package; one of the two importers of `twilio`."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import requests
from requests.adapters import HTTPAdapter
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client
from urllib3.exceptions import NewConnectionError

from bot.errors import (
    BadNumber,
    Misconfigured,
    OptedOut,
    Refused,
    SendError,
    Throttled,
    Uncertain,
    Unreachable,
)
from bot.providers import ConsentOrder, Listed, Outgoing, RefusedNumber
from bot.settings import TWILIO_API, Settings

NAME = "twilio"
ACCOUNTS_API = "https://accounts.twilio.com"
UNSUBSCRIBED = 21610
TIMEOUT_S = (3.0, 10.0)
CONNECTIONS = 128

# https://www.twilio.com/docs/api/errors
BY_CODE: Mapping[int, type[SendError]] = {
    20003: Misconfigured,
    20429: Throttled,
    21211: BadNumber,
    21217: BadNumber,
    21408: Misconfigured,
    21421: BadNumber,
    21603: Misconfigured,
    21606: Misconfigured,
    21608: Misconfigured,
    UNSUBSCRIBED: OptedOut,
    21611: Throttled,
    21612: Refused,
    21614: BadNumber,
    21635: BadNumber,
    21703: Misconfigured,
}


class Twilio:
    """Sends through one Twilio account; safe for many threads."""

    name = NAME

    def __init__(self, client: Client, callback_url: str, service_sid: str | None) -> None:
        # Found once: on its first use the package imports every product of Twilio's, 0.4 s long.
        self._messages = client.messages
        self._client = client
        self._callback_url = callback_url
        self._service_sid = service_sid

    @classmethod
    def of(cls, settings: Settings) -> "Twilio":
        """The account that the settings name."""
        sid = settings.needed("TWILIO_ACCOUNT_SID")
        token = settings.secret("TWILIO_AUTH_TOKEN")
        client = Client(sid, token, http_client=_Http(settings.TWILIO_API_BASE))
        callback = f"{settings.needed('PUBLIC_URL')}/webhooks/twilio/status"
        return cls(client, callback, settings.TWILIO_MESSAGING_SERVICE_SID)

    def send(self, message: Outgoing) -> str:
        """Create a message once and return its SID; raises a SendError."""
        created = _ask(
            lambda: self._messages.create(
                to=message.recipient,
                from_=message.sender,
                body=message.body,
                status_callback=f"{self._callback_url}?message={message.id}",
                validity_period=message.valid_for,
                **self._service(),
            )
        )
        if not created.sid:
            raise Uncertain("Twilio answered without a message id.")
        return str(created.sid)

    def sent_to(self, recipient: str, since: datetime) -> Sequence[Listed]:
        """List outbound messages to a number, newest first, down to a moment."""
        # No DateSent filter: a message still queued at Twilio has no such date and would be missed.
        listed: list[Listed] = _ask(lambda: list(self._listed(recipient, since)))
        return listed

    def keep_consents(self, orders: Sequence[ConsentOrder]) -> Mapping[str, str]:
        """Tell Twilio of stops and starts by the Bulk Consents API; errors by correlation."""
        consents = self._client.accounts.v1.bulk_consents
        answer = _ask(lambda: consents.create(items=[_consent(order) for order in orders]))
        return {
            str(item["correlation_id"]): f"error {item['error_code']}: {item['error_messages']}"
            for item in answer.items or ()
            if item.get("error_code")
        }

    def refused_since(self, since: datetime) -> Sequence[RefusedNumber]:
        """Whom Twilio refused messages to since a moment, as unsubscribed."""
        found: list[RefusedNumber] = _ask(
            lambda: [
                RefusedNumber(message.to, message.date_created)
                for message in self._messages.stream(date_sent_after=since, page_size=1000)
                if message.error_code == UNSUBSCRIBED
            ]
        )
        return found

    def _listed(self, recipient: str, since: datetime) -> Any:
        for found in self._messages.stream(to=recipient, page_size=100):
            if found.date_created < since:
                return
            if str(found.direction).startswith("outbound"):
                yield Listed(found.sid, found.body, found.date_created)

    def _service(self) -> dict[str, str]:
        return {"messaging_service_sid": self._service_sid} if self._service_sid else {}


def _consent(order: ConsentOrder) -> dict[str, str]:
    return {
        "contact_id": order.recipient,
        "correlation_id": order.correlation,
        "sender_id": order.sender,
        "status": "opt-out" if order.stops else "opt-in",
        "source": "opt-out-message" if order.stops else "opt-in-message",
        "date_of_consent": order.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


class _Http(HttpClient):
    """One pooled session, our time-outs, no retries, no logging of what is sent."""

    def __init__(self, base: str) -> None:
        super().__init__(None, False, None)
        self._base = base
        self._session = _session(base)

    def request(
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """One HTTP request to the configured address; Throttled for an answer 429."""
        # Encoded here and sent past the session's merging: half the CPU time of session.request.
        request = requests.Request(
            method,
            self._address(uri),
            headers,
            params=params,
            data=urlencode(data or {}, doseq=True),
            auth=auth,
        )
        answer = self._session.send(request.prepare(), timeout=TIMEOUT_S, allow_redirects=False)
        if answer.status_code == requests.codes.too_many_requests:
            raise Throttled("Twilio asks us to slow down.", 20429, _retry_after(answer))
        return Response(answer.status_code, answer.text, answer.headers)

    def _address(self, uri: str) -> str:
        """A stand-in for Twilio stands in for all of its hosts."""
        if self._base == TWILIO_API:
            return uri
        return uri.replace(TWILIO_API, self._base, 1).replace(ACCOUNTS_API, self._base, 1)


def _session(base: str) -> requests.Session:
    """Connections to keep; proxies and certificates are looked up in the environment only once."""
    session = requests.Session()
    adapter = HTTPAdapter(CONNECTIONS, CONNECTIONS, max_retries=0)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    found = session.merge_environment_settings(base, {}, None, None, None)
    session.proxies, session.verify = found["proxies"], found["verify"]
    session.trust_env = False
    return session


def _retry_after(answer: requests.Response) -> float | None:
    value = answer.headers.get("Retry-After", "")
    return float(value) if value.isdecimal() else None


def _ask(call: Any) -> Any:
    """Run a call of the package and turn whatever goes wrong into the catalogue of errors."""
    try:
        return call()
    except TwilioRestException as error:
        raise _refusal(error) from None
    except requests.ConnectTimeout:
        raise Unreachable("Twilio could not be reached.") from None
    except requests.ConnectionError as error:
        if _never_connected(error):
            raise Unreachable("Twilio could not be reached.") from None
        raise Uncertain("The connection to Twilio broke before the answer.") from None
    except (requests.RequestException, TwilioException, ValueError, KeyError, TypeError):
        raise Uncertain("Twilio's answer did not arrive or cannot be read.") from None


def _never_connected(error: requests.ConnectionError) -> bool:
    cause = error.args[0] if error.args else None
    return isinstance(getattr(cause, "reason", cause), NewConnectionError)


def _refusal(error: TwilioRestException) -> SendError:
    if error.status >= requests.codes.internal_server_error:
        return Uncertain(f"Twilio answered {error.status}.", error.code)
    kind = BY_CODE.get(error.code or 0)
    if kind is None and error.status in {401, 403}:
        kind = Misconfigured
    return (kind or Refused)(f"Twilio refused with code {error.code}.", error.code)
