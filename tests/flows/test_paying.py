"""Balance, payment and paid: what they say must not tell who is not known what is owed."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from bot.dialogue.decide import Situation, decide
from bot.dialogue.decision import Decision, Heard, View
from bot.dialogue.effects import Consent, CreatePaymentLink, VerificationFailed
from bot.dialogue.intents import understand
from bot.dialogue.turn import Account, Facts
from bot.scripts.shipped import LOCALES, load_vocabulary
from bot.text.format import Money
from bot.text.language import Language
from flows import FLOWS

WORDS = load_vocabulary(LOCALES)
TABLE = {flow.name: flow for flow in FLOWS}
DAY = date(2026, 11, 18)
OWES = Account(1, "10001234", "山田 花子", Money(12800, "JPY"), None, as_of=DAY)
OWES_LITTLE = replace(OWES, due=Money(100, "JPY"))
SETTLED = replace(OWES, due=Money(0, "JPY"), paid_on=DAY)
OTHER = replace(OWES, id=2, customer_number="10005678", due=Money(500, "JPY"))
AWAITED = replace(OWES, pending=True)
ASKED_PART = {"flow": "payment", "state": "ask_part"}


def hearing(
    text: str, *mine: Account, facts: dict[str, Any] | None = None, **view: Any
) -> Decision:
    """What is decided when somebody with these accounts writes `text`."""
    heard = Heard("twilio", "SM1", "+819000000001", "+815000000001", text)
    young = timedelta(minutes=1)
    seen = View(**{"language": Language.JA, "consent": Consent.GRANTED, "idle": young, **view})
    known = Facts(mine, **{"tries_left": 3, **(facts or {})})
    return decide(Situation(seen, heard, understand(text, WORDS), TABLE, known))


def said(decision: Decision) -> str:
    return decision.replies[0].key


def linked(decision: Decision) -> list[int | None]:
    return [one.part for one in decision.effects if isinstance(one, CreatePaymentLink)]


WISHES = [
    "12799円払います",
    "12800円払います",
    "100円払います",
    "20000円払います",
    "5000円だけ払います",
    "12800円だけ払いたい",
    "半分だけ払いたい",
    "一部だけ払いたい",
    "全額払います",
    "支払い 1234",
    "ガラケーです",
    "払いました",
]


@pytest.mark.parametrize("where", [{}, ASKED_PART], ids=["at first", "asked how much"])
@pytest.mark.parametrize("least", [0, 20])
@pytest.mark.parametrize("text", WISHES)
def test_who_is_not_known_cannot_find_out_what_is_due(
    text: str, least: int, where: dict[str, Any]
) -> None:
    facts = {"least_part": least, "store_orders": True}
    states = (OWES, OWES_LITTLE, SETTLED)

    heard = [hearing(text, mine, facts=facts, **where) for mine in states]

    assert len({(said(one), one.state) for one in heard}) == 1


@pytest.mark.parametrize("least", [0, 20])
@pytest.mark.parametrize("words", ["{}円払います", "{}円だけ払います"])
def test_every_figure_of_theirs_has_the_same_answer(words: str, least: int) -> None:
    figures = (30, 2560, 12799, 12800, 12801, 90000)
    texts = [words.format(figure) for figure in figures]

    assert len({said(hearing(text, OWES, facts={"least_part": least})) for text in texts}) == 1


@pytest.mark.parametrize(
    ("text", "least", "key", "part"),
    [
        ("12800円払います", 0, "payment.link", [None]),
        ("5000円払います", 0, "payment.link", [None]),
        ("5000円だけ払います", 0, "payment.part_by_person", []),
        ("5000円払います", 20, "payment.link", [5000]),
        ("30円だけ払います", 20, "payment.link_part", [2560]),
        ("$20だけ払います", 20, "payment.link_part", [2560]),
        ("20000円だけ払います", 20, "payment.link_part", [None]),
    ],
)
def test_the_link_of_who_is_not_known_is_for_the_nearest_part_that_may_be_paid(
    text: str, least: int, key: str, part: list[int | None]
) -> None:
    decision = hearing(text, OWES, facts={"least_part": least})

    assert (said(decision), linked(decision)) == (key, part)


@pytest.mark.parametrize("known", [{"verified": 1}, {"disclosed": True}], ids=["proved", "in text"])
@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("12799円払います", "payment.link_part"),
        ("12800円払います", "payment.link"),
        ("2000円だけ払います", "payment.part_by_person"),
        ("$20 だけ払いたい", "payment.part_by_person"),
        ("5000円だけ払いたい", "payment.link_part"),
    ],
)
def test_to_who_is_known_the_part_is_judged_at_once(
    text: str, key: str, known: dict[str, Any]
) -> None:
    decision = hearing(text, OWES, facts={"least_part": 20, **known})

    assert said(decision) in {key, f"{key}_with_amount"}


@pytest.mark.parametrize("least", [0, 20])
def test_digits_beside_pay_prove_nothing_and_are_no_amount(least: int) -> None:
    decisions = [
        hearing(f"支払い {digits}", OWES, facts={"least_part": least})
        for digits in ("1234", "9999", "0123")
    ]

    assert [said(one) for one in decisions] == ["payment.link"] * 3
    assert [linked(one) for one in decisions] == [[None]] * 3
    assert len({one.effects for one in decisions}) == 1


@pytest.mark.parametrize("word", ["支払い", "残高", "pay", "balance"])
def test_digits_beside_a_word_that_asks_for_proof_are_not_kept(word: str) -> None:
    assert hearing(f"{word} 9999", OWES).secret
    assert not hearing(f"{word} 5000円", OWES).secret


@pytest.mark.parametrize(
    ("mine", "facts", "key"),
    [
        ([OWES], {}, "payment.link_with_amount"),
        ([OWES, OTHER], {}, "payment.link"),
        ([OWES, OTHER], {"verified": 1}, "payment.link_with_amount"),
        ([OWES, OTHER], {"verified": 2}, "payment.link"),
    ],
)
def test_a_text_tells_an_amount_to_the_owner_of_one_account_or_who_proved_it(
    mine: list[Account], facts: dict[str, Any], key: str
) -> None:
    assert said(hearing("支払い", *mine, facts={"disclosed": True, **facts})) == key


@pytest.mark.parametrize(
    ("mine", "facts", "key"),
    [
        ([SETTLED], {}, "paid.noted"),
        ([SETTLED], {"verified": 1}, "paid.confirmed"),
        ([SETTLED], {"disclosed": True}, "paid.confirmed"),
        ([SETTLED, OTHER], {"disclosed": True}, "paid.noted"),
        ([SETTLED, OTHER], {"verified": 1}, "paid.noted"),
        ([OWES], {"verified": 1}, "paid.noted"),
    ],
)
def test_that_somebody_paid_is_told_to_who_is_known(
    mine: list[Account], facts: dict[str, Any], key: str
) -> None:
    assert said(hearing("もう払いました", *mine, facts=facts)) == key


@pytest.mark.parametrize(
    ("mine", "facts", "key"),
    [
        ([OWES], {"tries_left": 0}, "payment.locked"),
        ([], {"withheld": True}, "payment.withheld"),
        ([], {"unavailable": True}, "payment.unavailable"),
        ([], {}, "payment.not_registered"),
        ([AWAITED], {}, "payment.waiting"),
    ],
)
def test_what_happened_since_how_much_was_asked_is_told(
    mine: list[Account], facts: dict[str, Any], key: str
) -> None:
    facts = {"least_part": 20, **facts}

    assert said(hearing("5000円", *mine, facts=facts, **ASKED_PART)) == key
    assert said(hearing("相談", *mine, facts=facts, **ASKED_PART)) == "handover.requested"


@pytest.mark.parametrize("flow", ["balance", "payment"])
@pytest.mark.parametrize(
    ("facts", "key"),
    [
        ({"withheld": True}, "withheld"),
        ({"unavailable": True}, "unavailable"),
        ({"quarantined": True}, "not_registered"),
        ({}, "not_registered"),
    ],
)
def test_digits_that_nothing_can_be_compared_with_are_not_wrong(
    flow: str, facts: dict[str, Any], key: str
) -> None:
    decision = hearing("1234", facts={**facts, "tries_left": 1}, flow=flow, state="ask_digits")

    assert said(decision) == f"{flow}.{key}"
    assert VerificationFailed() not in decision.effects
    assert decision.flow is None
