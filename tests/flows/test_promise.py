"""A promise to pay: the day is told back and kept; one that is unclear or far off is asked for."""

import json
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.decide import Situation, decide
from bot.dialogue.decision import Decision, Heard, View
from bot.dialogue.effects import Consent, HandOver, PromiseToPay
from bot.dialogue.intents import understand
from bot.dialogue.turn import Facts
from bot.scripts.shipped import LOCALES, load_vocabulary
from bot.text.format import Weekday
from bot.text.language import Language
from flows import FLOWS, promise

WORDS = load_vocabulary(LOCALES)
TABLE = {flow.name: flow for flow in FLOWS}
TODAY = date(2026, 11, 18)  # a Wednesday
ASKED = {"flow": "promise", "state": "ask_day"}
ASKED_TWICE = {**ASKED, "slots": {"asked_again": True}}

UNCLEAR = [
    "もう少し待ってください",
    "あとで払います",
    "給料日に払います",
    "2/30に払います",
    "25日か26日に払います",
    "今日は無理なので25日に払います",
    "12月25日木曜日に払います",
    "I need more time to pay",
]
OUT_OF_REACH = [
    "令和7年12月25日に払います",
    "2025-12-25に払います",
    "2026年11月17日に払います",
    "11/10に払います",
    "2027年12月25日に払います",
    "10年後に払います",
    "I'll pay on Nov 17",
]
PROMISES = [
    ("25日に払います", date(2026, 11, 25)),
    ("来週の金曜に払います", date(2026, 11, 27)),
    ("月末に払います", date(2026, 11, 30)),
    ("月末まで待ってください", date(2026, 11, 30)),
    ("R8.12.25に払います", date(2026, 12, 25)),
    ("令和八年十二月二十五日に支払います", date(2026, 12, 25)),
    ("2026-12-25に払います", date(2026, 12, 25)),
    ("12月25日(金)に払います", date(2026, 12, 25)),
    ("12月25日金曜日に払います", date(2026, 12, 25)),
    ("給料日の25日に払います", date(2026, 11, 25)),
    ("3日以内に払います", date(2026, 11, 21)),
    ("2、3日中に払います", date(2026, 11, 21)),
    ("1週間以内に払います", date(2026, 11, 25)),
    ("来月末に払います", date(2026, 12, 31)),
    ("I'll pay on the 25th", date(2026, 11, 25)),
    ("I will pay on Friday", date(2026, 11, 20)),
    ("I can pay in 3 days", date(2026, 11, 21)),
]
ANSWERS = [
    ("25日", date(2026, 11, 25)),
    ("25", date(2026, 11, 25)),
    ("２５", date(2026, 11, 25)),
    ("12/25", date(2026, 12, 25)),
    ("明日", date(2026, 11, 19)),
    ("Friday", date(2026, 11, 20)),
]


def hearing(text: str, today: date | None = TODAY, **view: object) -> Decision:
    """What is decided when somebody who agreed to messages writes `text` on a Wednesday."""
    seen = View(Language.JA, consent=Consent.GRANTED, **view)  # type: ignore[arg-type]
    heard = Heard("twilio", "SM1", "+819000000001", "+815000000001", text)
    return decide(Situation(seen, heard, understand(text, WORDS), TABLE, Facts(today=today)))


def said(decision: Decision) -> list[str]:
    return [reply.key for reply in decision.replies]


@pytest.mark.parametrize("text", UNCLEAR)
def test_a_day_that_is_not_clear_is_asked_for(text: str) -> None:
    decision = hearing(text)

    assert said(decision) == ["promise.ask_day"]
    assert decision.effects == ()


IN_PARTS = [
    "分割払い",
    "分割で払えますか",
    "分納にしたいです",
    "3回に分けて払いたい",
    "25日から分割で払います",
    "can I pay in installments?",
    "is there a payment plan",
]


@pytest.mark.parametrize("where", [{}, ASKED], ids=["at once", "when asked"])
@pytest.mark.parametrize("text", IN_PARTS)
def test_who_wants_to_pay_a_bit_at_a_time_has_promised_nothing(
    text: str, where: dict[str, str]
) -> None:
    decision = hearing(text, **where)

    assert said(decision) == ["promise.parts_by_person"]
    assert decision.effects == (HandOver(),)


@pytest.mark.parametrize("where", [{}, ASKED], ids=["at once", "when asked"])
@pytest.mark.parametrize("text", OUT_OF_REACH)
def test_a_day_that_is_past_or_absurdly_far_is_politely_refused(
    text: str, where: dict[str, str]
) -> None:
    decision = hearing(text, **where)

    assert said(decision) == ["promise.ask_other_day"]
    assert decision.replies[0].values["days"] == promise.LONGEST_DAYS
    assert decision.effects == ()
    assert json.dumps(decision.slots)


@pytest.mark.parametrize(
    ("text", "day", "where"),
    [
        *((text, day, {}) for text, day in PROMISES),
        *((text, day, ASKED) for text, day in [*PROMISES, *ANSWERS]),
        *((text, day, {**ASKED, "state": "ask_other_day"}) for text, day in ANSWERS),
        ("25日", date(2026, 11, 25), ASKED_TWICE),
    ],
)
def test_the_day_is_told_back_and_kept(text: str, day: date, where: dict[str, str]) -> None:
    decision = hearing(text, **where)

    assert said(decision) == ["promise.held"]
    assert decision.replies[0].values["day"] == Weekday(day)
    assert decision.effects == (PromiseToPay(day),)
    assert decision.flow is None


@pytest.mark.parametrize("today", [date(2026, 7, 1), date(2026, 12, 1)])
def test_the_end_of_next_month_is_never_too_far(today: date) -> None:
    assert said(hearing("来月末に払います", today)) == ["promise.held"]


@pytest.mark.parametrize(("ahead", "key"), [(62, "promise.held"), (63, "promise.ask_other_day")])
def test_two_months_are_the_most(ahead: int, key: str) -> None:
    day = TODAY + timedelta(days=ahead)

    assert said(hearing(f"{day.year}年{day.month}月{day.day}日に払います")) == [key]


def test_a_day_that_stays_unclear_is_asked_for_once_more_and_then_noted() -> None:
    first = hearing("そのうち", **ASKED)
    second = hearing("そのうち", **ASKED, slots=first.slots)

    assert said(first) == ["promise.ask_day.again"]
    assert said(second) == ["promise.noted"]
    assert first.effects == second.effects == ()
    assert second.flow is None


@pytest.mark.parametrize("where", [ASKED, ASKED_TWICE], ids=["once", "twice"])
@pytest.mark.parametrize(
    ("text", "key"), [("残高", "balance.ask_digits"), ("相談", "handover.requested")]
)
def test_another_wish_is_served_while_the_day_is_asked_for(
    where: dict[str, str], text: str, key: str
) -> None:
    known = {"balance.ask_digits": "balance.not_registered"}

    assert said(hearing(text, **where)) == [known.get(key, key)]


def test_who_goes_back_is_not_asked_again() -> None:
    decision = hearing("戻る", **ASKED)

    assert said(decision) == ["promise.noted"]
    assert decision.flow is None


@given(st.text(alphabet="0123456789/.月日年来週の金曜末か令和rR 払います", max_size=24))
def test_no_text_is_held_longer_than_a_promise_may_last(text: str) -> None:
    for effect in hearing(text, **ASKED).effects:
        if isinstance(effect, PromiseToPay):
            assert TODAY <= effect.day <= TODAY + timedelta(days=promise.LONGEST_DAYS)
