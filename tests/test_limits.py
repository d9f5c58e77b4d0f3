"""Limits: who did something too often, who did not, and what a lost Redis means."""

from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from bot import limits
from bot.limits import Limit, Room
from bot.runtime import Rest, Runtime, impatient

TWICE = Limit("tests", 2, 60)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_the_third_time_is_one_too_many_for_who_did_it_and_nobody_else(runtime: Runtime) -> None:
    assert limits.room(runtime, TWICE, "one") is Room.LEFT
    with capture_logs() as logs:
        spent = [limits.spend(runtime, TWICE, "one") for _ in range(4)]

    assert [(log["event"], log["limit"]) for log in logs] == [("limit.reached", "tests")]
    assert spent == [Room.LEFT, Room.LEFT, Room.NONE, Room.NONE]
    assert limits.room(runtime, TWICE, "one") is Room.NONE
    assert limits.room(runtime, TWICE, "other") is Room.LEFT
    assert limits.room(runtime, replace(TWICE, name="else"), "one") is Room.LEFT


def test_a_count_is_forgotten_in_time_and_names_nobody(runtime: Runtime) -> None:
    limits.spend(runtime, TWICE, "192.0.2.1")
    limits.spend(runtime, TWICE, "192.0.2.1")
    keys = list(runtime.redis.scan_iter("henji:limit:*"))

    assert len(keys) == 1
    assert b"192.0.2.1" not in keys[0]
    assert 0 < runtime.redis.ttl(keys[0]) <= TWICE.within_s  # type: ignore[operator]


@pytest.mark.parametrize("act", [limits.spend, limits.room])
def test_without_redis_nobody_knows(runtime: Runtime, act: object) -> None:
    alone = replace(runtime, redis=impatient("redis://127.0.0.1:1/0"), redis_rest=Rest())

    assert act(alone, TWICE, "one") is Room.UNKNOWN  # type: ignore[operator]
    assert alone.redis_rest.lasts
    assert act(alone, TWICE, "one") is Room.UNKNOWN  # type: ignore[operator]
