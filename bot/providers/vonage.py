"""Vonage's Messages API, by requests of our own: https://developer.vonage.com/en/api/messages.

It keeps no list that could prove a message absent, so there is no look-up: whether a message left
whose answer was lost, its status webhook tells, which gives our reference back.
"""

import base64
import json
import time
from collections.abc import Callable, Mapping
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bot.errors import SettingError
from bot.providers import Answer, Outgoing, Post, Request, codes
from bot.setting_types import OptOutMode, ProviderName
from bot.settings import Settings, wrong
from bot.text import segments

NAME = ProviderName.VONAGE
# What Vonage takes as the ttl of an SMS, in seconds.
SHORTEST_S, LONGEST_S = 20, 604_800
ENCODINGS = {"GSM-7": "text", "UCS-2": "unicode"}
# Other programs may send through the same account, with references of their own.
OURS = "henji-"
TOKEN_LASTS_S = 900
RENEWED_AFTER_S = 300
CLOCKS_DIFFER_BY_S = 60


class Vonage:
    """Sends through one Vonage account; safe for many threads."""

    name: str = NAME

    def __init__(self, settings: Settings) -> None:
        if settings.HENJI_OPTOUT_MODE is not OptOutMode.APP_MANAGED:
            raise SettingError("HENJI_OPTOUT_MODE is wrong: with Vonage it must be app_managed.")
        self._url = f"{settings.VONAGE_API_BASE}/v1/messages"
        self._status_url = f"{settings.needed('PUBLIC_URL')}/webhooks/vonage/status"
        self._authorization = _authorization(settings)

    async def send(self, message: Outgoing, post: Post) -> str:
        """Hand over a message and return its UUID; raises a SendError."""
        return sid(await post(self.request(message)))

    def request(self, message: Outgoing) -> Request:
        """What sends a message; our reference comes back with its statuses."""
        content = {
            "channel": "sms",
            "message_type": "text",
            "to": message.recipient.removeprefix("+"),
            "from": message.sender.removeprefix("+"),
            "text": message.body,
            "sms": {"encoding_type": ENCODINGS[segments.count(message.body).encoding]},
            "ttl": min(max(message.valid_for, SHORTEST_S), LONGEST_S),
            "client_ref": reference(message.id),
            "webhook_url": self._status_url,
            "webhook_version": "v1",
        }
        headers = {
            "Authorization": self._authorization(),
            "Content-Type": "application/json",
            "Accept": "application/json",
        }
        return Request(self._url, json.dumps(content).encode(), headers)


def sid(answer: Answer) -> str:
    """The UUID of the message that an answer tells of; raises a SendError for any other answer."""
    if 200 <= answer.status < 300 and (found := answer.id("message_uuid")):
        return found
    raise codes.answered(NAME, answer.status, code_of(answer.json()), answer.retry_after)


def reference(message_id: int) -> str:
    """Our reference for a message, which Vonage gives back with every status of it."""
    return f"{OURS}{message_id}"


def id_in(given_back: str) -> str:
    """The message id in a reference that was given back; empty where it is not one of ours."""
    return given_back.removeprefix(OURS) if given_back.startswith(OURS) else ""


def code_of(problem: object) -> int | None:
    """The number of an error that Vonage describes (RFC 7807): its title, or the end of its type.

    In a status the description may lie one step deeper.
    """
    if not isinstance(problem, dict):
        return None
    if isinstance(problem.get("error"), dict):
        return code_of(problem["error"])
    told = str(problem.get("title")), str(problem.get("type")).rpartition("#")[2]
    numbers = (one for one in told if one.isascii() and one.isdecimal() and len(one) < 6)
    return next(map(int, numbers), None)


def network_of(told: Mapping[str, Any]) -> str | None:
    """The network that the phone is in, as a status tells it: MCC and MNC, five or six digits.

    It is the destination's `network_code`, which comes with some statuses only.
    """
    destination = told.get("destination")
    where = destination if isinstance(destination, dict) else told
    code = str(where.get("network_code"))
    return code if code.isascii() and code.isdecimal() and len(code) in {5, 6} else None


def _authorization(settings: Settings) -> Callable[[], str]:
    """What makes the header that signs in: as an application where one is set, else by the secret.

    https://developer.vonage.com/en/getting-started/concepts/authentication
    """
    if settings.VONAGE_APPLICATION_ID is not None:
        pem = settings.secret("VONAGE_PRIVATE_KEY").replace("\\n", "\n")
        return Application(str(settings.VONAGE_APPLICATION_ID), _key(pem)).authorization
    account = f"{settings.needed('VONAGE_API_KEY')}:{settings.secret('VONAGE_API_SECRET')}"
    basic = f"Basic {base64.b64encode(account.encode()).decode()}"
    return lambda: basic


def _key(pem: str) -> RSAPrivateKey:
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError):
        raise wrong("VONAGE_PRIVATE_KEY") from None
    if not isinstance(key, RSAPrivateKey):
        raise wrong("VONAGE_PRIVATE_KEY")
    return key


class Application:
    """Signs in as a Vonage application; one token serves for minutes, for signing takes 1 ms.

    `clock` gives seconds that never go back.
    """

    def __init__(
        self, application: str, key: RSAPrivateKey, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._application = application
        self._key = key
        self._clock = clock
        self._header = ""
        self._renew_at = 0.0

    def authorization(self) -> str:
        """The header with a token that holds for ten minutes at least."""
        if not self._header or self._clock() > self._renew_at:
            self._header = f"Bearer {self._token(int(time.time()))}"
            self._renew_at = self._clock() + RENEWED_AFTER_S
        return self._header

    def _token(self, now: int) -> str:
        claims: dict[str, Any] = {
            "application_id": self._application,
            "iat": now - CLOCKS_DIFFER_BY_S,
            "exp": now + TOKEN_LASTS_S,
            "jti": str(uuid4()),
        }
        return jwt.encode(claims, self._key, "RS256")
