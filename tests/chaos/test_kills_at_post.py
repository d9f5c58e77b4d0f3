"""A kill at the moment of a POST waits for its moment, however slow the machine is."""

import os
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from sqlalchemy.exc import OperationalError

from chaos import leaks
from chaos.database import Database
from chaos.faults import processes, story
from chaos.site import Site
from chaos.stage import Stage

FOREVER = 10_000


@dataclass
class SlowCarrier:
    """A request of the worker's comes to it after so many looks."""

    port: int
    looks: int
    asked: dict[str, int] = field(default_factory=dict)

    def faults(self, **wishes: Any) -> None:
        self.asked |= {name: wish["next"] for name, wish in wishes.items()}

    def held(self, fault: str) -> list[int]:
        self.looks -= 1
        return [self.port] if self.looks <= 0 and self.asked.get(fault) else []

    def release(self, fault: str) -> None:
        self.asked.pop(fault, None)


@dataclass
class OneWorker:
    """A site whose worker is this process, and is only noted as killed."""

    handset: SlowCarrier
    running: bool = True

    def runs(self, name: str) -> bool:
        return self.running and name == "worker"

    def pid(self, name: str) -> int:
        return os.getpid()

    def kill(self, name: str) -> None:
        self.running = False

    def start(self, name: str) -> None:
        self.running = True


@dataclass
class BusyDatabase:
    """Whoever holds it up finds nobody waiting yet, so often; then it is away once."""

    misses: int
    away: int = 1

    @contextmanager
    def holding(self, hold: object) -> Iterator[Any]:
        if not self.misses and self.away:
            self.away -= 1
            raise OperationalError("", None, ConnectionError())
        self.misses -= 1
        yield lambda: self.misses < 0


@contextmanager
def stage_of(looks: int, misses: int = 0, left: int = FOREVER) -> Iterator[Stage]:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        site = OneWorker(SlowCarrier(server.getsockname()[1], looks))
        database = BusyDatabase(misses)
        stage = Stage(cast(Site, site), cast(Database, database), {}, leaks.Secrets(()))
        to_come = iter(range(left))
        stage.more_comes = lambda: next(to_come, None) is not None
        yield stage


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here is held for long: who is to come has come, or never does."""
    monkeypatch.setattr(processes, "HAPPENS_WITHIN_S", 0)


def test_it_waits_for_a_request_that_takes_long_to_come() -> None:
    with stage_of(looks=2000) as stage:
        list(story(stage, "kill after accept", 0.3))

        assert (stage.at_post, stage.kills) == (1, {"worker": 1})
        assert stage.site.runs("worker")


def test_it_is_tried_with_another_message_where_nobody_came_to_write() -> None:
    with stage_of(looks=1, misses=3) as stage:
        list(story(stage, "kill before mark", 0.3))

        assert (stage.at_post, stage.kills) == (1, {"worker": 1})


def test_it_is_given_up_after_some_messages() -> None:
    with stage_of(looks=1, misses=FOREVER) as stage:
        list(story(stage, "kill before mark", 0.3))

        assert stage.at_post == 0


def test_it_is_given_up_where_nothing_more_is_sent() -> None:
    with stage_of(looks=FOREVER, left=50) as stage:
        list(story(stage, "kill before accept", 0.3))

        assert stage.at_post == 0
