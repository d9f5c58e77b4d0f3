"""A stop while four workers send a thousand messages: nothing leaves after its commit."""

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import Connection, Engine, ExceptionContext, event

from bot.compliance import countries
from bot.compliance.ledger import Method
from bot.compliance.standing import Pair
from bot.messaging import outbox
from bot.messaging.answering.conversation import lock
from bot.messaging.answering.render import Rendered
from bot.messaging.consent import consents
from bot.messaging.grounds import MessageClass
from bot.messaging.sending import claim, landing, recall
from bot.messaging.sending.attempts import Result
from bot.messaging.sending.marks import mark
from bot.providers import Outgoing, Post
from bot.store.session import transact
from bot.text.language import Language
from tests.messaging.campaign import DAY, people, queue
from tests.messaging.lines import statuses
from tests.messaging.locks import wait_for_a_lock, wait_until_queued_are_locked
from tests.messaging.slow_carriers import Slow, Timed, work
from tests.people import Texting

MESSAGES = 1000
WORKERS = 4
STOPPING = 40


@pytest.fixture
def database_url(postgres_database: str) -> str:
    """PostgreSQL alone: SQLite has one writer at a time."""
    return postgres_database


class Quick(Timed):
    """A carrier that takes a moment to answer, and tells when the first messages have left."""

    def __init__(self) -> None:
        super().__init__()
        self.first = threading.Event()

    async def send(self, message: Outgoing, post: Post) -> str:
        await asyncio.sleep(0.002)
        if len(self.reached) >= MESSAGES / 20:
            self.first.set()
        return await super().send(message, post)


@pytest.fixture
def timed(texting: Texting, monkeypatch: pytest.MonkeyPatch) -> Quick:
    """Day everywhere, and a carrier that is watched."""
    monkeypatch.setattr(countries, "shipped", lambda: DAY)
    carrier = Quick()
    texting.runtime = replace(texting.runtime, provider=carrier)
    return carrier


def stop(texting: Texting, number: str) -> float:
    """Text a stop, and return when its answer came: after the commit."""
    assert texting.hears(number, "配信停止").status_code == 200
    return time.monotonic()


def stop_now(connection: Connection, texting: Texting, conversation: int) -> None:
    """Stop everything in a conversation, in a transaction that is not undone."""
    row = lock(connection, conversation)
    pair = Pair(row.id, row.contact_id, row.sender_id)
    consents.stop(connection, texting.runtime.settings, pair, None, Method.SMS)


def test_of_a_thousand_to_a_thousand_people_none_follows_a_stop(
    texting: Texting, timed: Quick
) -> None:
    numbers = [f"+81900001{number:04}" for number in range(MESSAGES)]
    with texting.runtime.engine.begin() as connection:
        for conversation in people(connection, numbers):
            queue(connection, conversation)
    with ThreadPoolExecutor(WORKERS) as pool:
        workers = [pool.submit(work, texting.runtime) for _ in range(WORKERS)]
        assert timed.first.wait(30)
        # The middle of the line: some have left, some are on their way, most still wait.
        stopped = {number: stop(texting, number) for number in numbers[100 : 100 + STOPPING]}
        for done in workers:
            done.result()
    texting.sends()

    for number, moment in stopped.items():
        reminders = [body for body in timed.after(moment, number) if "お支払期日" in body]
        confirmations = [body for body in timed.bodies(number) if "配信を停止いたしました" in body]
        assert (reminders, len(confirmations)) == ([], 1)
    others = set(numbers) - stopped.keys()
    assert all(timed.bodies(number) == ["お支払期日は明日です。"] for number in others)


def test_of_a_thousand_to_one_person_none_follows_a_stop(texting: Texting, timed: Quick) -> None:
    number = "+819000000001"
    with texting.runtime.engine.begin() as connection:
        conversation = people(connection, [number])[0]
        for _ in range(MESSAGES):
            queue(connection, conversation, MessageClass.NOTICE)
    with ThreadPoolExecutor(WORKERS) as pool:
        workers = [pool.submit(work, texting.runtime) for _ in range(WORKERS)]
        assert timed.first.wait(60)
        moment = stop(texting, number)
        for done in workers:
            done.result()
    texting.sends()

    left = timed.after(moment, number)
    assert len(left) == 1
    assert "配信を停止いたしました" in left[0]
    assert len(timed.accepted) < MESSAGES


