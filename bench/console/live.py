"""How soon a text shows in an open console: from the answer to the carrier to the list anew."""

import random
import re
import threading
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass
from queue import SimpleQueue

import requests

from bench import load, texts
from bench.console.browser import Browser
from bench.processes import READY_WITHIN_S
from bench.site import Site
from bot.overview.indexing import EVERY_S
from console.conversations.watch import LOOK_S

# console/static/list.js: many changes at once renew the list once.
RENEW_AFTER_S = 0.1
# What a text waits for at the most: the clock's next round, the console's next look, the page.
WAITS_S = EVERY_S + LOOK_S + RENEW_AFTER_S
_PATH = "/webhooks/twilio/messages"
_LIST = "/conversations/list"
_NUMBER = re.compile(r"090-\*{4}-(\d{4})")


@dataclass(frozen=True)
class Shown:
    """The seconds from the answer to the carrier until a text was told of and until it showed."""

    told: float
    listed: float


def run(site: Site, browser: Browser, count: int) -> list[Shown]:
    """How soon each of so many texts of different people showed, one after the other."""
    told: SimpleQueue[float] = SimpleQueue()
    with site.carrier(0.1, callbacks=False), site.worker(), site.clock():
        threading.Thread(target=_listen, args=(browser, told), daemon=True).start()
        told.get(timeout=READY_WITHIN_S)
        _shows(site, browser, told, 0)  # once the clock is at work
        return [_shows(site, browser, told, index) for index in range(1, count + 1)]


def _listen(browser: Browser, told: "SimpleQueue[float]") -> None:
    """Say when the stream begins, and when it tells of a change."""
    with suppress(requests.RequestException):  # it is over
        while True:
            for line in browser.events("/conversations/stream"):
                if line.startswith(("retry:", "event: changed")):
                    told.put(time.perf_counter())


def _shows(site: Site, browser: Browser, told: "SimpleQueue[float]", index: int) -> Shown:
    # At any moment between two rounds and two looks.
    time.sleep(random.uniform(0, EVERY_S + LOOK_S))  # noqa: S311
    while not told.empty():
        told.get()
    form = {**texts.form(index), "MessageSid": f"SM{uuid.uuid4().hex}"}
    assert load.ask(site.port, texts.signed(site.public_url, _PATH, form)).status == 200
    answered = time.perf_counter()
    while True:
        told_at = told.get(timeout=READY_WITHIN_S)
        time.sleep(RENEW_AFTER_S)
        if _first(browser.get(_LIST).text) == texts.number(index)[-4:]:
            return Shown(max(told_at - answered, 0), time.perf_counter() - answered)


def _first(page: str) -> str:
    """The last four digits of the number in the first line of the list."""
    found = _NUMBER.search(page)
    return found[1] if found else ""
