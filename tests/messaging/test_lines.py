"""The line of a conversation: one message at a time in the order of their ids, whatever comes back.

PostgreSQL and SQLite alike, for the heads of line are found by one statement.
"""

from collections.abc import Sequence

import pytest
from sqlalchemy import select, update

from bot import alerts, errors
from bot.alerts import Kind
from bot.compliance import countries
from bot.messaging.reports import retries
from bot.messaging.sending import claim
from bot.messaging.sending.attempts import Claimed
from bot.store.columns import seconds_from_now
from bot.store.session import transact
from bot.store.tables import contacts, outbound_messages
from tests.carrier import Carrier
from tests.messaging.campaign import DAY, NIGHT, people, queue
from tests.messaging.lines import HANAKO, TARO, statuses
from tests.messaging.reporting import message_row, told
from tests.people import Texting


@pytest.fixture
def night(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is night everywhere."""
    monkeypatch.setattr(countries, "shipped", lambda: NIGHT)


def remind(texting: Texting, times: int, number: str = HANAKO) -> list[int]:
    """So many reminders in the line of a new person."""
    with texting.runtime.engine.begin() as connection:
        [one] = people(connection, [number])
        return [queue(connection, one, body=f"お支払期日 {turn}") for turn in range(times)]


def take(texting: Texting) -> Sequence[Claimed]:
    return transact(texting.runtime.engine, lambda one: claim.claim(one, 100)).messages


def fall_due(texting: Texting) -> None:
    """What waits is due at one moment, as at the end of a night."""
    with texting.runtime.engine.begin() as connection:
        queued = update(outbound_messages).where(outbound_messages.c.status == "queued")
        connection.execute(queued.values(not_before=seconds_from_now(-1)))


def test_what_waited_for_the_morning_leaves_one_after_the_other(
    texting: Texting, monkeypatch: pytest.MonkeyPatch, night: None
) -> None:
    first, second = remind(texting, 2)
    texting.sends()
    assert statuses(texting) == ["queued", "queued"]
    monkeypatch.setattr(countries, "shipped", lambda: DAY)
    fall_due(texting)

    assert [one.id for one in take(texting)] == [first]
    assert take(texting) == []
    assert statuses(texting) == ["sending", "queued"]
    assert second > first


@pytest.mark.parametrize("fate", ["sending", "unknown"])
def test_what_comes_back_waits_for_what_left_after_it(
    texting: Texting, carrier: Carrier, fate: str
) -> None:
    remind(texting, 1)
    texting.sends()
    told(texting, "undelivered", 30003)
    conversation = message_row(texting).conversation_id
    with texting.runtime.engine.begin() as connection:
        queue(connection, conversation, body="次のお知らせ")
    if fate == "unknown":
        carrier.answers_lost.append(errors.Uncertain("reset"))
        texting.sends()
    else:
        take(texting)
    with texting.runtime.engine.begin() as connection:
        connection.execute(
            update(outbound_messages)
            .where(outbound_messages.c.retry_at.is_not(None))
            .values(retry_at=seconds_from_now(-1))
        )
    assert transact(texting.runtime.engine, retries.requeue_due) == 1

    assert statuses(texting) == ["queued", fate]
    assert take(texting) == []


def test_a_message_that_cannot_be_judged_stops_nobody_else(
    texting: Texting, carrier: Carrier
) -> None:
    [strange] = remind(texting, 1)
    with texting.runtime.engine.begin() as connection:
        # As newer code may have written it, while this is still at work during a deploy.
        connection.execute(update(outbound_messages).values(message_class="novelty"))
    remind(texting, 1, TARO)
    texting.sends()

    assert [message.recipient for message in carrier.accepted] == [TARO]
    assert statuses(texting) == ["queued", "sent"]
    with texting.runtime.engine.begin() as connection:
        row = connection.execute(select(outbound_messages)).first()
        [alert] = alerts.unsettled(connection)
    assert row is not None
    assert "ValueError" in row.reason
    assert (alert.kind, alert.subject) == (Kind.OUTBOX, f"message {strange}")


# SQLite locks everything at once.
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_lane_without_a_free_person_leaves_the_others_alone(
    texting: Texting, carrier: Carrier
) -> None:
    """Who is being answered, or stops, is locked; their reminder waits for the next round."""
    engine = texting.runtime.engine
    remind(texting, 1, HANAKO)
    remind(texting, 1, TARO)
    with engine.begin() as elsewhere:
        contact = select(contacts.c.id).where(contacts.c.number == HANAKO).with_for_update()
        elsewhere.execute(contact)
        texting.sends()
        assert [message.recipient for message in carrier.accepted] == [TARO]
    texting.sends()

    assert statuses(texting) == ["sent", "sent"]
