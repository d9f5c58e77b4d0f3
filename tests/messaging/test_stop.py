"""A STOP: nothing of before it leaves after it, nothing holds it up, it is confirmed once."""

import threading
from collections.abc import Sequence

import pytest
from sqlalchemy import select

from bot import errors
from bot.dialogue.decision import Heard
from bot.dialogue.flow import Flow
from bot.messaging import inbox, sweep
from bot.messaging.sending import claim
from bot.messaging.sending.attempts import Claimed, Result
from bot.messaging.sending.marks import mark
from bot.store.session import transact
from bot.store.tables import consent_events, conversations, inbound_messages
from tests.carrier import Carrier
from tests.messaging.lines import HANAKO, let_pass, look_up, make_old, statuses
from tests.people import OURS, Texting


def claimed(texting: Texting) -> Sequence[Claimed]:
    return transact(texting.runtime.engine, lambda connection: claim.claim(connection, 10)).messages


def break_flows(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(flow: object, trigger: str, turn: object) -> bool:
        raise ZeroDivisionError

    monkeypatch.setattr(Flow, "step", broken)


def consent(texting: Texting) -> str:
    with texting.runtime.engine.begin() as connection:
        return str(connection.execute(select(conversations.c.consent)).scalar_one())


def test_a_help_that_comes_back_from_the_carrier_does_not_leave_after_a_stop(
    texting: Texting,
) -> None:
    texting.hears(HANAKO, "ヘルプ")
    [leaving] = claimed(texting)
    texting.hears(HANAKO, "STOP")
    throttled = Result(leaving, "queued", "twilio", reason="slow down")
    transact(texting.runtime.engine, lambda connection: mark(connection, [throttled]))
    texting.sends()

    assert statuses(texting) == ["canceled", "sent"]
    assert texting.new_keys() == ["consent.stopped"]


def test_a_start_that_perhaps_left_is_looked_up_and_not_sent_again_after_a_stop(
    texting: Texting, carrier: Carrier
) -> None:
    carrier.faults.append(errors.Uncertain("500"))
    texting.says(HANAKO, "START")
    texting.hears(HANAKO, "STOP")
    assert statuses(texting) == ["unknown", "queued"]

    look_up(texting, times=2)
    let_pass(texting)
    texting.sends()
    assert texting.new_keys() == ["consent.stopped"]
    assert statuses(texting) == ["canceled", "sent"]


def test_what_left_before_a_stop_is_still_found(texting: Texting, carrier: Carrier) -> None:
    carrier.answers_lost.append(errors.Uncertain("connection reset"))
    texting.says(HANAKO, "START")
    texting.hears(HANAKO, "STOP")
    look_up(texting)

    assert statuses(texting)[0] == "sent"


def test_a_second_stop_does_not_take_back_the_confirmation_of_the_first(
    texting: Texting,
) -> None:
    texting.hears(HANAKO, "STOP")
    texting.hears(HANAKO, "STOP")
    texting.sends()

    assert texting.new_keys() == ["consent.stopped"]


def test_a_stop_does_not_wait_behind_a_text_that_breaks_a_flow(
    texting: Texting, carrier: Carrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    texting.hears(HANAKO, "ヘルプ")
    break_flows(monkeypatch)
    texting.hears(HANAKO, "相談")
    texting.hears(HANAKO, "START")
    assert texting.hears(HANAKO, "STOP").status_code == 200

    assert consent(texting) == "stopped"
    texting.sends()
    assert texting.new_keys() == ["consent.stopped"]
    assert statuses(texting) == ["canceled", "sent"]


def test_what_waited_before_a_stop_is_settled_by_it(texting: Texting) -> None:
    for number, text in enumerate(["相談", "7391", "START", "STOP"]):
        inbox.receive(texting.runtime, Heard("twilio", f"SM{number}", HANAKO, OURS, text))
    make_old(texting)
    sweep.sweep(texting.runtime, threading.Event())
    texting.sends()

    assert texting.new_keys() == ["consent.stopped"]
    assert consent(texting) == "stopped"
    with texting.runtime.engine.begin() as connection:
        texts = connection.execute(select(inbound_messages).order_by(inbound_messages.c.id)).all()
        assert [event.consent for event in connection.execute(select(consent_events))] == [
            "stopped"
        ]
    assert [text.status for text in texts] == ["answered"] * 4
    assert texts[1].body == "••••"


def test_a_flow_that_cannot_say_goodbye_keeps_nobody_from_leaving(
    texting: Texting, monkeypatch: pytest.MonkeyPatch
) -> None:
    texting.says(HANAKO, "はい")
    break_flows(monkeypatch)

    assert texting.says(HANAKO, "配信停止") == ["consent.stopped"]
