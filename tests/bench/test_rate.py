"""The proof of the rate in short: the real worker over real HTTP, and a simulated while at 6/s."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench import hour
from bench.rate import Came, sustained
from bench.site import Site
from bot.app import build_runtime, register_sender
from bot.runtime import Runtime
from bot.settings import load


@pytest.fixture
def database_url(postgres_database: str) -> str:
    """PostgreSQL alone, as in production."""
    return postgres_database


def test_one_worker_keeps_so_many_requests_open_and_sends_each_message_once(
    database_url: str, valkey_url: str, tmp_path: Path
) -> None:
    site = Site.at(tmp_path, database_url, valkey_url)
    runtime = build_runtime(load(environment=site.environment))
    register_sender(runtime)
    runtime.redis.flushdb()
    run = sustained(site, runtime, at_once=16, latency=0.1, seconds=1)
    runtime.redis.flushdb()
    runtime.redis.close()
    runtime.engine.dispose()

    assert len(run.came.texts) == run.expected == 160
    assert run.came.once
    assert run.came.most_open == 16


def test_the_pace_is_kept_and_the_order_with_it(runtime: Runtime) -> None:
    paced = runtime.settings.model_copy(update={"HENJI_SENDER_MPS": 6.0})
    sent = hour.run(replace(runtime, settings=paced), 60)

    assert (sent.once, sent.in_order, len(sent.messages)) == (True, True, 60)
    assert sent.seconds >= (60 - 2) / 6 - 1
    assert sent.most_within(1.0) <= 2 * 6


def test_what_is_doubled_or_out_of_order_is_seen() -> None:
    right = Came([0.0, 0.1, 0.2], [("a", "1"), ("b", "1"), ("a", "2")], 2)

    assert (right.once, right.in_order) == (True, True)
    assert not replace(right, texts=[("a", "1"), ("a", "1")]).once
    assert not replace(right, texts=[("a", "2"), ("b", "1"), ("a", "1")]).in_order
    assert right.rate(1) == pytest.approx(10)
