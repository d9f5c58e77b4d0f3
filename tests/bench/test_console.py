"""The benchmark of the console: what it builds is what the bot keeps, and what counts as passed."""

import threading
from collections.abc import Iterator
from math import inf
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from bench.console import company, measured, people, phrases, report
from bench.console.browser import sign_in
from bench.console.fill import fill
from bench.console.live import Shown
from bench.console.measured import TIMES_AT_MOST, Times, too_slow
from bench.console.questions import LIST, Known, everything
from bench.site import Site
from bot.app import build_runtime, register_sender
from bot.overview import cards, names
from bot.overview.indexing import Indexing
from bot.runtime import Runtime
from bot.settings import load
from bot.store.tables import clock_rounds, conversation_cards, message_terms

SIZE = Known(conversations=300, messages=1500)


@pytest.fixture
def database_url(postgres_database: str) -> str:
    """PostgreSQL alone, as in production."""
    return postgres_database


@pytest.fixture
def site(database_url: str, valkey_url: str, tmp_path: Path) -> Site:
    return Site.at(tmp_path, database_url, valkey_url)


@pytest.fixture
def filled(site: Site, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runtime]:
    """The company of the benchmark in small."""
    monkeypatch.setattr(phrases, "HEARD", 100)
    monkeypatch.setattr(phrases, "SAID", 100)
    runtime = build_runtime(load(environment=site.environment))
    runtime.redis.flushdb()
    register_sender(runtime)
    with runtime.engine.begin() as connection:
        me = company.employ(connection)
    for _ in fill(runtime.engine, runtime.vault, SIZE.conversations, SIZE.messages, me):
        pass
    yield runtime
    runtime.redis.flushdb()
    runtime.redis.close()
    runtime.wire.close()
    runtime.engine.dispose()


def kept(runtime: Runtime) -> dict[tuple[str, int], tuple[int, list[str]]]:
    """What the search has, by message."""
    with runtime.engine.connect() as connection:
        rows = connection.execute(select(message_terms)).all()
    return {(row.kind, row.message_id): (row.conversation_id, row.terms) for row in rows}


def test_what_is_built_is_what_the_clock_would_keep(filled: Runtime) -> None:
    with filled.engine.begin() as connection:
        ids = connection.execute(select(conversation_cards.c.conversation_id)).scalars().all()
        assert len(ids) == SIZE.conversations
        assert cards.differing(connection, ids) == []
        person = people.ONE_IN
        assert people.number(person) in names.find(connection, filled.vault, people.name(person))
    indexing, built = Indexing(), kept(filled)
    assert len(built) == SIZE.messages
    assert indexing(filled, threading.Event()) != 0.0, "there was something left to do"

    with filled.engine.begin() as connection:
        connection.execute(delete(message_terms))
        connection.execute(delete(clock_rounds))
    while indexing(filled, threading.Event()) == 0.0:
        pass
    assert kept(filled) == built


def test_every_question_is_answered_over_http(filled: Runtime, site: Site) -> None:
    with site.web(), filled.engine.connect() as connection:
        browsers = {company.ALL: sign_in(connection, site.public_url, company.ALL)}
        questions = list(everything(SIZE))
        took = measured.ask(browsers, questions, 1, warm_up=0)

    assert [one.question for one in took] == [one.name for one in questions]
    assert [one.question for one in took if inf in one.seconds] == []
    assert {one.question: one.lines for one in took}[LIST] > 0


PLAIN = Times("everything", LIST, [0.010, 0.020, 0.030], 50)


def test_a_question_that_takes_many_times_what_the_list_takes_fails() -> None:
    slow = Times("everything", "残高", [0.020 * TIMES_AT_MOST + 0.001] * 3, 1)
    printed = "\n".join(report.lines([PLAIN, slow]))

    assert too_slow([PLAIN, slow]) == [slow]
    assert "FAILED" in printed
    assert "p95 of 150 ms or more: 1 of 2" in printed


def test_a_slow_machine_is_told_and_passes() -> None:
    both = [Times("everything", LIST, [0.2] * 3, 50), Times("everything", "残高", [0.5] * 3, 1)]

    assert too_slow(both) == []
    assert "over" in "\n".join(report.lines(both))


def test_what_a_text_waits_for_is_told() -> None:
    shown = [Shown(0.1 * number, 0.1 * number + 0.2) for number in range(1, 11)]
    _, told, listed, waits = report.live(shown)
    assert told.split()[-3:] == ["550.0", "1000.0", "1000.0"]
    assert listed.split()[-3:] == ["750.0", "1200.0", "1200.0"]
    assert "500 ms of waiting" in waits
