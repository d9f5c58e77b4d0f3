"""`henji doctor` on what waits: people, texts, messages, holds and alerts."""

import pytest
from sqlalchemy import Engine, insert, update

from bot.alerts import Kind, alert
from bot.errors import Refused
from bot.runtime import Runtime
from bot.store.columns import seconds_from_now
from bot.store.session import transact
from bot.store.tables import (
    alerts,
    conversations,
    inbound_messages,
    outbound_messages,
)
from tests.carrier import Carrier
from tests.cli.commands import henji
from tests.cli.doctor.examining import HANAKO, examined, troubles
from tests.people import OURS, Texting

OTHER = "+819000000002"


@pytest.mark.usefixtures("clock")
def test_a_text_to_a_number_that_is_not_ours_shows_masked(
    healthy: dict[str, str], texting: Texting
) -> None:
    for sid in ("SMa", "SMb"):
        texting.hears(HANAKO, "残高", sid=sid, To="+815012345678")

    assert examined(healthy) == [
        "Texts in the last 7 days to numbers that are no sender here: 2 (+8150****5678: 2)."
    ]


@pytest.mark.usefixtures("clock")
def test_who_asked_for_a_person_still_waits(healthy: dict[str, str], texting: Texting) -> None:
    texting.says(HANAKO, "相談")
    texting.says("+819000000002", "相談")
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(conversations).values(person_wanted_at=seconds_from_now(-7300)))

    assert examined(healthy) == ["Conversations that wait for a person: 2, the oldest for 2 hours."]


@pytest.mark.usefixtures("clock")
def test_an_open_question_about_a_stop_is_shown(healthy: dict[str, str], texting: Texting) -> None:
    texting.says("+819000000001", "配信停止しないで")

    [told] = examined(healthy)
    assert told.startswith("Conversations held by an open question about a stop: 1, ")


@pytest.mark.usefixtures("clock")
def test_messages_that_did_not_leave_are_counted(
    healthy: dict[str, str], texting: Texting, carrier: Carrier
) -> None:
    carrier.faults = [Refused("no", 30003)]
    texting.says(HANAKO, "ヘルプ")
    for status, number in (("parked", 2), ("unknown", 3)):
        texting.says(f"+81900000000{number}", "ヘルプ")
        _restate(texting.runtime.engine, status)
    texting.hears("+819000000004", "ヘルプ")
    with texting.runtime.engine.begin() as connection:
        connection.execute(
            update(outbound_messages)
            .where(outbound_messages.c.status == "queued")
            .values(not_before=seconds_from_now(-300))
        )

    assert examined(healthy) == [
        "Messages that wait to leave: 1, the oldest for 5 minutes; is a worker running?",
        "Messages in the last 7 days that could not be sent: 1 (code 30003: 1).",
        "Messages in the last 7 days that perhaps left, being looked up: 1.",
        "Messages in the last 7 days that perhaps left, for a person to decide on: 1;"
        " see henji outbox list.",
    ]


def _restate(engine: Engine, status: str) -> None:
    with engine.begin() as connection:
        connection.execute(
            update(outbound_messages)
            .where(outbound_messages.c.status == "sent")
            .values(status=status)
        )


@pytest.mark.usefixtures("clock")
def test_texts_that_were_not_answered_are_counted(
    healthy: dict[str, str], texting: Texting
) -> None:
    for sid, status, age in (("SMa", "failed", 60), ("SMb", "waiting", 180), ("SMc", "ignored", 5)):
        with texting.runtime.engine.begin() as connection:
            connection.execute(
                insert(inbound_messages).values(
                    provider="twilio",
                    provider_sid=sid,
                    sender=HANAKO,
                    recipient=OURS,
                    body="himitsu",
                    status=status,
                    created_at=seconds_from_now(-age),
                )
            )

    ended = henji("doctor", environment=healthy)

    assert troubles(ended) == [
        "Texts in the last 7 days that a flow failed to answer: 1; see flow.failed in the log.",
        "Texts that wait for an answer: 1, the oldest for 3 minutes.",
    ]
    assert "senders that cannot be answered: 1." in ended.out
    assert "himitsu" not in ended.out


@pytest.mark.usefixtures("clock")
def test_what_happened_long_ago_is_over(healthy: dict[str, str], texting: Texting) -> None:
    texting.hears(HANAKO, "残高", To="+815012345678")
    with texting.runtime.engine.begin() as connection:
        connection.execute(
            update(inbound_messages).values(created_at=seconds_from_now(-8 * 24 * 3600))
        )

    assert examined(healthy) == []


def test_holds_that_wait_for_a_review_are_counted(
    healthy: dict[str, str], texting: Texting
) -> None:
    for number, text in ((HANAKO, "人違いです"), (HANAKO, "弁護士に相談"), (OTHER, "自己破産")):
        texting.says(number, text)
    texting.says(OTHER, "来月末に払います")

    assert (
        "Holds that wait for a person to review them: a lawyer or insolvency was named: 2,"
        " the number belongs to somebody else: 1; see henji holds list."
    ) in examined(healthy)


@pytest.mark.usefixtures("clock")
def test_alerts_that_our_own_system_did_not_take_are_counted(
    healthy: dict[str, str], engine: Engine, runtime: Runtime
) -> None:
    told = {**healthy, "HENJI_ALERT_URL": "https://ops.example.com/alerts"}
    transact(engine, lambda it: alert(it, Kind.ACCOUNT, "account", "It is suspended."))
    assert examined(told) == examined(healthy)
    with engine.begin() as connection:
        connection.execute(update(alerts).values(tell_attempts=1))

    (found,) = set(examined(told)) - set(examined(healthy))
    assert found.startswith(
        "Alerts of this week that the system at HENJI_ALERT_URL did not take: 1;"
    )
