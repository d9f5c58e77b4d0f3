"""A publication in the midst of traffic: no answer mixes two editions, and all soon have it."""

import itertools
import threading
import time
from collections import defaultdict

import pytest
from sqlalchemy import select

from bot.dialogue.decision import Heard
from bot.messaging.inbox import Inbox
from bot.runtime import Runtime
from bot.store.tables import outbound_messages
from tests.people import OURS
from tests.scripts.publishing import EN, JA, draft, publish, says

PEOPLE, TEXTERS = 120, 4
# Both are said in one answer to who asks for a balance and is not known.
FIRST, SECOND = "balance.not_registered", "onboarding.consent"


def keep_publishing(runtime: Runtime, over: threading.Event) -> None:
    """Change both scripts to the same words, again and again."""
    for version in itertools.takewhile(lambda _: not over.is_set(), itertools.count(1)):
        words = says(f"【{{brand}}】第{version}版です。")
        changes = {(key, language): words for key in (FIRST, SECOND) for language in (JA, EN)}
        publish(runtime, draft(runtime, changes))
        runtime.shelf.look(runtime.engine)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_no_answer_mixes_two_editions(runtime: Runtime) -> None:
    inbox, over = Inbox(runtime), threading.Event()
    numbers = [f"+8190000{n:05}" for n in range(PEOPLE)]

    def text(mine: list[str]) -> None:
        for number in mine:
            inbox.hear(Heard("twilio", f"SM{number}", number, OURS, "残高"))

    changer = threading.Thread(target=keep_publishing, args=(runtime, over))
    texters = [threading.Thread(target=text, args=(numbers[n::TEXTERS],)) for n in range(TEXTERS)]
    for thread in (changer, *texters):
        thread.start()
    for thread in texters:
        thread.join()
    over.set()
    changer.join()

    said = defaultdict(list)
    with runtime.engine.connect() as connection:
        for row in connection.execute(select(outbound_messages)):
            said[row.inbound_id].append(row)
    assert len(said) == PEOPLE
    for rows in said.values():
        assert {row.script_key for row in rows} == {FIRST, SECOND}
        assert len({row.publication_id for row in rows}) == 1
        assert len({row.body for row in rows}) == (1 if rows[0].publication_id else 2)
    assert len({rows[0].publication_id for rows in said.values()}) > 1


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_process_that_watches_has_a_publication_within_two_seconds(runtime: Runtime) -> None:
    over = threading.Event()
    watching = runtime.shelf.watch(runtime.engine, over)
    number = publish(runtime, draft(runtime, {("common.help", JA): says("【{brand}】案内です。")}))
    until = time.monotonic() + 10
    while runtime.edition.publication != number and time.monotonic() < until:
        over.wait(0.02)
    over.set()
    watching.join()

    assert runtime.edition.publication == number
