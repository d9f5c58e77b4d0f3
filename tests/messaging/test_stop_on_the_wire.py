"""A stop while a message is on the wire: it is answered after the message has landed."""

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import pytest

from bot.messaging import outbox
from bot.messaging.sending import recall
from bot.messaging.sending.attempts import START_WITHIN_S
from bot.providers import Outgoing, Post
from bot.providers.wire import CONNECT_S
from bot.runtime import Runtime
from bot.store.session import TIMEOUTS, connect
from tests.carrier import Carrier
from tests.people import Texting

HANAKO = "+819000000001"


class Slow(Carrier):
    """A carrier that keeps a request open until it is told to answer."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.answer = threading.Event(), threading.Event()
        self.reached_at = 0.0

    async def send(self, message: Outgoing, post: Post) -> str:
        self.asked.set()
        assert await asyncio.to_thread(self.answer.wait, 30)
        self.reached_at = time.monotonic()
        return await super().send(message, post)


@pytest.fixture
def slow(texting: Texting) -> Slow:
    """The carrier is slow, and a reply is queued."""
    carrier = Slow()
    texting.runtime = replace(texting.runtime, provider=carrier)
    texting.hears(HANAKO, "ヘルプ")
    return carrier


@contextmanager
def sending(runtime: Runtime, carrier: Slow) -> Iterator[None]:
    """A worker, as in a process of its own, that has a message on the wire."""

    def work() -> None:
        engine = connect(runtime.settings.DATABASE_URL)
        outbox.send_due(replace(runtime, engine=engine), threading.Event())
        engine.dispose()

    with ThreadPoolExecutor(1) as pool:
        worker = pool.submit(work)
        assert carrier.asked.wait(30)
        yield
        carrier.answer.set()
        worker.result()


def stop(texting: Texting) -> float:
    assert texting.hears(HANAKO, "配信停止").status_code == 200
    return time.monotonic()


def test_a_stop_is_answered_after_what_is_on_the_wire(texting: Texting, slow: Slow) -> None:
    with ThreadPoolExecutor(1) as pool, sending(texting.runtime, slow):
        stopping = pool.submit(stop, texting)
        with pytest.raises(TimeoutError):
            stopping.result(timeout=0.3)
        slow.answer.set()
        assert slow.reached_at < stopping.result()

    texting.sends()
    assert texting.new_keys() == ["common.help", "consent.stopped"]


def test_a_stop_does_not_wait_for_ever(
    texting: Texting, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recall, "LAND_WITHIN_S", 0.1)
    with sending(texting.runtime, slow):
        stop(texting)
        assert slow.accepted == []


def test_a_stop_waits_until_what_was_claimed_has_reached_the_carrier_or_never_will() -> None:
    latest = START_WITHIN_S + CONNECT_S

    assert latest < recall.LAND_WITHIN_S

    # A second text of the same person waits for the stop's locks, and for what it does under them.
    patience = float(TIMEOUTS["lock_timeout"].removesuffix("s"))
    assert patience > recall.LAND_WITHIN_S + 2


def test_a_stop_with_nothing_on_the_wire_waits_for_nothing(
    texting: Texting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recall, "LAND_WITHIN_S", 1000)
    texting.says(HANAKO, "ヘルプ")
    stop(texting)
