"""A stop while a message is on the wire: it is answered after the message has landed."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import pytest

from bot.messaging.sending import landing
from bot.messaging.sending.attempts import START_WITHIN_S
from bot.providers.wire import CONNECT_S
from bot.runtime import Runtime
from bot.store.session import TIMEOUTS
from tests.messaging.locks import wait_until_held_back, wait_until_kept
from tests.messaging.slow_carriers import Slow, work
from tests.people import Texting

HANAKO = "+819000000001"


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

    with ThreadPoolExecutor(1) as pool:
        worker = pool.submit(work, runtime)
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
        moment = stopping.result()
        assert slow.reached[0][0] < moment

    texting.sends()
    assert texting.new_keys() == ["common.help", "consent.stopped"]


def test_a_stop_does_not_wait_for_ever(
    texting: Texting, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(landing, "LAND_WITHIN_S", 0.1)
    with sending(texting.runtime, slow):
        stop(texting)
        assert slow.accepted == []


def test_a_stop_waits_until_what_was_claimed_has_reached_the_carrier_or_never_will() -> None:
    latest = START_WITHIN_S + CONNECT_S

    assert latest < landing.LAND_WITHIN_S

    # A second text of the same person waits for the stop's locks, and for what it does under them.
    patience = float(TIMEOUTS["lock_timeout"].removesuffix("s"))
    assert patience > landing.LAND_WITHIN_S + 2


def test_a_stop_with_nothing_on_the_wire_waits_for_nothing(
    texting: Texting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(landing, "LAND_WITHIN_S", 1000)
    texting.says(HANAKO, "ヘルプ")
    stop(texting)


def test_a_start_that_follows_a_waiting_stop_is_heard_after_it(
    texting: Texting, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(landing, "LAND_WITHIN_S", 1000)
    with ThreadPoolExecutor(2) as pool, sending(texting.runtime, slow):
        stopping = pool.submit(stop, texting)
        wait_until_kept(texting.runtime.engine, "配信停止")
        starting = pool.submit(texting.hears, HANAKO, "配信開始")
        wait_until_kept(texting.runtime.engine, "配信開始")
        slow.answer.set()
        stopping.result()
        assert starting.result().status_code == 200

    texting.sends()
    assert texting.new_keys() == ["common.help", "consent.stopped", "consent.restarted"]


def test_what_is_queued_behind_does_not_leave_while_a_stop_waits(
    texting: Texting, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(landing, "LAND_WITHIN_S", 1000)
    with ThreadPoolExecutor(1) as pool, sending(texting.runtime, slow):
        texting.hears(HANAKO, "相談")
        stopping = pool.submit(stop, texting)
        wait_until_held_back(texting.runtime.engine)
        slow.answer.set()
        moment = stopping.result()

    texting.sends()
    assert texting.new_keys() == ["common.help", "consent.stopped"]
    assert len(slow.after(moment, HANAKO)) == 1
