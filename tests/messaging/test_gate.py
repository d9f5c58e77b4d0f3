"""The gate as a table: class × consent × stop × hold × hour × cap × country; refusals first."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from timeit import timeit
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from werkzeug.datastructures import MultiDict

from bot.compliance import countries
from bot.dialogue.effects import Consent
from bot.dialogue.holds import HoldKind
from bot.messaging.gate import Facts, Hold, may_send
from bot.messaging.grounds import Exemption, Grounds, MessageClass
from bot.messaging.verdict import Allowed, Blocked, Later, Verdict
from webhooks.signature import is_signed, signature

TOKYO = ZoneInfo("Asia/Tokyo")
NOON = datetime(2026, 11, 21, 12, tzinfo=TOKYO)
NIGHT = datetime(2026, 11, 21, 22, 15, tzinfo=TOKYO)
LATER = datetime(2026, 11, 23, 10, tzinfo=TOKYO)
MORNING = datetime(2026, 11, 22, 8, tzinfo=TOKYO)
DAY_IN_AMERICA = datetime(2026, 11, 21, 20, tzinfo=UTC)
NUMBERS = {"jp": "+819000000001", "us": "+12025550123", "default": "+8613800000000"}
AD = "【例示商会】秋の特典です。株式会社例示商会 停止は「配信停止」"
REPLY, CONFIRMATION, NOTICE, REMINDER, LEGAL, PROMOTIONAL = MessageClass
AGREED: dict[str, Any] = {"consent": Consent.GRANTED, "agreed": Consent.GRANTED}
LAWYER = Hold(HoldKind.LAWYER, "弁護士")
PAY_DAY = datetime(2026, 11, 25, 15, tzinfo=UTC)
PROMISE = Hold(HoldKind.PROMISE, "25日に払います", PAY_DAY)
NAMELESS = "【例示商会】特典です。停止は「配信停止」"
ENDLESS = "株式会社例示商会の特典です。"
OLD_PROMISE = replace(PROMISE, until=NOON - timedelta(days=1))
WRONG = Hold(HoldKind.WRONG_PERSON, "人違いです")
STOP_ASKED = Hold(HoldKind.STOP_QUESTION, "迷惑", NOON + timedelta(hours=24))
FAILED = Hold(HoldKind.FAILURES, "the last 3 messages failed")
APPROVED = Grounds("billing", Exemption.LEGAL_DUTY, "契約条項の変更", "staff:sato")
SHOP = Grounds("billing", Exemption.TRANSACTION, "shipping of order 12")
CUSTOMER = Grounds("promotions", Exemption.EXISTING_CUSTOMER, "customer since 2024-04-01")
ALLOWED = ""
SHIPPED = countries.shipped()


def judge(message_class: MessageClass, country: str = "jp", **known: Any) -> Verdict:
    """The verdict on a message at noon in Japan that lacks nothing but what is said here."""
    purpose = "promotions" if message_class is PROMOTIONAL else "billing"
    now = known.get("now", NOON)
    facts = {
        "now": now,
        "expires_at": now + timedelta(days=3),
        "country": countries.of_number(NUMBERS[country], SHIPPED),
        "body": AD,
        "legal_name": "株式会社例示商会",
        "grounds": Grounds(purpose),
        **known,
    }
    return may_send(Facts(message_class, **facts))


# class, what is known, country, what the refusal says ("" leaves, a moment waits)
CASES: list[tuple[MessageClass, dict[str, Any], str, str | datetime]] = [
    # too old
    *[(kind, {**AGREED, "grounds": APPROVED, "expires_at": NOON}, "jp", "too old")
      for kind in MessageClass],
    # a campaign that was stopped, or is outside of its own hours
    (REMINDER, {**AGREED, "called_off": "a mistake"}, "jp", "was stopped: a mistake"),
    (PROMOTIONAL, {**AGREED, "called_off": "a mistake"}, "jp", "was stopped: a mistake"),
    (REMINDER, {**AGREED, "opens_at": LATER}, "jp", LATER),
    (PROMOTIONAL, {**AGREED, "opens_at": LATER}, "jp", LATER),
    (REMINDER, {**AGREED, "now": NIGHT, "opens_at": LATER}, "jp", LATER),
    # a stop of everything
    (REPLY, {"consent": Consent.STOPPED}, "jp", "stopped all"),
    (CONFIRMATION, {"consent": Consent.STOPPED}, "jp", ALLOWED),
    (NOTICE, {"consent": Consent.STOPPED}, "jp", "stopped all"),
    (REMINDER, {**AGREED, "consent": Consent.STOPPED}, "jp", "stopped all"),
    (PROMOTIONAL, {**AGREED, "consent": Consent.STOPPED}, "jp", "stopped all"),
    (REMINDER, {**AGREED, "consent": Consent.STOPPED, "grounds": SHOP}, "jp", "stopped all"),
    (PROMOTIONAL, {"consent": Consent.STOPPED, "grounds": CUSTOMER}, "jp", "stopped all"),
    (LEGAL, {"consent": Consent.STOPPED}, "jp", "needs a name and a reason"),
    (LEGAL, {"consent": Consent.STOPPED, "grounds": APPROVED}, "jp", ALLOWED),
    # a stop of the purpose, or of another sender that reaches here
    (REMINDER, {**AGREED, "stopped": True}, "jp", "stopped messages for billing"),
    (PROMOTIONAL, {**AGREED, "stopped": True}, "us", "stopped messages for promotions"),
    (PROMOTIONAL, {"agreed": Consent.STOPPED}, "jp", "stopped messages for promotions"),
    (NOTICE, {"stopped": True}, "jp", "stopped all"),
    # consent
    *[(kind, {"agreed": state}, "jp", f"no consent to {purpose}: it is {state}")
      for kind, purpose in ((REMINDER, "billing"), (PROMOTIONAL, "promotions"))
      for state in (Consent.UNKNOWN, Consent.ASKED, Consent.REFUSED)],
    (PROMOTIONAL, {"consent": Consent.GRANTED}, "jp", "no consent to promotions"),
    (REMINDER, {"grounds": Grounds()}, "jp", "no consent to any purpose"),
    (REMINDER, AGREED, "jp", ALLOWED),
    (PROMOTIONAL, AGREED, "jp", ALLOWED),
    (REMINDER, {"grounds": SHOP}, "jp", ALLOWED),
    (PROMOTIONAL, {"grounds": CUSTOMER}, "jp", ALLOWED),
    (PROMOTIONAL, {"grounds": replace(CUSTOMER, note="")}, "jp", "since which day is not stated"),
    (REPLY, {}, "jp", ALLOWED),
    (NOTICE, {}, "jp", ALLOWED),
    # holds
    (REMINDER, {**AGREED, "holds": (LAWYER,)}, "jp", "a lawyer or insolvency was named: 弁護士"),
    (PROMOTIONAL, {**AGREED, "holds": (LAWYER, PROMISE)}, "jp", "a lawyer"),
    (REMINDER, {**AGREED, "holds": (FAILED,)}, "jp", "too many messages failed"),
    (REMINDER, {**AGREED, "holds": (WRONG,)}, "jp", "belongs to somebody else"),
    (NOTICE, {"holds": (WRONG,)}, "jp", "belongs to somebody else"),
    (LEGAL, {"grounds": APPROVED, "holds": (WRONG,)}, "jp", "belongs to somebody else"),
    (REMINDER, {**AGREED, "holds": (PROMISE,)}, "jp", PAY_DAY),
    (REMINDER, {**AGREED, "holds": (OLD_PROMISE,)}, "jp", ALLOWED),
    (PROMOTIONAL, {**AGREED, "holds": (STOP_ASKED,)}, "jp", NOON + timedelta(hours=24)),
    *[(kind, {"holds": (LAWYER, PROMISE, STOP_ASKED, FAILED)}, "jp", ALLOWED)
      for kind in (REPLY, CONFIRMATION, NOTICE)],
    # hours
    (REMINDER, {**AGREED, "now": NIGHT}, "jp", MORNING),
    (PROMOTIONAL, {**AGREED, "now": NIGHT}, "jp", MORNING),
    (LEGAL, {"grounds": APPROVED, "now": NIGHT}, "jp", MORNING),
    (REMINDER, {**AGREED, "now": MORNING - timedelta(minutes=1)}, "jp", MORNING),
    (REMINDER, {**AGREED, "now": MORNING}, "jp", ALLOWED),
    *[(kind, {"now": NIGHT}, "jp", ALLOWED) for kind in (REPLY, CONFIRMATION)],
    (NOTICE, {"now": NIGHT}, "jp", MORNING),
    (NOTICE, {"now": NIGHT, "acted_ago": timedelta(hours=2)}, "jp", MORNING),
    (NOTICE, {"now": NIGHT, "acted_ago": timedelta(minutes=1)}, "jp", ALLOWED),
    (NOTICE, {"acted_ago": timedelta(hours=2)}, "jp", ALLOWED),
    (REPLY, {"now": NIGHT, "heard_ago": timedelta(hours=2)}, "jp", MORNING),
    (REPLY, {"heard_ago": timedelta(hours=2)}, "jp", ALLOWED),
    (REMINDER, AGREED, "us", datetime(2026, 11, 21, 18, tzinfo=UTC)),
    (REMINDER, {**AGREED, "now": DAY_IN_AMERICA}, "us", ALLOWED),
    (REMINDER, {**AGREED, "now": DAY_IN_AMERICA}, "default", datetime(2026, 11, 22, 9, tzinfo=UTC)),
    # the cap per day
    (REMINDER, {**AGREED, "sent_today": 2}, "jp", ALLOWED),
    (REMINDER, {**AGREED, "sent_today": 3}, "jp", MORNING),
    (PROMOTIONAL, {**AGREED, "sent_today": 9}, "jp", MORNING),
    (REPLY, {"sent_today": 9}, "jp", ALLOWED),
    (LEGAL, {"grounds": APPROVED, "sent_today": 9}, "jp", ALLOWED),
    # the latest of several reasons to wait
    (REMINDER, {**AGREED, "now": NIGHT, "holds": (PROMISE,)}, "jp", PAY_DAY),
    # words that must stand, and the sender
    (PROMOTIONAL, {**AGREED, "body": NAMELESS}, "jp", "{legal_name}"),
    (PROMOTIONAL, {**AGREED, "body": ENDLESS}, "jp", "one of: 配信停止, STOP"),
    (PROMOTIONAL, {**AGREED, "legal_name": ""}, "jp", "{legal_name}"),
    (REMINDER, {**AGREED, "body": "お支払期日は明日です。"}, "jp", ALLOWED),
    (REMINDER, {**AGREED, "suspended": "the sender is retired"}, "jp", "the sender is retired"),
    # length
    (REMINDER, {**AGREED, "body": "あ" * 660}, "jp", ALLOWED),
    (REMINDER, {**AGREED, "body": "あ" * 661}, "jp", "661 units long in UCS-2, and 660 may be"),
    (NOTICE, {"body": "😀" * 331}, "jp", "662 units long in UCS-2, and 660 may be"),
    (LEGAL, {"grounds": APPROVED, "body": "a" * 1531}, "jp", "1531 units long in GSM-7"),
    (PROMOTIONAL, {**AGREED, "body": AD + "あ" * 660}, "jp", "units long in UCS-2"),
    (REMINDER, {**AGREED, "body": "あ" * 661, "now": DAY_IN_AMERICA}, "us", ALLOWED),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "known", "country", "expected"), CASES)
def test_the_gate(
    kind: MessageClass, known: dict[str, Any], country: str, expected: str | datetime
) -> None:
    verdict = judge(kind, country, **known)

    if isinstance(expected, datetime):
        assert isinstance(verdict, Later), verdict
        assert verdict.at == expected
    elif expected:
        assert isinstance(verdict, Blocked), verdict
        assert expected in verdict.why
    else:
        assert isinstance(verdict, Allowed), verdict


HOURS = {
    "jp": (NOON, NIGHT),
    "us": (DAY_IN_AMERICA, NOON),
    "default": (datetime(2026, 11, 21, 12, tzinfo=UTC), datetime(2026, 11, 21, 21, tzinfo=UTC)),
}
NO_HOLD, WAITING, ENDLESS_HOLD = (), (replace(PROMISE, until=PAY_DAY),), (LAWYER,)


@pytest.mark.parametrize("country", NUMBERS)
@pytest.mark.parametrize("kind", MessageClass)
def test_every_case_keeps_what_was_promised(kind: MessageClass, country: str) -> None:
    """Class x consent x stop x hold x hour x cap x country, judged by the promises alone."""
    unasked = kind in {REMINDER, PROMOTIONAL}
    cases = product(Consent, (False, True), (NO_HOLD, WAITING, ENDLESS_HOLD), (False, True), (0, 3))
    for agreed, stopped, holds, night, sent in cases:
        known = {
            "agreed": agreed,
            "stopped": stopped,
            "holds": holds,
            "now": HOURS[country][night],
            "sent_today": sent,
            "heard_ago": timedelta(),
            **({"grounds": APPROVED} if kind is LEGAL else {}),
        }
        verdict = judge(kind, country, **known)
        case = f"{known}: {verdict}"
        blocked = stopped and kind not in {CONFIRMATION, LEGAL}
        blocked |= unasked and (agreed is not Consent.GRANTED or holds is ENDLESS_HOLD)
        waits = unasked and (holds is WAITING or night or sent >= 3)
        waits |= kind in {LEGAL, NOTICE} and night
        assert isinstance(verdict, Blocked) == blocked, case
        assert isinstance(verdict, Allowed) == (not blocked and not waits), case
        if isinstance(verdict, Later):
            assert verdict.at > known["now"], case
        if not isinstance(verdict, Allowed):
            assert verdict.why in [reason.words for reason in verdict.reasons], case


def test_a_verdict_names_every_reason() -> None:
    verdict = judge(REMINDER, now=NIGHT, holds=(LAWYER,), sent_today=3, agreed=Consent.REFUSED)

    assert isinstance(verdict, Blocked)
    assert [reason.rule for reason in verdict.reasons] == [
        "consent", "hold lawyer", "hours", "cap",
    ]  # fmt: skip


def test_what_lets_a_message_pass_is_a_reason_as_well() -> None:
    passed = judge(REMINDER, grounds=SHOP)
    legal = judge(LEGAL, grounds=APPROVED, consent=Consent.STOPPED)

    assert passed.reasons[0].words == "no consent is needed: transaction (shipping of order 12)"
    assert legal.reasons[0].words == "a legal notice, approved by staff:sato: 契約条項の変更"


# The target is 200 µs where a webhook's signature takes 23 µs, as docs/performance.md has it.
SIGNATURES = 200 / 23


@pytest.mark.parametrize("country", NUMBERS)
def test_a_verdict_costs_less_than_nine_signatures(country: str) -> None:
    """A ratio, for an absolute time would be the machine's; each the best of short rounds in turn,
    about as long as each other, so that other programs interrupt the one as often as the other."""
    form = MultiDict({f"Parameter{one}": "x" * 20 for one in range(12)})
    url, token = "https://sms.example.com/webhooks/twilio/messages", "token"
    given = signature(url, form, token)
    worst: dict[str, Any] = {
        **AGREED, "holds": (PROMISE, LAWYER), "now": NIGHT, "sent_today": 5, "body": ENDLESS,
    }  # fmt: skip
    rounds = [
        (
            timeit(lambda: judge(PROMOTIONAL, country, **worst), number=10) / 10,
            timeit(lambda: is_signed(url, form, given, token), number=40) / 40,
        )
        for _ in range(100)
    ]
    verdict, signed = (min(times) for times in zip(*rounds, strict=True))
    assert verdict / signed < SIGNATURES
