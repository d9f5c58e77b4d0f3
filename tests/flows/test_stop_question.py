"""The one clarifying question: a doubtful stop is asked back, and meanwhile the rest is held."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.compliance import countries
from bot.dialogue.effects import Consent, HandOver, Hold, HoldBack, RecordConsent, Release
from bot.dialogue.flow import DONE
from bot.dialogue.holds import HoldKind
from bot.messaging.gate import Facts, may_send
from bot.messaging.gate import Hold as HeldBack
from bot.messaging.grounds import Grounds, MessageClass
from bot.messaging.verdict import Allowed, Blocked
from flows import FLOWS
from tests.dialogue.test_decide import STALE, hearing, said

ASKED = {"flow": "stop_question", "state": "ask", "held": True}
ELSEWHERE = [
    {"flow": flow.name, "state": state}
    for flow in FLOWS
    for state in flow.states
    if state not in {DONE, "start"} and flow.name != "stop_question"
]


@pytest.mark.parametrize("where", [{}, *ELSEWHERE], ids=str)
def test_what_may_be_a_stop_is_asked_back_in_every_state(where: dict[str, str]) -> None:
    decision = hearing("しつこい", **where)

    assert said(decision) == ["stop_question.ask"]
    assert decision.effects == (Hold(),)


@pytest.mark.parametrize("text", ["はい", "１", "Yes!", "停止", "はい、お願いします"])
def test_a_yes_stops_exactly_as_stop_does(text: str) -> None:
    decision = hearing(text, **ASKED)

    assert said(decision) == ["consent.stopped"]
    assert decision.effects == (RecordConsent(Consent.STOPPED),)
    assert decision.cancel_queued
    assert decision.flow is None


def test_a_no_goes_on() -> None:
    decision = hearing("いいえ", **ASKED)

    assert said(decision) == ["stop_question.goes_on"]
    assert decision.effects == (Release(),)


def test_an_unclear_answer_is_asked_again_once_and_stays_held() -> None:
    first = hearing("うーん", **ASKED)
    second = hearing("うーん", slots=first.slots, **ASKED)

    assert said(first) == ["stop_question.ask.again"]
    assert said(second) == ["stop_question.left_open"]
    assert first.effects == second.effects == ()


def test_a_yes_that_comes_late_is_asked_again_and_never_taken() -> None:
    assert said(hearing("はい", idle=STALE, **ASKED)) == ["stop_question.ask"]
    assert said(hearing("はい", held=True)) == ["stop_question.ask"]


def test_another_wish_is_served_while_the_question_stays_open() -> None:
    decision = hearing("残高", **ASKED)

    assert said(decision) == ["balance.ask_digits"]
    assert Release() not in decision.effects


@pytest.mark.parametrize(
    ("text", "key", "effects"),
    [
        ("人違いです", "wrong_person.noted", (HandOver(),)),
        ("昨日払いました", "paid.noted", (HandOver(), HoldBack(HoldKind.SAYS_PAID, 3))),
        ("来週払います", "promise.noted", ()),
    ],
)
def test_what_people_tell_us_is_noted(text: str, key: str, effects: tuple[object, ...]) -> None:
    decision = hearing(text)

    assert said(decision) == [key]
    assert decision.effects == effects


def test_only_what_nobody_asked_for_is_held() -> None:
    noon = datetime(2026, 11, 18, 3, tzinfo=UTC)
    unheld = Facts(
        MessageClass.REPLY,
        noon,
        noon + timedelta(hours=1),
        countries.of_number("+819000000001", countries.shipped()),
        Consent.GRANTED,
        agreed=Consent.GRANTED,
        grounds=Grounds("billing", note="new terms", approved_by="staff:sato"),
        body="例示商会 配信停止",
        legal_name="例示商会",
    )
    held = replace(unheld, holds=(HeldBack(HoldKind.STOP_QUESTION, "asked"),))
    verdicts = {kind: may_send(replace(held, message_class=kind)) for kind in MessageClass}

    for kind in (MessageClass.REMINDER, MessageClass.PROMOTIONAL):
        assert isinstance(verdicts.pop(kind), Blocked)
        assert isinstance(may_send(replace(unheld, message_class=kind)), Allowed)
    assert all(isinstance(verdict, Allowed) for verdict in verdicts.values())
