"""Twilio's Messages API: one of the two importers of `twilio`.

A message is created by a request of our own, for which the official package takes six times the
CPU time; everything else goes through the package.
"""

import base64
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client

from bot.errors import Refused, Uncertain
from bot.providers import (
    Answer,
    ConsentOrder,
    Listed,
    NumberStatus,
    Outgoing,
    Post,
    RecordPage,
    RefusedNumber,
    Request,
    Way,
    codes,
    twilio_list,
    twilio_lookup,
)
from bot.providers.wire import Wire
from bot.setting_types import LookUp
from bot.settings import Settings
from bot.settings.carriers import TWILIO_API

NAME = "twilio"
ACCOUNTS_API = "https://accounts.twilio.com"
UNSUBSCRIBED = 21610
# What Twilio takes as ValidityPeriod, in seconds.
SHORTEST_S, LONGEST_S = 5, 36_000


class Twilio:
    """Sends through one Twilio account; safe for many threads."""

    name = NAME

    def __init__(self, settings: Settings, wire: Wire | None = None) -> None:
        """The account that the settings name; `wire` carries what does not send a message."""
        account = settings.needed("TWILIO_ACCOUNT_SID")
        token = settings.secret("TWILIO_AUTH_TOKEN")
        base = settings.TWILIO_API_BASE
        self._client = Client(account, token, http_client=_Http(base, wire or Wire()))
        # Found once: on its first use the package imports every product of Twilio's, 0.4 s long.
        self._messages = self._client.messages
        self._url = f"{base}/2010-04-01/Accounts/{account}/Messages.json"
        self._headers = {
            "Authorization": _basic(account, token),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self._callback_url = f"{settings.needed('PUBLIC_URL')}/webhooks/twilio/status"
        service = settings.TWILIO_MESSAGING_SERVICE_SID
        self._service = {"MessagingServiceSid": service} if service else {}
        self._mode = settings.HENJI_OPTOUT_MODE

    async def send(self, message: Outgoing, post: Post) -> str:
        """Create a message and return its SID; raises a SendError."""
        return sid(await post(self.request(message)))

    def request(self, message: Outgoing) -> Request:
        """What creates a message; our id rides in the address of its status callbacks."""
        fields = {
            "To": message.recipient,
            "From": message.sender,
            "Body": message.body,
            "StatusCallback": f"{self._callback_url}?message={message.id}",
            "ValidityPeriod": min(max(message.valid_for, SHORTEST_S), LONGEST_S),
            **self._service,
        }
        return Request(self._url, urlencode(fields).encode(), self._headers)

    def sent_to(self, recipient: str, since: datetime) -> Sequence[Listed]:
        """The outbound messages to a number that were created since a moment, newest first."""
        # No DateSent filter: a message still queued at Twilio has no such date and would be missed.
        # Out of a pool Twilio may have chosen another number than the one asked for.
        pooled = bool(self._service)
        listed: list[Listed] = _ask(
            lambda: list(twilio_list.listed(self._messages, recipient, since, pooled=pooled))
        )
        return sorted(listed, key=lambda one: one.created_at, reverse=True)

    def records(self, ours: str, way: Way, following: str | None = None) -> RecordPage:
        """A page of the messages to or from a number of ours, the newest first."""
        # No DateSent filter: what is queued, or failed before it was sent, has no such date.
        number = {"to": ours} if way is Way.IN else {"from_": ours}

        def read() -> RecordPage:
            if following is None:
                page = self._messages.page(page_size=twilio_list.PAGE_SIZE, **number)
            else:
                page = self._following(following)
            return RecordPage(
                [twilio_list.recorded(one, self._mode) for one in page], page.next_page_url
            )

        found: RecordPage = _ask(read)
        return found

    def keep_consents(self, orders: Sequence[ConsentOrder]) -> Mapping[str, str]:
        """Tell Twilio of stops and starts by the Bulk Consents API; errors by correlation."""
        consents = self._client.accounts.v1.bulk_consents
        answer = _ask(lambda: consents.create(items=[_consent(order) for order in orders]))
        return {
            str(item["correlation_id"]): f"error {item['error_code']}: {item['error_messages']}"
            for item in answer.items or ()
            if item.get("error_code")
        }

    def check_number(
        self, number: str, since: date | None, asked: frozenset[LookUp]
    ) -> NumberStatus:
        """What Twilio's Lookup knows of a number; nothing is asked for that it cannot know."""
        question = twilio_lookup.question(number, since, asked)
        if not question:
            return NumberStatus()
        found: NumberStatus = _ask(
            lambda: twilio_lookup.status(
                self._client.lookups.v2.phone_numbers(number).fetch(**question)
            )
        )
        return found

    def refused_since(self, since: datetime) -> Sequence[RefusedNumber]:
        """Whom Twilio refused messages to since a moment, as unsubscribed."""
        sent = {"date_sent_after": since, "page_size": twilio_list.PAGE_SIZE}
        found: list[RefusedNumber] = _ask(
            lambda: [
                RefusedNumber(message.to, message.date_created)
                for message in self._messages.stream(**sent)
                if message.error_code == UNSUBSCRIBED
            ]
        )
        return found

    def _following(self, url: str) -> Any:
        try:
            return self._messages.get_page(url)
        except TwilioException as error:
            # A page that does not come is told with the answer as the second argument.
            status = getattr(error.args[-1], "status_code", None)
            if status in {HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND}:
                raise Refused("That page of Twilio's list is gone.", status) from None
            raise


def sid(answer: Answer) -> str:
    """The SID of the message that an answer tells of; raises a SendError for any other answer."""
    if answer.status in {200, 201} and (found := answer.id("sid")):
        return found
    code = answer.json().get("code")
    code = code if isinstance(code, int) else None
    raise codes.answered(NAME, answer.status, code, answer.retry_after)


def _basic(account: str, token: str) -> str:
    return "Basic " + base64.b64encode(f"{account}:{token}".encode()).decode()


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
    """Lets the package's requests go over our wire; it logs nothing of them."""

    def __init__(self, base: str, wire: Wire) -> None:
        super().__init__(None, False, None)
        self._base = base
        self._wire = wire

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
        """One request to the configured address; raises Unreachable, or Uncertain."""
        url = self._address(uri) + (f"?{urlencode(params)}" if params else "")
        signed_in = {"Authorization": _basic(*auth)} if auth else {}
        body = urlencode(data or {}, doseq=True).encode()
        answer = self._wire.ask(Request(url, body, {**(headers or {}), **signed_in}, method))
        return Response(answer.status, answer.body.decode("utf-8", "replace"), answer.headers)

    def _address(self, uri: str) -> str:
        """A stand-in for Twilio stands in for all of its hosts."""
        if self._base == TWILIO_API:
            return uri
        for api in (TWILIO_API, ACCOUNTS_API, twilio_lookup.API):
            uri = uri.replace(api, self._base, 1)
        return uri


def _ask(call: Any) -> Any:
    """Run a call of the package and turn whatever goes wrong into the catalogue of errors."""
    try:
        return call()
    except TwilioRestException as error:
        raise codes.answered(NAME, error.status, error.code, None) from None
    except (TwilioException, ValueError, KeyError, TypeError):
        raise Uncertain("Twilio's answer cannot be read") from None
