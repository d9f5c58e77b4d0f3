"""One transaction keeps a text and answers it; where the answer fails, the text is still kept."""

import threading
from dataclasses import replace

import pytest
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import event, insert, select

from bot.app import create_app
from bot.dialogue.turn import Turn
from bot.messaging import doorbell
from bot.store.session import connect
from bot.store.tables import conversations, inbound_messages, outbound_messages, senders
from tests.messaging.broken_flows import talks_too_long
from tests.people import OURS, Texting

HANAKO = "+819000000001"


def statuses(texting: Texting) -> list[tuple[str, int]]:
    """Status and failed attempts of every inbound text."""
    columns = (inbound_messages.c.status, inbound_messages.c.attempts)
    with texting.runtime.engine.begin() as connection:
        return [tuple(row) for row in connection.execute(select(*columns))]  # type: ignore[misc]


def test_a_flow_that_fails_leaves_a_text_and_no_half_answer(
    texting: Texting, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(flow: object, trigger: str, turn: Turn) -> bool:
        turn.say("requested")
        raise ZeroDivisionError

    monkeypatch.setattr(type(texting.runtime.flows["handover"]), "step", broken)

    assert texting.hears(HANAKO, "相談").status_code == 200
    assert statuses(texting) == [("waiting", 1)]
    with texting.runtime.engine.begin() as connection:
        assert connection.execute(select(outbound_messages)).all() == []


# SQLite takes texts of any length.
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_an_answer_that_the_database_refuses_is_a_failed_attempt(
    texting: Texting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(type(texting.runtime.flows["handover"]), "step", talks_too_long)

    assert texting.hears(HANAKO, "相談").status_code == 200
    assert statuses(texting) == [("waiting", 1)]


def test_without_the_database_a_text_is_given_back_after_one_try(texting: Texting) -> None:
    nowhere = connect("postgresql+psycopg://127.0.0.1:1/henji")
    tries: list[object] = []
    event.listen(nowhere, "do_connect", lambda *_: tries.append(_[-1]))
    away = replace(texting.runtime, engine=nowhere)
    texting.client = create_app(away).test_client()

    assert texting.hears(HANAKO, "ヘルプ").status_code == 503
    assert len(tries) == 1


def test_a_person_at_two_of_our_numbers_has_two_conversations(texting: Texting) -> None:
    other = "+815000000002"
    with texting.runtime.engine.begin() as connection:
        connection.execute(insert(senders).values(number=other))
    for ours in (OURS, other, OURS):
        assert texting.hears(HANAKO, "ヘルプ", To=ours).status_code == 200

    with texting.runtime.engine.begin() as connection:
        rows = connection.execute(select(conversations.c.sender_id, conversations.c.contact_id))
        assert sorted(tuple(row) for row in rows) == [(1, 1), (2, 1)]


def test_a_drain_whose_time_is_over_leaves_the_rest_to_a_new_job(
    texting: Texting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doorbell, "LONGEST_DRAIN_S", -1)
    texting.hears(HANAKO, "ヘルプ")
    queue = Queue(doorbell.QUEUE, connection=texting.runtime.redis, serializer=JSONSerializer)
    queue.empty()
    doorbell.drain(texting.runtime, threading.Event())

    assert queue.count == 1
    with texting.runtime.engine.begin() as connection:
        kept = connection.execute(select(outbound_messages.c.status)).scalars().all()
    assert kept == ["queued"]
