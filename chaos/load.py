"""The people of a plan at work: they text at their times, and some pay what they owe."""

import re
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import requests

from chaos.people import Person, Text
from chaos.plan import Plan
from handset.client import TIMEOUT_S, Handset

TRIES_AGAIN_S = 0.25
LOOKS_EVERY_S = 1.0
# So long a payer waits for the link, and tries to pay.
PAYS_WITHIN_S = 60.0
_LINK = re.compile(r"https?://\S+/p/\S+")
_SESSION = re.compile(r"/gateway/pay/(\w+)$")
_AMOUNT = re.compile(r'name="amount" value="(\d+)"')


class Load:
    """Texts from `start` on; `paid` holds the gateway's sessions that were paid, by number."""

    def __init__(self, plan: Plan, handset: Handset) -> None:
        self._plan = plan
        self._handset = handset
        self._stopping = threading.Event()
        self._senders = ThreadPoolExecutor(16)
        self._payers = ThreadPoolExecutor(4)
        self._thread = threading.Thread(target=self._text, daemon=True)
        self._pending: list[Future[None]] = []
        self.paid: dict[str, str] = {}

    def start(self) -> None:
        """Begin to text."""
        self._began = time.monotonic()
        self._thread.start()

    def is_done(self) -> bool:
        """Whether all texts are sent and all payers are done; raises what went wrong there."""
        for one in self._pending:
            if one.done():
                one.result()
        return not self._thread.is_alive() and all(one.done() for one in self._pending)

    def close(self) -> None:
        """Stop whatever still goes on."""
        self._stopping.set()
        for pool in (self._senders, self._payers):
            pool.shutdown(cancel_futures=True)

    def _text(self) -> None:
        payers = {one.number: one for one in self._plan.people if one.pays}
        for at, text in _brought(self._plan):
            if self._stopping.wait(max(0.0, self._began + at - time.monotonic())):
                return
            self._pending.append(self._senders.submit(self._send, text))
            if text.number in payers and text.body == "支払い" and at == text.at:
                self._pending.append(self._payers.submit(self._pay, payers[text.number]))

    def _send(self, text: Text) -> None:
        """A phone without a network keeps trying; for the carrier a SID that it knows is no more
        than a second delivery."""
        while not self._stopping.is_set():
            with suppress(requests.RequestException):
                return self._handset.text(text.number, text.body, text.sid)
            self._stopping.wait(TRIES_AGAIN_S)
        return None

    def _pay(self, person: Person) -> None:
        until = time.monotonic() + PAYS_WITHIN_S
        while time.monotonic() < until and not self._stopping.is_set():
            with suppress(requests.RequestException):
                if (link := self._link(person)) and (session := _pays(link, person)):
                    self.paid[person.number] = session
                    return
            self._stopping.wait(LOOKS_EVERY_S)

    def _link(self, person: Person) -> str | None:
        bodies = [one["body"] for one in self._handset.messages(person.number)]
        found = [link for body in bodies for link in _LINK.findall(body)]
        return found[-1] if found else None


def _brought(plan: Plan) -> list[tuple[float, Text]]:
    """Every text at its time, and again where it is brought again, in the order of time."""
    first = [(text.at, text) for text in plan.texts]
    again = [(text.at + text.again, text) for text in plan.texts if text.again is not None]
    return sorted([*first, *again], key=lambda one: (one[0], one[1].sid))


def _pays(link: str, person: Person) -> str | None:
    """What a browser does behind a link: the session that was paid at the gateway; None where some
    step is not as it should be (yet)."""
    with requests.Session() as browser:
        browser.trust_env = False
        browser.get(link, timeout=TIMEOUT_S)
        shown = browser.post(link, data={"digits": person.digits or ""}, timeout=TIMEOUT_S)
        amount = _AMOUNT.search(shown.text)
        if amount is None:
            return None
        gateway = browser.post(f"{link}/pay", data={"amount": amount[1]}, timeout=TIMEOUT_S)
        session = _SESSION.search(gateway.url)
        if session is None:
            return None
        options: dict[str, Any] = {"timeout": TIMEOUT_S, "allow_redirects": False}
        paid = browser.post(gateway.url, {"choice": "card"}, **options)
        return session[1] if paid.status_code == 303 else None
