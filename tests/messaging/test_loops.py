"""Loops and floods: a last word, then silence, and back again when people talk to each other."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot import alerts
from bot.alerts import Kind
from bot.dialogue.decision import Heard
from bot.messaging import inbox, rounds
from bot.store.columns import seconds_from_now
from bot.store.tables import alerts as alert_rows
from bot.store.tables import consent_events, conversations, inbound_messages, purpose_consents
from tests.messaging.lines import HANAKO
from tests.messaging.reporting import kept, message_row, told
from tests.people import OURS, Texting, add_customer

PAUSED = "common.paused"
ABSENT = "ただいま不在のため、後ほどご連絡いたします。"


def limited(texting: Texting, most: int) -> None:
    """So many texts in a minute are answered."""
    settings = texting.runtime.settings.model_copy(update={"HENJI_TEXTS_PER_MINUTE": most})
    texting.runtime = replace(texting.runtime, settings=settings)


def hear(texting: Texting, *bodies: str) -> list[str]:
    """Hear texts, and return the scripts that were sent for them."""
    for body in bodies:
        sid = f"SM{len(kept(texting, inbound_messages))}"
        inbox.hear(texting.runtime, Heard("twilio", sid, HANAKO, OURS, body))
    texting.sends()
    return texting.new_keys()


def flooded(texting: Texting) -> None:
    """Hanako sent more than is answered, and heard the last word."""
    limited(texting, 3)
    assert hear(texting, "残高", "相談", "残高", "相談")[-1] == PAUSED


def state(texting: Texting) -> Any:
    [row] = kept(texting, conversations)
    return row


def let_pass(texting: Texting, time: timedelta) -> None:
    """Let time pass for what the conversation remembers."""
    guard = dict(state(texting).guard)
    for name in ("minute", "heard_at"):
        guard[name] -= time.total_seconds()
    ago = seconds_from_now(-time.total_seconds())
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(conversations).values(guard=guard, heard_at=ago, muted_at=ago))


def open_alerts(texting: Texting) -> list[tuple[str, str]]:
    with texting.runtime.engine.begin() as connection:
        return [(one.kind, one.subject) for one in alerts.unsettled(connection)]


@pytest.mark.parametrize(
    "text", [ABSENT, "※自動返信メッセージ※ 運転中です", "AUTO-REPLY: I'm driving right now"]
)
def test_an_absence_note_gets_the_last_word_and_no_more(texting: Texting, text: str) -> None:
    assert hear(texting, *[text] * 20) == [PAUSED]
    assert [row.status for row in kept(texting, inbound_messages)] == ["answered"] * 20


def test_an_absence_note_that_sounds_like_a_stop_is_asked_about_once(texting: Texting) -> None:
    keys = hear(texting, *["I'm out of office until Monday."] * 20)

    assert keys == ["stop_question.ask", PAUSED]
    assert state(texting).held_since is not None


@pytest.mark.parametrize("text", ["自動応答ですか？", "Is this an automated message?"])
def test_a_person_who_asks_about_machines_is_a_person(texting: Texting, text: str) -> None:
    assert PAUSED not in hear(texting, text)


def test_the_same_words_that_fit_nothing_are_answered_three_times(texting: Texting) -> None:
    keys = hear(texting, *["🙏🙏"] * 10)

    assert keys == ["common.not_understood", *["common.not_understood_again"] * 2, PAUSED]


def test_another_bot_does_not_talk_with_us_for_ever(texting: Texting) -> None:
    keys = hear(texting, *(f"Ticket {number} has been opened" for number in range(25)))

    assert keys == ["common.not_understood", *["common.not_understood_again"] * 8, PAUSED]


def test_the_same_answer_is_given_eight_times_in_a_row(texting: Texting) -> None:
    add_customer(texting.runtime, HANAKO, "10001234", due=12800)

    assert hear(texting, *["残高"] * 20) == [*["balance.ask_digits"] * 8, PAUSED]


def test_a_flood_is_answered_up_to_a_number_of_texts_in_a_minute(texting: Texting) -> None:
    limited(texting, 5)
    keys = hear(texting, *["残高", "相談"] * 10)

    assert keys[-1] == PAUSED
    rows = kept(texting, inbound_messages)
    assert {row.status for row in rows} == {"answered"}
    assert ["guard" in row.trace for row in rows] == [False] * 5 + [True] * 15


def test_thirty_texts_in_a_minute_are_answered_by_default(texting: Texting) -> None:
    keys = hear(texting, *["残高", "相談", "支払い"] * 11)

    assert keys[-1] == PAUSED
    traces = ["guard" in row.trace for row in kept(texting, inbound_messages)]
    assert traces == [False] * 30 + [True] * 3


def test_texts_that_waited_for_us_are_no_flood(texting: Texting) -> None:
    limited(texting, 3)
    for number, body in enumerate(["残高", "相談", "支払い", "ヘルプ", "残高"]):
        inbox.receive(texting.runtime, Heard("twilio", f"SM{number}", HANAKO, OURS, body))
        with texting.runtime.engine.begin() as connection:
            aged = update(inbound_messages).where(inbound_messages.c.provider_sid == f"SM{number}")
            connection.execute(aged.values(created_at=seconds_from_now(number * 61 - 600)))
    inbox.answer(texting.runtime, state(texting).id)
    texting.sends()

    assert PAUSED not in texting.new_keys()


def test_who_asks_the_same_from_time_to_time_is_no_loop(texting: Texting) -> None:
    for _ in range(12):
        assert PAUSED not in hear(texting, "？？")
        let_pass(texting, timedelta(hours=2))
        with texting.runtime.engine.begin() as connection:
            connection.execute(update(conversations).values(muted_at=None))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("STOP", ["consent.stopped"]),
        ("配信停止", ["consent.stopped"]),
        ("START", ["consent.started"]),
        ("ヘルプ", ["common.help"]),
        ("広告だけ停止", ["consent.stopped_promotions"]),
        ("もう結構です", ["stop_question.ask"]),
    ],
)
def test_stop_start_and_help_are_heard_in_the_middle_of_a_flood(
    texting: Texting, text: str, answer: list[str]
) -> None:
    flooded(texting)

    assert hear(texting, text) == answer
    assert hear(texting, "残高") == []


def test_a_stop_in_a_flood_stops(texting: Texting) -> None:
    flooded(texting)
    hear(texting, "残高", "配信停止", "残高", "STOP")

    assert [row.consent for row in kept(texting, consent_events)][-2:] == ["stopped", "stopped"]
    assert state(texting).consent == "stopped"


def test_an_answer_about_consent_is_heard_in_the_middle_of_a_flood(texting: Texting) -> None:
    limited(texting, 2)
    assert hear(texting, "はい") == ["onboarding.consent"]
    assert hear(texting, "🙏", "🙈") == ["onboarding.consent.again", PAUSED]

    assert hear(texting, "はい") == ["onboarding.agreed"]
    with texting.runtime.engine.begin() as connection:
        found = connection.execute(select(purpose_consents.c.state)).scalars().all()
    assert found == ["granted"]


def test_who_asks_for_a_person_in_a_flood_gets_one(texting: Texting) -> None:
    limited(texting, 1)
    assert hear(texting, "ヘルプ", "相談") == ["common.help", PAUSED]

    assert state(texting).person_wanted_at is not None


def test_a_person_is_told_once_and_without_personal_data(texting: Texting) -> None:
    flooded(texting)
    hear(texting, "残高", "相談")

    [row] = kept(texting, alert_rows)
    assert (row.kind, row.subject, row.count) == (Kind.LOOP, str(state(texting).id), 1)
    assert row.words.endswith("more than 3 texts in a minute.")
    assert HANAKO not in row.words


def test_a_person_who_says_something_else_is_answered_again(texting: Texting) -> None:
    hear(texting, *["🙏🙏"] * 6)
    assert open_alerts(texting) == [(Kind.LOOP, "1")]

    assert hear(texting, "残高")[0] == "balance.not_registered"
    assert (state(texting).muted_at, open_alerts(texting)) == (None, [])
    assert hear(texting, "🙏🙏") == ["onboarding.consent.again"]


def test_a_flood_is_over_when_its_minute_is(texting: Texting) -> None:
    flooded(texting)
    assert hear(texting, "支払い") == []

    let_pass(texting, timedelta(seconds=61))
    assert hear(texting, "残高")[0] == "balance.not_registered"


def test_after_ten_quiet_minutes_the_same_text_is_answered_again(texting: Texting) -> None:
    hear(texting, *["🙏🙏"] * 6)
    let_pass(texting, timedelta(minutes=11))

    assert hear(texting, "🙏🙏") != []


def test_a_machine_that_goes_on_hears_no_second_last_word(texting: Texting) -> None:
    hear(texting, ABSENT)
    let_pass(texting, timedelta(minutes=11))

    assert hear(texting, ABSENT, ABSENT) == []
    assert state(texting).muted_at is not None


def test_the_clock_ends_a_silence_in_which_nothing_is_said(texting: Texting) -> None:
    flooded(texting)
    rounds.calm(texting.runtime, lambda: True)
    assert state(texting).muted_at is not None

    let_pass(texting, timedelta(minutes=11))
    rounds.calm(texting.runtime, lambda: True)
    assert (state(texting).muted_at, state(texting).guard) == (None, None)
    assert open_alerts(texting) == []


def test_a_conversation_that_the_carrier_cut_off_is_silent(texting: Texting) -> None:
    assert hear(texting, "🙏🙏") == ["common.not_understood"]
    told(texting, "failed", 14107)
    assert open_alerts(texting) == [(Kind.LOOP, "1")]
    assert message_row(texting).retry_at is None

    assert hear(texting, "🙏🙏") == []
    assert hear(texting, "STOP") == ["consent.stopped"]


def test_what_is_remembered_of_texts_cannot_be_read(texting: Texting) -> None:
    add_customer(texting.runtime, HANAKO, "10007391", due=12800)
    hear(texting, "残高", "7391", "ねこ")

    remembered = str(state(texting).guard)
    assert "ねこ" not in remembered
    assert "7391" not in remembered


def test_what_another_version_counted_is_no_obstacle(texting: Texting) -> None:
    hear(texting, "🙏")
    with texting.runtime.engine.begin() as connection:
        connection.execute(update(conversations).values(guard={"texts": 1, "unheard_of": 2}))

    assert hear(texting, "ヘルプ") == ["common.help"]


def test_digits_that_prove_who_somebody_is_leave_no_mark(texting: Texting) -> None:
    add_customer(texting.runtime, HANAKO, "10007391", due=12800)
    hear(texting, "残高", "7391")

    assert state(texting).guard["text"] == ""
