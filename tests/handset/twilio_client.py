"""Twilio's official client, turned to a carrier of our own."""

from typing import Any

from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

TWILIO = "https://api.twilio.com"


class LocalHttpClient(TwilioHttpClient):
    """Sends what is meant for Twilio to another address."""

    def __init__(self, url: str) -> None:
        super().__init__(timeout=20)
        self._url = url

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        return super().request(method, url.replace(TWILIO, self._url, 1), *args, **kwargs)


def client_of(url: str, account_sid: str, auth_token: str) -> Client:
    return Client(account_sid, auth_token, http_client=LocalHttpClient(url))
