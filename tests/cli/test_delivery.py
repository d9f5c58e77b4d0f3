"""`henji reconcile` and `henji delivery`: what they say, change, and end with."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from sqlalchemy import select

from bot.providers import Answer
from bot.store.tables import inbound_messages
from tests.cli.commands import henji
from tests.fake_wire import answer
from tests.messaging.lines import HANAKO, rows
from tests.messaging.reporting import message_row, told
from tests.people import OURS, Texting
from tests.stand_in import StandIn, standing_in


@pytest.fixture
def twilio() -> Iterator[StandIn]:
    """A stand-in for Twilio, whose list of messages is empty."""
    with standing_in() as stand_in:
        stand_in.otherwise = answers()
        yield stand_in


@pytest.fixture
def environment(environment: dict[str, str], twilio: StandIn) -> dict[str, str]:
    """The settings of a command that asks the stand-in."""
    return {**environment, "TWILIO_API_BASE": twilio.url}


def listed(sid: str, inbound: bool, status: str, minutes_ago: float = 0) -> dict[str, object]:
    at = format_datetime(
        datetime.fromtimestamp(datetime.now(UTC).timestamp() - minutes_ago * 60, UTC)
    )
    return {
        "sid": sid,
        "direction": "inbound" if inbound else "outbound-api",
        "from": HANAKO if inbound else OURS,
        "to": OURS if inbound else HANAKO,
        "body": "配信停止",
        "status": status,
        "error_code": None,
        "date_created": at,
        "date_updated": at,
    }


def answers(*messages: dict[str, object]) -> Answer:
    return answer({"messages": list(messages), "next_page_uri": None})


@pytest.fixture
def long_since(texting: Texting) -> Texting:
    """Somebody was answered, through a sender that is registered since long ago."""
    texting.says(HANAKO, "ヘルプ")
    with texting.runtime.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE senders SET created_at = '2026-01-01'")
    return texting


def test_what_was_never_told_is_set_right(
    long_since: Texting, environment: dict[str, str], twilio: StandIn
) -> None:
    sid = message_row(long_since).provider_sid
    twilio.otherwise = answers(
        listed("SMforeign", False, "delivered", 60),
        listed("SMlost", True, "received", 120),
        listed(sid, False, "delivered"),
    )
    for _ in range(2):
        tried = henji("reconcile", "--dry-run", "--since", "6h", environment=environment)
        assert tried.out.splitlines() == [
            "Statuses that would be set right: 1.",
            "Texts that would be taken in: 1.",
            "Messages under our numbers that we did not send: 1.",
            "SMforeign",
        ]
    assert rows(long_since) == [("sent", None)]

    done = henji("reconcile", environment=environment)
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("Statuses set right: 1.\nTexts taken in: 1.\n")
    assert rows(long_since)[0] == ("sent", "delivered")
    with long_since.runtime.engine.begin() as connection:
        assert len(connection.execute(select(inbound_messages)).all()) == 2
    again = henji("reconcile", environment=environment)
    assert again.out.startswith("Statuses set right: 0.\nTexts taken in: 0.\n")


def test_a_list_that_does_not_come_is_told(
    texting: Texting, environment: dict[str, str], twilio: StandIn
) -> None:
    twilio.otherwise = answer({}, 500)
    ended = henji("reconcile", environment=environment)

    assert ended.status == 1
    assert ended.err.startswith("henji: the provider's list cannot be read: ")
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize("since", ["", "2", "0d", "-1d", "401d", "1y", "９d", "9999999d"])
def test_a_time_that_is_none_is_a_wrong_call(since: str) -> None:
    ended = henji("reconcile", "--since", since)

    assert (ended.status, ended.out) == (2, "")
    assert "such as 90m, 6h or 2d" in ended.err


def test_what_became_of_messages_is_printed(
    long_since: Texting, environment: dict[str, str]
) -> None:
    told(long_since, "undelivered", 30006, carrier="docomo")
    henji("reconcile", "--since", "1h", environment=environment)
    ended = henji("delivery", "--days", "1", environment=environment)

    assert ended.status == 0
    assert ended.out.splitlines() == [
        "sender\tcarrier\tstatus\terror\tmessages",
        f"{OURS}\tdocomo\tundelivered\t30006\t1",
        "",
        "script\tsent\tarrived\tanswered\tmedian seconds to the answer",
        "common.help\t1\t0%\t0%\t-",
    ]
    assert HANAKO not in ended.out
