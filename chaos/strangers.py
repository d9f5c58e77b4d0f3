"""Strangers at the doors while everything fails: forged, malformed and odd webhooks."""

import itertools
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

import requests

from bench.texts import number as number_of
from chaos.history import Exchange, Knock
from chaos.people import MARK
from handset.client import TIMEOUT_S
from handset.webhooks import signature

EVERY_S = 0.4
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# No person of a run has it.
NUMBER = number_of(9_999)
# Who wrote so cannot be answered, and is kept all the same.
ODD = ("whatsapp:+819000000001", "rcs:mihon", "Bank", "+266696687", "anonymous")


@dataclass(frozen=True)
class Webhook:
    """What a stranger posts, how it is signed, and what we may answer."""

    what: str
    path: str
    form: Mapping[str, str]
    token: str
    answers: frozenset[int]
    # Comes after the form, and is signed by nobody.
    more: str = ""


def webhooks(token: str, account: str, recipient: str) -> Iterator[Webhook]:
    """One of each kind, to be sent once; those that are genuine texts have odd senders."""
    sid = f"SM{secrets.token_hex(16)}"
    text = {
        "MessageSid": sid,
        "AccountSid": account,
        "From": NUMBER,
        "To": recipient,
        "Body": f"{MARK} 停止",
    }
    report = {"MessageSid": sid, "AccountSid": account, "MessageStatus": "delivered"}
    forged, malformed, taken = frozenset({403}), frozenset({400, 403}), frozenset({200, 204})
    other = secrets.token_hex(16)
    yield Webhook("forged text", "messages", text, other, forged)
    yield Webhook("forged report", "status?message=1", report, other, forged)
    yield Webhook(
        "text of another account", "messages", text | {"AccountSid": "AC0"}, token, forged
    )
    yield Webhook("text with more than was signed", "messages", text, token, forged, "&Body=START")
    yield Webhook("text without an id", "messages", text | {"MessageSid": ""}, token, malformed)
    yield Webhook("report without a status", "status", {"MessageSid": sid}, token, malformed)
    yield Webhook("report of nobody's message", "status?message=x", report, token, taken)
    huge = frozenset({400, 403, 413})
    yield Webhook("huge text", "messages", text | {"Body": "停" * 200_000}, other, huge)
    odd = {"MessageSid": f"SM{secrets.token_hex(16)}", "From": secrets.choice(ODD)}
    yield Webhook("text of an odd sender", "messages", text | odd, token, taken)


class Strangers:
    """They knock until they are stopped; `knocks` tells how they were answered, and `odd` holds the
    ids of those of their texts that came from the carrier itself."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._door = f"{environment['PUBLIC_URL']}/webhooks/twilio/"
        self._with = (
            environment["TWILIO_AUTH_TOKEN"],
            environment["TWILIO_ACCOUNT_SID"],
            environment["HENJI_SENDER"],
        )
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._knock_on, daemon=True)
        self._session = requests.Session()
        self._session.trust_env = False
        self.knocks: list[Knock] = []
        self.odd: set[str] = set()

    def start(self) -> None:
        """Begin to knock."""
        self._thread.start()

    def close(self) -> None:
        """Leave."""
        self._stopping.set()
        self._thread.join()

    def _knock_on(self) -> None:
        for webhook in itertools.chain.from_iterable(
            webhooks(*self._with) for _ in itertools.count()
        ):
            self._knock(webhook)
            if self._stopping.wait(EVERY_S):
                return

    def _knock(self, webhook: Webhook) -> None:
        url = self._door + webhook.path
        signed = {"X-Twilio-Signature": signature(webhook.token, url, webhook.form)}
        body = urlencode(webhook.form) + webhook.more
        if webhook.form.get("From") in ODD:
            self.odd.add(webhook.form["MessageSid"])
        began = time.time()
        try:
            answer = self._session.post(url, body, headers=FORM | signed, timeout=TIMEOUT_S)
        except requests.RequestException:
            status = 0
        else:
            status = answer.status_code
        exchange = Exchange(began, time.time(), status)
        self.knocks.append(Knock(webhook.what, webhook.answers, exchange))
