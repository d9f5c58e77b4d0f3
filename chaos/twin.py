"""The calm twin: what a Henji to which nothing ever happens answers to the same texts."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Engine, bindparam, event, select

from bot.app import build_runtime, register_sender
from bot.billing import customers
from bot.billing.customer_file import Customer
from bot.chat import OURS, settings_of_a_talk
from bot.dialogue.decision import Heard
from bot.dialogue.effects import Consent
from bot.messaging import inbox
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
from chaos.history import Answer, Inbound, Standing
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
    environment: Mapping[str, str], people: Sequence[Person], texts: Iterable[Inbound], place: Path
) -> tuple[dict[str, Answer], dict[str, Standing]]:
    """Let a calm Henji answer texts in their order, on a database of its own in a folder.

    Returns its answers by SID and where everybody stands in the end, by number.
    """
    runtime = _runtime(environment, place)
    try:
        register(runtime, people)
        answers = {text.sid: _answer(runtime, text) for text in texts}
        return answers, standings(runtime.engine)
    finally:
        runtime.engine.dispose()


def _runtime(environment: Mapping[str, str], place: Path) -> Runtime:
    runtime = build_runtime(settings_of_a_talk(load(environment=environment)))
    engine = connect(f"sqlite:///{place}/twin.sqlite")
    # Nothing happens to it, so nothing need be on the disk.
    event.listen(engine, "connect", lambda made, _: made.execute("PRAGMA synchronous=OFF"))
    metadata.create_all(engine)
    calm = replace(runtime, engine=engine)
    register_sender(calm)
    return calm


def _answer(runtime: Runtime, text: Inbound) -> Answer:
    heard = Heard(PROVIDER, text.sid, text.number, OURS, text.body)
    conversation_id = inbox.receive(runtime, heard)
    assert conversation_id is not None
    inbox.answer_waiting(runtime, conversation_id)
    with runtime.engine.connect() as connection:
        rows = connection.execute(_REPLIES, {"sid": text.sid}).all()
        stopped = connection.execute(_STOPS, {"sid": text.sid}).first() is not None
    # Who stopped already is told nothing and stops nothing.
    replies = tuple((row.script_key, blotted(row.body)) for row in rows)
    return Answer(replies, stopped and bool(replies))


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
