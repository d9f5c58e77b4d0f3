"""The queues of staff on both kinds of database: every line once, in order, within a scope."""

import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import insert, select, update

from bot import alerts
from bot.alerts import Kind
from bot.dialogue.holds import HoldKind
from bot.messaging.sending.undecided import undecided
from bot.overview import queues
from bot.overview.indexing import Indexing
from bot.overview.queues import Queue
from bot.runtime import Runtime
from bot.staff import departments
from bot.staff.departments import Scope
from bot.store.tables import contacts, conversations, outbound_messages, senders
from tests.people import Texting

PEOPLE = ("+819000000001", "+819000000002", "+819000000003")
EVERYTHING, OURS, OTHERS = Scope(), Scope(1), Scope(2)


def wait_in_every_queue(runtime: Runtime, texting: Texting) -> None:
    """Each of three people has something in each queue; the sender is the first department's."""
    for number in PEOPLE:
        for text in ("オペレーターと話したい", "弁護士に相談しました", "しつこい"):
            texting.says(number, text)
    with runtime.engine.begin() as connection:
        connection.execute(insert(senders).values(number="+815012345679", brand="みどり"))
        for name, own in (("ours", [1]), ("others", [2])):
            departments.change(connection, departments.add(connection, name), name, own)
        first = select(outbound_messages.c.conversation_id, outbound_messages.c.id)
        newest = {row.conversation_id: row.id for row in connection.execute(first)}
        these = update(outbound_messages).where(outbound_messages.c.id.in_(newest.values()))
        connection.execute(these.values(status="failed"))
        for conversation_id in newest:
            ours = select(conversations.c.sender_id).where(conversations.c.id == conversation_id)
            one = ours.scalar_subquery()
            alerts.alert(connection, Kind.LOOP, str(conversation_id), "It is silent.", one)
        alerts.alert(connection, Kind.ACCOUNT, "account", "The key is wrong.")
    indexing = Indexing(looked_at_flags=-1e9)
    while indexing(runtime, threading.Event()) == 0.0:
        pass


def walked(read: Callable[[str], tuple[Any, str | None]]) -> list[Any]:
    """Every line of a queue, a page of one at a time."""
    found, after = [], ""
    while True:
        rows, following = read(after)
        found += rows
        if following is None:
            return found
        assert len(rows) == 1
        after = following


def test_each_queue_holds_every_line_once_and_in_order(runtime: Runtime, texting: Texting) -> None:
    wait_in_every_queue(runtime, texting)
    with runtime.engine.connect() as connection:

        def people(after: str) -> tuple[Any, str | None]:
            page = queues.people(connection, OURS, after, 1)
            return page.rows, page.next

        def questions(after: str) -> tuple[Any, str | None]:
            page = queues.questions(connection, OURS, after, 1)
            return page.rows, page.next

        def open_alerts(after: str) -> tuple[Any, str | None]:
            page = queues.open_alerts(connection, OURS, after, 1)
            return page.rows, page.next

        def holds(after: str) -> tuple[Any, str | None]:
            return queues.to_review(connection, OURS, HoldKind.LAWYER, after, 1)

        assert [row.number for row in walked(people)] == list(PEOPLE)
        assert [row.number for row in walked(questions)] == list(PEOPLE)
        assert [one.hold.number for one in walked(holds)] == list(PEOPLE)
        assert [row.subject for row in walked(open_alerts)] == ["3", "2", "1"]
        failed = undecided(connection, limit=2, scope=OURS)
        rest = undecided(connection, before=failed[-1].id, scope=OURS)
        assert [one.number for one in (*failed, *rest)] == list(PEOPLE)[::-1]


def test_a_scope_bounds_every_queue_and_its_number(runtime: Runtime, texting: Texting) -> None:
    wait_in_every_queue(runtime, texting)
    with runtime.engine.connect() as connection:
        every = queues.counts(connection, EVERYTHING)
        assert queues.counts(connection, OURS) == {**every, Queue.ALERTS: 3}
        assert every == dict.fromkeys(Queue, 3) | {Queue.ALERTS: 4}
        assert set(queues.counts(connection, OTHERS).values()) == {0}
        assert queues.people(connection, OTHERS).rows == []
        assert queues.to_review(connection, OTHERS) == ([], None)
        assert undecided(connection, scope=OTHERS) == []
        person = connection.execute(select(contacts.c.id).limit(1)).scalar_one()
        assert queues.conversation_with(connection, OTHERS, person) is None
