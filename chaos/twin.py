"""The calm twin: what a Henji to which nothing ever happens answers to the same texts, had they
come to it when they came to the other."""

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, bindparam, event, select
from structlog.testing import capture_logs

from bot.app import build_runtime, register_sender
from bot.billing import customers
from bot.billing.customer_rows import Customer
from bot.dialogue.decision import Heard
from bot.dialogue.effects import Consent
from bot.messaging import inbox
from bot.messaging.answering import waiting
from bot.rehearsal.stage import OURS, settings_of_a_talk
from bot.runtime import Runtime
from bot.settings import load
from bot.store.session import connect, transact
from bot.store.tables import (
    consent_events,
    contacts,
    conversations,
    inbound_messages,
    metadata,
    outbound_messages,
)
from chaos.history import Answer, Inbound, Kept, Standing
from chaos.people import Person

PROVIDER = "twilio"
# What differs from day to day and from link to link.
_CHANGING = (
    (re.compile(r"/([op])/[\w-]+"), r"/\1/…"),
    (re.compile(r"[0-9]+月[0-9]+日|[0-9]+/[0-9]+ [0-9]+:[0-9]+"), "○"),
    (re.compile(r"[A-Z][a-z]{2} [0-9]+(, [0-9]+:[0-9]+)?"), "○"),
)


def blotted(text: str) -> str:
    """A text without its links, days and moments, so that it can be compared."""
    for changing, blot in _CHANGING:
        text = changing.sub(blot, text)
    return text


def register(runtime: Runtime, people: Iterable[Person]) -> None:
    """Give the customers among people their accounts."""
    found = [_customer(line, one) for line, one in enumerate(people) if one.digits]
    transact(runtime.engine, lambda connection: customers.keep(connection, runtime.vault, found))


def _customer(line: int, one: Person) -> Customer:
    number = f"1{line:05}{one.digits}"
    return Customer(line, one.number, number, "山田 花子", None, one.due, "JPY", None)


def replay(
    environment: Mapping[str, str],
    people: Sequence[Person],
    texts: Iterable[Inbound],
    kept: Iterable[Kept],
    place: Path,
) -> tuple[dict[str, Answer], dict[str, Standing]]:
    """Let a calm Henji hear what was kept, in that order and each text at its moment, on a database
    of its own in a folder.

    Returns its answers by SID and where everybody stands in the end, by number.
    """
    by_sid = {text.sid: text for text in texts}
    clock = Clock()
    runtime = _runtime(environment, place, clock)
    try:
        register(runtime, people)
        answers = {}
        # What it has to say of the flow that breaks is of no interest.
        with capture_logs():
            for one in kept:
                if not one.overtaken and one.sid in by_sid:
                    clock.go_to(one.at)
                    answers[one.sid] = _answer(runtime, by_sid[one.sid], one)
        return answers, standings(runtime.engine)
    finally:
        runtime.engine.dispose()


class Clock:
    """The time of the twin's database, which is all the time it knows; it never goes back.

    What is answered may depend on when it came: codes are locked for minutes, questions stay open
    for days, and thirty texts are a flood within a minute and none within an hour.
    """

    def __init__(self) -> None:
        self._now = 0.0
        self._plain = sqlite3.connect(":memory:", check_same_thread=False)

    def go_to(self, moment: float) -> None:
        """Let it be so late, in Unix seconds."""
        self._now = max(self._now, moment)

    def show(self, connection: sqlite3.Connection, _: object = None) -> None:
        """Be the clock of a connection."""
        connection.create_function("strftime", -1, self._strftime)

    def _strftime(self, form: str, moment: str, *changes: str) -> str:
        """SQLite's own function, but for what it takes for now."""
        if moment == "now":
            moment = datetime.fromtimestamp(self._now, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        marks = ", ".join("?" * (2 + len(changes)))
        (told,) = self._plain.execute(f"SELECT strftime({marks})", (form, moment, *changes))
        return str(told[0])


def _runtime(environment: Mapping[str, str], place: Path, clock: Clock) -> Runtime:
    runtime = build_runtime(settings_of_a_talk(load(environment=environment)))
    engine = connect(f"sqlite:///{place}/twin.sqlite")
    # Nothing happens to it, so nothing need be on the disk.
    event.listen(engine, "connect", lambda made, _: made.execute("PRAGMA synchronous=OFF"))
    event.listen(engine, "connect", clock.show)
    metadata.create_all(engine)
    calm = replace(runtime, engine=engine)
    register_sender(calm)
    return calm


def _answer(runtime: Runtime, text: Inbound, kept: Kept) -> Answer:
    heard = Heard(PROVIDER, text.sid, text.number, OURS, text.body, written_at=kept.written_at)
    conversation_id = inbox.receive(runtime, heard)
    assert conversation_id is not None
    # A text that breaks a flow has three tries, and is given up.
    for _ in range(waiting.MOST_ATTEMPTS):
        inbox.answer_waiting(runtime, conversation_id)
    with runtime.engine.connect() as connection:
        rows = connection.execute(_REPLIES, {"sid": text.sid}).all()
        stopped = connection.execute(_STOPS, {"sid": text.sid}).first() is not None
    replies = tuple((row.script_key, blotted(row.body)) for row in rows)
    # Who stopped already is told nothing and stops nothing; a late stop is obeyed in silence.
    return Answer(replies, stopped and bool(replies or kept.written_at))


def standings(engine: Engine) -> dict[str, Standing]:
    """Where everybody stands, by number."""
    steps: dict[str, list[tuple[object, ...]]] = defaultdict(list)
    with engine.connect() as connection:
        for row in connection.execute(_STEPS):
            steps[row.number].append(tuple(row)[1:])
        states = connection.execute(_STATES).all()
    return {
        row.number: Standing((*tuple(row)[1:-1], str(row.slots)), tuple(steps[row.number]))
        for row in states
    }


_REPLIES = (
    select(outbound_messages.c.script_key, outbound_messages.c.body)
    .join(inbound_messages, inbound_messages.c.id == outbound_messages.c.inbound_id)
    .where(inbound_messages.c.provider_sid == bindparam("sid"))
    .order_by(outbound_messages.c.id)
)
_STOPS = select(consent_events.c.id).where(
    consent_events.c.provider_sid == bindparam("sid"),
    consent_events.c.consent == Consent.STOPPED,
    consent_events.c.purpose.is_(None),
)
_STEPS = (
    select(
        contacts.c.number,
        consent_events.c.consent,
        consent_events.c.purpose,
        consent_events.c.method,
        consent_events.c.rule,
        consent_events.c.script_key,
        consent_events.c.provider_sid,
    )
    .join(contacts, contacts.c.id == consent_events.c.contact_id)
    .order_by(consent_events.c.id)
)
_STATES = select(
    contacts.c.number,
    conversations.c.consent,
    conversations.c.language,
    conversations.c.language_chosen,
    conversations.c.flow,
    conversations.c.state,
    conversations.c.misunderstood,
    conversations.c.helped_since_stop,
    conversations.c.slots,
).join(contacts, contacts.c.id == conversations.c.contact_id)
