"""Texts that never reached us: taken in, in order, and never answered out of the blue."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bot.dialogue.turn import Turn
from bot.dialogue.vocabulary import Intent
from bot.errors import Uncertain
from bot.messaging.reconciling import missed, night
from bot.messaging.rounds import rounds
from bot.store.columns import seconds_from_now
from bot.store.tables import (
    clock_rounds,
    consent_events,
    conversations,
    inbound_messages,
    purpose_consents,
)
from tests.archive import Archive
from tests.messaging.lines import HANAKO, TARO
from tests.messaging.reporting import kept
from tests.people import OURS, Texting, add_customer

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def archive(texting: Texting) -> Archive:
    """The carrier of `texting`, and what it keeps."""
    archive = Archive()
    texting.runtime = replace(texting.runtime, provider=archive)
    return archive


def takes_in(texting: Texting, archive: Archive) -> list[str]:
    """Take in what never came, as the rounds do; returns the scripts that were sent for it."""
    now = datetime.now(UTC)
    begin, end = now - timedelta(days=2), now - missed.GRACE
    texts = missed.missed(texting.runtime, archive, OURS, begin, end)
    missed.take_in(texting.runtime, texts, lambda: True)
    texting.sends()
    return texting.new_keys()


def consents(texting: Texting) -> list[str]:
    return [row.consent for row in kept(texting, consent_events)]


def pretend(texting: Texting, ago: timedelta) -> None:
    """Let all that came in so far have come in so long ago."""
    with texting.runtime.engine.begin() as connection:
        past = seconds_from_now(-ago.total_seconds())
        connection.execute(update(inbound_messages).values(created_at=past))


def test_texts_are_answered_in_the_order_they_were_written(
    texting: Texting, archive: Archive
) -> None:
    add_customer(texting.runtime, HANAKO, "10001234", due=12800)
    archive.page_size = 1
    archive.received(HANAKO, "1234", "SM2", 2 * MINUTE)
    archive.received(HANAKO, "残高", "SM1", 3 * MINUTE)
    archive.received(TARO, "ヘルプ", "SM3", 4 * MINUTE)

    keys = takes_in(texting, archive)
    assert keys == ["common.help", "balance.ask_digits", "balance.answer", "onboarding.consent"]
    assert [row.provider_sid for row in kept(texting, inbound_messages)] == ["SM3", "SM1", "SM2"]
    assert kept(texting, inbound_messages)[2].body == "••••"


def test_what_came_by_its_webhook_is_not_taken_in_again(texting: Texting, archive: Archive) -> None:
    assert texting.says(HANAKO, "ヘルプ", sid="SM1") == ["common.help"]
    archive.received(HANAKO, "ヘルプ", "SM1", 2 * MINUTE)
    assert takes_in(texting, archive) == []

    archive.received(HANAKO, "ヘルプ", "SM2", 2 * MINUTE)
    takes_in(texting, archive)
    assert texting.says(HANAKO, "ヘルプ", sid="SM2") == []
    assert len(kept(texting, inbound_messages)) == 2


def test_a_text_whose_webhook_may_still_come_is_left_alone(
    texting: Texting, archive: Archive
) -> None:
    archive.received(HANAKO, "ヘルプ", "SM1", MINUTE / 2)

    assert takes_in(texting, archive) == []


LATE = [
    # the text, what it leaves in the ledger, whether unsolicited messages are held
    ("残高", [], False),
    ("はい", [], False),
    ("START", [], False),
    ("HELP", [], False),
    ("配信停止", ["stopped"], False),
    ("stop", ["stopped"], False),
    ("もう結構です", [], True),
]


@pytest.mark.parametrize(("text", "ledger", "held"), LATE, ids=[row[0] for row in LATE])
def test_an_old_text_is_kept_and_only_its_stop_obeyed(
    texting: Texting, archive: Archive, text: str, ledger: list[str], held: bool
) -> None:
    archive.received(HANAKO, text, "SM1", 2 * HOUR)

    assert takes_in(texting, archive) == []
    [row] = kept(texting, inbound_messages)
    [conversation] = kept(texting, conversations)
    assert (row.status, "late" in row.trace) == ("answered", True)
    assert consents(texting) == ledger
    assert (conversation.held_since is not None) is held
    assert conversation.flow is None


def test_an_old_stop_of_one_purpose_is_obeyed(texting: Texting, archive: Archive) -> None:
    archive.received(HANAKO, "広告だけ停止", "SM1", 2 * HOUR)

    assert takes_in(texting, archive) == []
    found = [(row.purpose, row.state) for row in kept_consents(texting)]
    assert found == [("promotions", "stopped")]


def kept_consents(texting: Texting) -> list[object]:
    with texting.runtime.engine.begin() as connection:
        return list(connection.execute(select(purpose_consents)))


def test_an_old_stop_does_not_undo_a_later_start(texting: Texting, archive: Archive) -> None:
    texting.says(HANAKO, "STOP")
    pretend(texting, 4 * HOUR)
    texting.says(HANAKO, "START")
    archive.received(HANAKO, "STOP", "SMlost", 2 * HOUR)

    assert takes_in(texting, archive) == []
    assert consents(texting) == ["stopped", "granted"]


def test_an_old_start_does_not_undo_a_later_stop(texting: Texting, archive: Archive) -> None:
    texting.says(HANAKO, "STOP")
    archive.received(HANAKO, "START", "SMlost", 5 * MINUTE)

    assert takes_in(texting, archive) == []
    assert consents(texting) == ["stopped"]


def test_a_text_that_was_followed_by_another_is_not_answered_any_more(
    texting: Texting, archive: Archive
) -> None:
    assert texting.says(HANAKO, "ヘルプ") == ["common.help"]
    archive.received(HANAKO, "残高", "SMlost", 5 * MINUTE)

    assert takes_in(texting, archive) == []


def test_a_fresh_text_after_what_was_said_long_ago_is_answered(
    texting: Texting, archive: Archive
) -> None:
    texting.says(HANAKO, "ヘルプ")
    pretend(texting, HOUR)
    archive.received(HANAKO, "ヘルプ", "SMlost", 30 * MINUTE)

    assert takes_in(texting, archive) == ["common.help"]


def test_an_old_text_leaves_an_open_question_open(texting: Texting, archive: Archive) -> None:
    add_customer(texting.runtime, HANAKO, "10001234", due=12800)
    texting.says(HANAKO, "残高")
    archive.received(HANAKO, "相談", "SMlost", 2 * HOUR)
    takes_in(texting, archive)

    assert texting.says(HANAKO, "1234")[0] == "balance.answer"


def test_what_the_provider_answered_by_itself_is_not_answered_again(
    texting: Texting, archive: Archive
) -> None:
    archive.received(HANAKO, "STOP", "SM1", 5 * MINUTE)
    [one] = archive.book
    archive.book = [replace(one, answered_as=Intent.STOP)]

    assert takes_in(texting, archive) == []
    assert consents(texting) == ["stopped"]


def test_a_text_that_breaks_a_flow_keeps_no_other_from_being_taken_in(
    texting: Texting, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(flow: object, trigger: str, turn: Turn) -> bool:
        raise ZeroDivisionError

    monkeypatch.setattr(type(texting.runtime.flows["handover"]), "step", broken)
    archive.received(HANAKO, "相談", "SM1", 5 * MINUTE)
    archive.received(TARO, "ヘルプ", "SM2", 4 * MINUTE)

    assert takes_in(texting, archive) == ["common.help"]
    assert [row.status for row in kept(texting, inbound_messages)] == ["waiting", "answered"]


@pytest.mark.parametrize("body", ["残\x00高\ud800", "", "あ" * 5000])
def test_any_text_is_taken_in(texting: Texting, archive: Archive, body: str) -> None:
    archive.received(HANAKO, body, "SM1", 5 * MINUTE)

    assert takes_in(texting, archive) != []
    assert len(kept(texting, inbound_messages)) == 1


def looked(texting: Texting, ago: timedelta) -> None:
    """The last look in the list was so long ago."""
    night.poll(texting.runtime, lambda: True)
    with texting.runtime.engine.begin() as connection:
        past = seconds_from_now(-ago.total_seconds())
        connection.execute(update(clock_rounds).values(covered_until=past))


def test_a_look_goes_back_to_the_one_before(texting: Texting, archive: Archive) -> None:
    archive.received(HANAKO, "ヘルプ", "SMbefore", HOUR)
    archive.received(TARO, "ヘルプ", "SM1", 10 * MINUTE)
    looked(texting, 15 * MINUTE)
    for _ in range(3):
        night.poll(texting.runtime, lambda: True)

    assert [row.sender for row in kept(texting, inbound_messages)] == [TARO]


def test_a_look_that_was_cut_off_or_failed_is_repeated(texting: Texting, archive: Archive) -> None:
    archive.received(HANAKO, "ヘルプ", "SM1", 2 * MINUTE)
    looked(texting, 15 * MINUTE)
    archive.faults_of_list = [Uncertain("500")]
    for going in (True, False):
        night.poll(texting.runtime, lambda going=going: going)  # type: ignore[misc]
        assert kept(texting, inbound_messages) == []

    night.poll(texting.runtime, lambda: True)
    assert len(kept(texting, inbound_messages)) == 1


def test_a_new_bot_looks_for_nothing(texting: Texting, archive: Archive) -> None:
    for _ in range(2):
        night.poll(texting.runtime, lambda: True)
        night.at_night(texting.runtime, lambda: True)

    assert archive.asked == []


def test_the_clock_looks_every_minute_where_nothing_else_is_set(texting: Texting) -> None:
    every = [one.every_s for turn in rounds(texting.runtime) for one in turn if one.name == "poll"]

    assert every == [60]


@pytest.mark.parametrize(("minutes", "looks"), [(0, []), (15, [900])])
def test_how_often_the_clock_looks_is_a_setting(
    texting: Texting, minutes: int, looks: list[float]
) -> None:
    settings = texting.runtime.settings.model_copy(update={"HENJI_POLL_MINUTES": minutes})
    these = [one for turn in rounds(replace(texting.runtime, settings=settings)) for one in turn]

    assert [one.every_s for one in these if one.name == "poll"] == looks
