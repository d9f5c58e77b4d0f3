"""`henji doctor` on senders: how texts and stops reach us, and what a sender cannot do."""

import pytest
from sqlalchemy import update

from bot.runtime import Runtime
from bot.store.columns import seconds_from_now
from bot.store.tables import (
    senders,
)
from tests.cli.commands import henji
from tests.cli.doctor.examining import HANAKO, examined, troubles
from tests.people import Texting

UNFIT = [
    ({"approval": "requested"}, "is in use, but its approval is only requested"),
    ({"approval": "refused"}, "is in use, but its approval is only refused"),
    ({"retired_at": seconds_from_now(-60)}, "No sender is in use: henji senders enable one of"),
    ({"enabled_at": None}, "No sender is in use: henji senders enable one of"),
]


@pytest.mark.parametrize(("state", "sentence"), UNFIT)
@pytest.mark.usefixtures("clock")
def test_a_sender_that_cannot_do_its_work_is_noticed(
    healthy: dict[str, str], runtime: Runtime, state: dict[str, object], sentence: str
) -> None:
    with runtime.engine.begin() as connection:
        connection.execute(update(senders).values(**state))

    (found,) = examined(healthy)
    assert sentence in found
    assert "+8150****0001" in found


@pytest.mark.usefixtures("clock")
def test_a_sender_that_drops_replies_must_name_a_telephone(
    healthy: dict[str, str], runtime: Runtime
) -> None:
    with runtime.engine.begin() as connection:
        connection.execute(update(senders).values(inbound="drop"))

    ended = henji("doctor", environment=healthy)
    assert troubles(ended) == []
    assert "ok Replies to +8150****0001 are dropped: people can stop by telephone." in ended.out
    assert any(
        "nobody can stop it" in one for one in examined(healthy | {"HENJI_SUPPORT_PHONE": ""})
    )


@pytest.mark.usefixtures("clock", "runtime")
def test_how_texts_and_stops_reach_us_is_told(healthy: dict[str, str]) -> None:
    assert (
        "ok STOP is heard for +8150****0001, by reply, link, telephone; its texts must come to"
        " https://sms.example.com/webhooks/twilio/messages.\n"
    ) in henji("doctor", environment=healthy).out


@pytest.mark.usefixtures("clock")
def test_scripts_that_leave_only_a_reply_are_named_where_that_is_dear_or_lost(
    healthy: dict[str, str], runtime: Runtime
) -> None:
    with runtime.engine.begin() as connection:
        connection.execute(update(senders).values(route="international"))
    (found,) = examined(healthy)
    assert found.startswith("A reply to +8150****0001 goes abroad and costs more, yet ")
    assert "such as balance.answer, " in found

    with runtime.engine.begin() as connection:
        connection.execute(update(senders).values(inbound="drop"))
    ended = henji("doctor", environment=healthy)
    assert troubles(ended) == []
    assert "ok Send none of these from +8150****0001: " in ended.out


@pytest.mark.usefixtures("clock")
def test_a_name_is_told_whole_for_it_is_nobodys_number(
    healthy: dict[str, str], runtime: Runtime
) -> None:
    with runtime.engine.begin() as connection:
        connection.execute(update(senders).values(number="MYBRAND", inbound="drop"))

    assert "ok Replies to MYBRAND are dropped" in henji("doctor", environment=healthy).out


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ({"inbound": "drop"}, "is to drop replies, yet texts reached it in the last 7 days: 1"),
        ({"retired_at": seconds_from_now(-60)}, "is retired, yet texts reached it"),
    ],
)
@pytest.mark.usefixtures("clock")
def test_texts_to_a_sender_that_should_get_none_are_noticed(
    healthy: dict[str, str], texting: Texting, state: dict[str, object], sentence: str
) -> None:
    texting.says(HANAKO, "ヘルプ")
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(senders).values(**state))

    assert any(sentence in found for found in examined(healthy))