def test_a_stop_commits_after_what_is_on_the_wire(texting: Texting) -> None:
    number, carrier = "+819000000001", Slow()
    texting.runtime = replace(texting.runtime, provider=carrier)
    texting.hears(number, "ヘルプ")
    with ThreadPoolExecutor(2) as pool:
        worker = pool.submit(work, texting.runtime)
        assert carrier.asked.wait(30)
        stopping = pool.submit(stop, texting, number)
        with pytest.raises(TimeoutError):
            stopping.result(timeout=0.3)
        carrier.answer.set()
        moment = stopping.result()
        worker.result()

    assert carrier.reached[0][0] < moment
    assert texting.new_keys()[0] == "common.help"


def test_a_stop_neither_waits_for_nor_deadlocks_with_what_follows_a_long_message(
    texting: Texting, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It locks what is queued at once, while the long one is still on its way.
    monkeypatch.setattr(landing, "LAND_WITHIN_S", 0.1)
    number, carrier, engine = "+819000000001", Slow(), texting.runtime.engine
    texting.runtime = replace(texting.runtime, provider=carrier)
    long = Rendered("common.help", Language.JA, "r", "長" * 200, "UCS-2", 3)
    short = Rendered("common.help", Language.JA, "r", "短", "UCS-2", 1)
    with engine.begin() as connection:
        [conversation] = people(connection, [number])
        outbox.enqueue(connection, conversation, [long, short], MessageClass.REPLY)
    errors: list[BaseException] = []

    def note(context: ExceptionContext) -> None:
        errors.append(context.original_exception)

    event.listen(Engine, "handle_error", note)
    with ThreadPoolExecutor(2) as pool:
        worker = pool.submit(work, texting.runtime)
        assert carrier.asked.wait(30)
        # As at its second try, which waits with its locks for what was claimed meanwhile.
        stopping = pool.submit(transact, engine, lambda it: stop_now(it, texting, conversation))
        wait_until_queued_are_locked(engine)
        carrier.answer.set()
        stopping.result()
        worker.result()
    event.remove(Engine, "handle_error", note)

    assert errors == []
    assert statuses(texting) == ["sent", "canceled"]


def test_a_stop_is_answered_when_a_long_message_is_known_to_have_left(
    texting: Texting, monkeypatch: pytest.MonkeyPatch
) -> None:
    # However slow this machine is, the stop waits for it.
    monkeypatch.setattr(landing, "LAND_WITHIN_S", 1000)
    number, carrier = "+819000000001", Slow()
    texting.runtime = replace(texting.runtime, provider=carrier)
    long = Rendered("common.help", Language.JA, "r", "長" * 200, "UCS-2", 3)
    with texting.runtime.engine.begin() as connection:
        [conversation] = people(connection, [number])
        outbox.enqueue(connection, conversation, [long], MessageClass.REPLY)
    with ThreadPoolExecutor(2) as pool:
        worker = pool.submit(work, texting.runtime)
        assert carrier.asked.wait(30)
        stopping = pool.submit(stop, texting, number)
        assert not stopping.done()
        carrier.answer.set()
        moment = stopping.result()
        assert statuses(texting)[:1] == ["sent"]
        worker.result()

    assert carrier.reached[0][0] < moment


def test_what_comes_back_to_wait_while_a_stop_is_written_is_taken_back(texting: Texting) -> None:
    number, engine = "+819000000001", texting.runtime.engine
    texting.hears(number, "ヘルプ")
    [message] = transact(engine, lambda connection: claim.claim(connection, 1)).messages
    asked_to_wait = Result(message, "queued", "twilio", retry_in=60)
    with ThreadPoolExecutor(1) as pool, engine.connect() as worker:
        with worker.begin():
            mark(worker, [asked_to_wait])
            stopping = pool.submit(transact, engine, lambda it: recall.outdate(it, [1], "a stop"))
            wait_for_a_lock(engine, stopping)
        stopping.result()

    assert statuses(texting) == ["canceled"]
