"""The clock's slower rounds: each in its turn, none held up by another that fails or is slow."""

import threading
from dataclasses import replace

import pytest
import structlog
from sqlalchemy import select, update

from bot.messaging import rounds
from bot.messaging.reconciling.missed import Going
from bot.messaging.rounds import Round
from bot.runtime import Runtime
from bot.store.columns import seconds_from_now
from bot.store.tables import delivery_counts, outbound_messages
from tests.archive import Archive
from tests.messaging.lines import HANAKO, rows
from tests.messaging.reporting import message_row, told
from tests.people import Texting

PATIENCE_S = 10


def test_a_round_that_fails_or_is_slow_keeps_no_other_from_its_turn(
    texting: Texting, monkeypatch: pytest.MonkeyPatch
) -> None:
    turned, again, cut_off = threading.Event(), threading.Event(), threading.Event()

    def fails(runtime: Runtime, going: Going) -> None:
        raise ZeroDivisionError

    def counts(runtime: Runtime, going: Going) -> None:
        (again if turned.is_set() else turned).set()

    def slow(runtime: Runtime, going: Going) -> None:
        while going():
            again.wait(0.01)
        cut_off.set()

    these = [[Round("fails", 0, fails), Round("counts", 0, counts)], [Round("slow", 0, slow)]]
    monkeypatch.setattr(rounds, "rounds", lambda runtime: these)
    monkeypatch.setattr(rounds, "LOOK_S", 0.01)
    with rounds.turning(texting.runtime):
        assert turned.wait(PATIENCE_S)
        assert again.wait(PATIENCE_S)
        assert not cut_off.is_set()
    assert cut_off.is_set()


def test_a_round_has_its_turn_once_in_its_time(
    texting: Texting, monkeypatch: pytest.MonkeyPatch
) -> None:
    seldom: list[int] = []
    often = threading.Semaphore(0)
    these = [
        [
            Round("seldom", 3600, lambda runtime, going: seldom.append(1)),
            Round("often", 0, lambda runtime, going: often.release()),
        ]
    ]
    monkeypatch.setattr(rounds, "rounds", lambda runtime: these)
    monkeypatch.setattr(rounds, "LOOK_S", 0.001)
    with rounds.turning(texting.runtime):
        for _ in range(5):
            assert often.acquire(timeout=PATIENCE_S)
    assert seldom == [1]


def test_every_round_works_on_real_tables(texting: Texting) -> None:
    texting.runtime = replace(texting.runtime, provider=Archive())
    texting.says(HANAKO, "ヘルプ")
    told(texting, "delivered", sid="SMlater")
    with texting.runtime.engine.begin() as connection:
        known = update(outbound_messages).values(provider_sid="SMlater")
        connection.execute(known)
    with structlog.testing.capture_logs() as log:
        for one in [one for turn in rounds.rounds(texting.runtime) for one in turn]:
            one.work(texting.runtime, lambda: True)

    assert rows(texting) == [("sent", "delivered")]
    assert log == []
    with texting.runtime.engine.begin() as connection:
        [counted] = connection.execute(select(delivery_counts)).all()
    assert (counted.status, counted.messages) == ("delivered", 1)


def test_what_is_due_once_more_rings_the_bell(texting: Texting) -> None:
    texting.says(HANAKO, "ヘルプ")
    told(texting, "undelivered", 30008)
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(outbound_messages).values(retry_at=seconds_from_now(-1)))
    texting.runtime.redis.flushdb()
    rounds.retry(texting.runtime, lambda: True)

    assert texting.runtime.redis.exists("henji:draining")
    assert message_row(texting).status == "queued"
