"""Stops by every way while the carrier hangs: each waits for its own, and nobody else with them."""

import itertools
import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

from bot.app import create_app
from bot.compliance import opt_out_links
from bot.messaging import sweep
from bot.messaging.answering import conversation
from bot.messaging.sending import landing
from bot.store.session import connect
from tests.api.calling import Calling
from tests.messaging.lines import statuses
from tests.messaging.slow_carriers import Hanging, work
from tests.people import OURS, Texting

PROCFILE = Path(__file__).parents[2] / "Procfile"
STOPPING = [f"+81900000002{number}" for number in range(6)]


@pytest.fixture
def database_url(postgres_database: str) -> str:
    """PostgreSQL alone: SQLite has one writer at a time."""
    return postgres_database


@dataclass
class Stopping:
    """A web process with two connections, a carrier that hangs, and people who stop."""

    texting: Texting
    calling: Calling
    carrier: Hanging

    def by_word(self, number: str) -> TestResponse:
        return self.texting.hears(number, "配信停止", sid=f"SM{number}")

    def by_word_for_one_purpose(self, number: str) -> TestResponse:
        return self.texting.hears(number, "広告停止", sid=f"SM{number}")

    def by_yes(self, number: str) -> TestResponse:
        return self.texting.hears(number, "はい", sid=f"SM{number}")

    def by_page(self, number: str) -> TestResponse:
        with self.texting.runtime.engine.begin() as connection:
            talk = conversation.find(connection, OURS, number)
            assert talk is not None
            token = opt_out_links.create(connection, talk.id)
        return self.texting.client.post(f"/o/{token}", data={"choice": "stop"})

    def by_api(self, number: str) -> TestResponse:
        return self.calling.posts("/opt-outs", {"number": number})

    def at(self, way: Callable[["Stopping", str], TestResponse], number: str) -> tuple[int, float]:
        """Stop; with which status it was answered, and when."""
        return way(self, number).status_code, time.monotonic()


WAYS = [Stopping.by_word, Stopping.by_word_for_one_purpose, Stopping.by_yes]
WAYS += [Stopping.by_page, Stopping.by_api]
Way = Callable[[Stopping, str], TestResponse]


@pytest.fixture(params=WAYS, ids=lambda way: way.__name__)
def way(request: pytest.FixtureRequest) -> Way:
    """How people stop."""
    found: Way = request.param
    return found


@pytest.fixture
def stopping(texting: Texting, way: Way, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stopping]:
    """Everybody's message is on the wire of a carrier that does not answer until it is told."""
    monkeypatch.setattr(landing, "LAND_WITHIN_S", 1000)
    engine = connect(texting.runtime.settings.DATABASE_URL, pool_size=2)
    runtime = replace(texting.runtime, provider=Hanging(of=len(STOPPING)), engine=engine)
    few = Texting(runtime, create_app(runtime).test_client())
    for number in STOPPING:
        few.hears(number, "しつこい" if way is Stopping.by_yes else "ヘルプ")
    with ThreadPoolExecutor(1) as pool:
        made = Stopping(few, Calling.at(runtime), runtime.provider)
        worker = pool.submit(work, runtime)
        assert made.carrier.all_asked.wait(30)
        yield made
        made.carrier.answer.set()
        worker.result()
    engine.dispose()


def test_stops_that_wait_for_a_carrier_that_hangs_hold_no_connection(
    stopping: Stopping, way: Way
) -> None:
    with ThreadPoolExecutor(len(STOPPING)) as pool:
        stops = [pool.submit(stopping.at, way, number) for number in STOPPING]
        others = [stopping.texting.hears(f"+81900000003{one}", "ヘルプ") for one in range(9)]
        assert {one.status_code for one in others} == {200}
        assert not any(one.done() for one in stops)
        stopping.carrier.answer.set()
        moments = [moment for _, moment in (one.result() for one in stops)]

    first = {message.recipient: at for at, message in reversed(stopping.carrier.reached)}
    assert all(first[number] < at for number, at in zip(STOPPING, moments, strict=True))


def test_of_many_stops_at_once_a_few_wait_and_the_others_leave_their_threads_to_texts(
    stopping: Stopping, way: Way, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(landing, "_places", threading.BoundedSemaphore(2))
    monkeypatch.setattr(sweep, "LEFT_BEHIND_S", 0)
    with ThreadPoolExecutor(4) as threads:
        stops = [threads.submit(stopping.at, way, number) for number in STOPPING]
        other = threads.submit(stopping.texting.hears, "+819000000030", "ヘルプ")
        assert other.result(timeout=30).status_code == 200
        # Nothing was promised to those that are told to come again.
        done = list(itertools.islice(as_completed(stops, timeout=30), 4))
        assert [one.result()[0] for one in done] == [503] * 4
        stopping.carrier.answer.set()
        assert all(one.result()[0] < 400 for one in stops if one not in done)

    sweep.sweep(stopping.texting.runtime, threading.Event())
    again = {stopping.at(way, number)[0] for number in STOPPING}
    assert max(again) < 400
    stopping.texting.sends()
    left = statuses(stopping.texting)
    by_text = way not in (Stopping.by_page, Stopping.by_api)
    assert left.count("sent") == len(STOPPING) * (2 if by_text else 1) + 1
    assert "queued" not in left


def test_those_that_wait_leave_threads_and_connections_to_everybody_else(texting: Texting) -> None:
    threads = re.search(r"--blocking-threads (\d+)", PROCFILE.read_text())
    assert threads is not None
    assert int(threads[1]) / 2 > landing.MOST_WAITING
    assert texting.runtime.engine.pool.size() > landing.MOST_WAITING  # type: ignore[attr-defined]
