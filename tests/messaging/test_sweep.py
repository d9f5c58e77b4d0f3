"""The clock's round: one thing that fails, or a Redis that hangs, stops nobody else."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import Connection, select, update

from bot.dialogue.decision import Heard
from bot.dialogue.flow import LONGEST_NAME, Flow, move
from bot.dialogue.turn import Turn
from bot.errors import FlowError
from bot.messaging import doorbell, inbox, sweep
from bot.messaging.sending import uncertain
from bot.runtime import Runtime
from bot.store.columns import seconds_from_now
from bot.store.session import transact
from bot.store.tables import inbound_messages
from tests.messaging.lines import HANAKO, TARO, make_old, statuses
from tests.people import OURS, Texting


@contextmanager
def hanging_redis(runtime: Runtime) -> Iterator[None]:
    """A Redis that is frozen: it takes connections and answers nothing."""
    process: int = runtime.redis.info("server")["process_id"]  # type: ignore[index]
    os.kill(process, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(process, signal.SIGCONT)


def test_a_redis_that_hangs_holds_up_no_webhook_and_no_clock(texting: Texting) -> None:
    with hanging_redis(texting.runtime):
        began = time.monotonic()
        for _ in range(10):
            assert texting.hears(HANAKO, "ヘルプ").status_code == 200
        sweep.sweep(texting.runtime, threading.Event())
        # Asked by every text, it would have held them up for 5 s even so.
        assert time.monotonic() - began < 4

    assert statuses(texting) == ["sent"] * 10


def test_a_redis_that_just_failed_is_left_alone_for_a_moment(texting: Texting) -> None:
    texting.runtime.redis_rest.begin()
    assert doorbell.ring(texting.runtime) is False
    assert not texting.runtime.redis.exists(doorbell.DRAINING)

    assert doorbell.ring(replace(texting.runtime, redis_rest=type(texting.runtime.redis_rest)()))


def test_a_step_that_fails_keeps_no_other_step_from_its_turn(
    texting: Texting, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(connection: Connection) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(uncertain, "expire_leases", fails)
    texting.hears(HANAKO, "ヘルプ")
    texting.runtime.redis.flushdb()
    sweep.sweep(texting.runtime, threading.Event())

    assert texting.runtime.redis.exists(doorbell.DRAINING)


def test_a_conversation_that_fails_keeps_no_other_from_its_answer(
    texting: Texting, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(flow: object, trigger: str, turn: Turn) -> bool:
        raise ZeroDivisionError

    monkeypatch.setattr(type(texting.runtime.flows["handover"]), "step", broken)
    for number in (HANAKO, TARO):
        texting.hears(number, "相談")
    monkeypatch.undo()
    make_old(texting)
    answer = inbox.answer
    failures = [ZeroDivisionError()]

    def first_fails(runtime: Runtime, conversation_id: int) -> None:
        if failures:
            raise failures.pop()
        answer(runtime, conversation_id)

    monkeypatch.setattr(inbox, "answer", first_fails)
    sweep.sweep(texting.runtime, threading.Event())
    texting.sends()

    assert texting.new_keys() == ["handover.requested"]


def test_names_that_no_column_holds_are_refused() -> None:
    long = "x" * (LONGEST_NAME + 1)

    with pytest.raises(FlowError, match="longer than 64"):
        Flow(long, [move("begin", "start", "done")])
    with pytest.raises(FlowError, match="longer than 64"):
        Flow("short", [move("begin", "start", long)])
    assert Flow(long[1:], [move("begin", "start", "done")])


def test_whoever_waits_longest_is_answered_first(texting: Texting) -> None:
    engine, inbound = texting.runtime.engine, inbound_messages
    for number, sid in ((HANAKO, "SMlater"), (TARO, "SMearlier")):
        inbox.receive(texting.runtime, Heard("twilio", sid, number, OURS, "ヘルプ"))
    make_old(texting)
    with engine.begin() as connection:
        longest = inbound.c.provider_sid == "SMearlier"
        connection.execute(update(inbound).where(longest).values(created_at=seconds_from_now(-120)))
        earlier = select(inbound.c.conversation_id).where(longest)
        first = connection.execute(earlier).scalar_one()

    assert transact(engine, sweep._left_behind)[0] == first
