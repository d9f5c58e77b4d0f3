"""Messages in flight: so many at once, claimed a little ahead, and none forgotten."""

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from bot.messaging.sending.attempts import LEASE_S, Claimed, Result
from bot.messaging.sending.flight import Flight
from bot.messaging.sending.send import send_due
from bot.providers import Outgoing, Post
from bot.providers.wire import Wire
from tests.carrier import Carrier
from tests.messaging.lines import statuses
from tests.people import Texting

AT_ONCE = 20


@pytest.fixture
def database_url(postgres_database: str) -> str:
    """PostgreSQL alone: nothing here is the database's."""
    return postgres_database


@pytest.fixture
def wire() -> Iterator[Wire]:
    made = Wire()
    yield made
    made.close()


class Holding(Carrier):
    """A carrier that keeps every request until it is told to go on; it knows how many it holds."""

    def __init__(self, most: int = AT_ONCE) -> None:
        super().__init__()
        self.most = most
        self.held = self.most_held = 0
        self.full, self.go_on = threading.Event(), threading.Event()

    async def send(self, message: Outgoing, post: Post) -> str:
        self.held += 1
        self.most_held = max(self.held, self.most_held)
        if self.held == self.most:
            self.full.set()
        while not self.go_on.is_set():
            await asyncio.sleep(0.001)
        self.held -= 1
        return await super().send(message, post)


def claimed(number: int, age: float = 0) -> Claimed:
    """A message that was claimed so many seconds ago."""
    until = time.monotonic() + LEASE_S - age
    return Claimed(number, "token", 1, "+815000000001", f"+8190{number:08}", "x", 1, 3600, until)


def land(flight: Flight) -> list[Result]:
    """Everything that is under way, once it has landed."""
    results: list[Result] = []
    while flight.under_way:
        results += flight.landed(30)
    return results


def test_so_many_are_in_flight_at_once_and_no_more(wire: Wire) -> None:
    carrier = Holding()
    flight = Flight(carrier, wire, AT_ONCE)
    assert flight.room == flight.capacity == 30
    flight.launch(claimed(number) for number in range(flight.capacity))
    assert flight.room == 0
    assert carrier.full.wait(30)
    carrier.go_on.set()

    results = land(flight)
    assert sorted(one.message.id for one in results) == list(range(30))
    assert {one.status for one in results} == {"sent"}
    assert carrier.most_held == AT_ONCE
    assert (flight.room, flight.under_way) == (30, 0)


def test_what_waited_too_long_for_a_place_is_given_back(wire: Wire) -> None:
    carrier = Carrier()
    flight = Flight(carrier, wire, AT_ONCE)
    flight.launch([claimed(1, age=LEASE_S), claimed(2)])

    found = {one.message.id: (one.status, one.given_back) for one in land(flight)}
    assert found == {1: ("queued", True), 2: ("sent", False)}
    assert [message.id for message in carrier.accepted] == [2]


def test_nothing_that_lands_is_waited_for_in_vain(wire: Wire) -> None:
    flight = Flight(Carrier(), wire, AT_ONCE)

    assert flight.landed(0.01) == []
    flight.launch([])
    assert flight.under_way == 0


def test_one_drain_has_many_people_on_the_wire_and_marks_them_all(texting: Texting) -> None:
    people = 40
    holding = Holding(most=people)
    texting.runtime = replace(texting.runtime, provider=holding)
    for number in range(people):
        texting.hears(f"+8190000001{number:02}", "ヘルプ")
    with ThreadPoolExecutor(1) as pool:
        draining = pool.submit(send_due, texting.runtime, threading.Event())
        assert holding.full.wait(30)
        assert set(statuses(texting)) == {"sending"}
        holding.go_on.set()
        draining.result()

    assert statuses(texting) == ["sent"] * people


def test_who_is_told_to_stop_finishes_what_is_on_the_wire_and_takes_no_more(
    texting: Texting,
) -> None:
    holding, stopping = Holding(most=1), threading.Event()
    texting.runtime = replace(texting.runtime, provider=holding)
    texting.hears("+819000000101", "ヘルプ")
    with ThreadPoolExecutor(1) as pool:
        draining = pool.submit(send_due, texting.runtime, stopping)
        assert holding.full.wait(30)
        stopping.set()
        texting.hears("+819000000102", "ヘルプ")
        holding.go_on.set()
        draining.result()

    assert statuses(texting) == ["sent", "queued"]
