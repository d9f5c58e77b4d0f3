"""Many rows are written by one statement, and come back as they went in."""

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, insert, select

from bot.store import bulk
from bot.store.tables import contacts, conversations, inbound_messages, senders

KEY = ("provider", "provider_sid")


def text(sid: str, body: str = "残高") -> dict[str, object]:
    return {
        "provider": "twilio", "provider_sid": sid, "sender": "+819000000001",
        "recipient": "+815000000001", "body": body, "status": "waiting", "intent": None,
    }  # fmt: skip


def conversation(engine: Engine) -> int:
    with engine.begin() as connection:
        sender = connection.execute(insert(senders).values(number="+815000000001"))
        contact = connection.execute(insert(contacts).values(number="+819000000001"))
        ids = {
            "sender_id": sender.inserted_primary_key[0],
            "contact_id": contact.inserted_primary_key[0],
        }
        made = connection.execute(insert(conversations).values(**ids, language="ja"))
        return int(made.inserted_primary_key[0])


def test_rows_that_exist_are_left_as_they_are_and_the_others_inserted(engine: Engine) -> None:
    with engine.begin() as connection:
        bulk.insert_once(connection, inbound_messages, KEY, [text("SM1", "first")])
        bulk.insert_once(connection, inbound_messages, KEY, [text("SM2"), text("SM1", "again")])
        rows = connection.execute(select(inbound_messages)).all()
    assert {row.provider_sid: row.body for row in rows} == {"SM1": "first", "SM2": "残高"}
    assert {(row.attempts, bool(row.created_at)) for row in rows} == {(0, True)}


def test_a_change_reaches_its_row_alone_with_every_kind_of_value(engine: Engine) -> None:
    this = conversation(engine)
    moment = datetime(2026, 4, 1, 9, 30, tzinfo=timezone(timedelta(hours=9)))
    slots = {"tries": 2, "名": ["な\"'", None]}
    new = {
        "id": this, "language_chosen": True, "slots": slots, "held_since": moment,
        "spoke_at": None, "misunderstood": 3, "flow": "balance",
    }  # fmt: skip
    with engine.begin() as connection:
        bulk.update_by_id(connection, conversations, [new])
        row = connection.execute(select(conversations)).one()
    assert {name: getattr(row, name) for name in new} == new


def test_nothing_to_write_asks_nothing_of_the_database(engine: Engine) -> None:
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *each: asked.append(each[2]))
    with engine.begin() as connection:
        bulk.insert_once(connection, inbound_messages, KEY, [])
        bulk.update_by_id(connection, conversations, [])
    assert [statement for statement in asked if "BEGIN" not in statement] == []


def test_what_json_cannot_say_is_a_bug_that_shows(engine: Engine) -> None:
    with engine.begin() as connection, pytest.raises(TypeError, match="set"):
        bulk.update_by_id(connection, conversations, [{"id": 1, "slots": {1, 2}}])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.text(st.characters(exclude_characters="\0", codec="utf-8")), max_size=8))
def test_any_words_come_back_as_they_went_in(engine: Engine, bodies: list[str]) -> None:
    rows = [text(f"SM{place}", body) for place, body in enumerate(bodies)]
    with engine.connect() as connection, connection.begin() as undone:
        bulk.insert_once(connection, inbound_messages, KEY, rows)
        found = connection.execute(
            select(inbound_messages.c.body).order_by(inbound_messages.c.provider_sid)
        )
        assert list(found.scalars()) == bodies
        undone.rollback()
