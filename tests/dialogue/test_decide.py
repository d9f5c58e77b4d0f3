"""The decision per text, without a database: who wins, what is asked, what is left unsaid."""

from datetime import timedelta
from typing import Any

import pytest

from bot.dialogue.decide import Situation, decide, needs
from bot.dialogue.decision import Decision, Heard, View
from bot.dialogue.effects import Consent, CreatePaymentLink, HandOver, RecordConsent
from bot.dialogue.flow import DONE, START, Flow, move
from bot.dialogue.intents import understand
from bot.dialogue.turn import Account, Facts, Turn
from bot.dialogue.vocabulary import Intent
from bot.scripts.shipped import LOCALES, load_vocabulary
from bot.text.format import Money
from bot.text.language import Language
from flows import FLOWS

WORDS = load_vocabulary(LOCALES)
TABLE = {flow.name: flow for flow in FLOWS}
ACCOUNT = Account(1, "10001234", "山田 花子", Money(12800, "JPY"), None, as_of=None)  # type: ignore[arg-type]
YOUNG = timedelta(minutes=1)
STALE = timedelta(hours=2)


def hearing(
    text: str,
    tries_left: int = 3,
    carrier: Intent | None = None,
    flows: dict[str, Flow] | None = None,
    **view: Any,
) -> Decision:
    """What is decided when a Japanese customer with an account writes `text`."""
    reading = understand(text, WORDS)
    seen = View(**{"language": Language.JA, "consent": Consent.GRANTED, "idle": YOUNG, **view})
    heard = Heard("twilio", "SM1", "+819000000001", "+815000000001", text, carrier)
    facts = Facts((ACCOUNT,), tries_left)
    return decide(Situation(seen, heard, reading, flows or TABLE, facts))


def said(decision: Decision) -> list[str]:
    return [reply.key for reply in decision.replies]


EVERY_STATE = [{}, *({"flow": f.name, "state": s} for f in FLOWS for s in f.states if s != DONE)]


@pytest.mark.parametrize("where", EVERY_STATE, ids=str)
@pytest.mark.parametrize("text", ["ＳＴＯＰ。", "配信停止", "「ｽﾄｯﾌﾟ」", "stop!", "Unsubscribe"])
def test_a_stop_wins_in_every_state(text: str, where: dict[str, Any]) -> None:
    decision = hearing(text, **where)

    assert said(decision) == ["consent.stopped"]
    assert decision.effects == (RecordConsent(Consent.STOPPED),)
    assert decision.cancel_queued
    assert decision.flow is None


@pytest.mark.parametrize("where", EVERY_STATE, ids=str)
def test_help_answers_in_every_state_and_changes_none(where: dict[str, Any]) -> None:
    decision = hearing("ヘルプ", **where)

    assert said(decision) == ["common.help"]
    assert (decision.flow, decision.state) == (where.get("flow"), where.get("state", START))


def test_a_second_stop_hears_nothing() -> None:
    decision = hearing("配信停止", consent=Consent.STOPPED)

    assert said(decision) == []
    assert decision.effects == (RecordConsent(Consent.STOPPED),)


@pytest.mark.parametrize("text", ["残高", "はい", "こんにちは", "相談", "English", "1234"])
def test_after_a_stop_everything_else_stays_silent(text: str) -> None:
    decision = hearing(text, consent=Consent.STOPPED)

    assert said(decision) == []
    assert decision.effects == ()


def test_help_after_a_stop_is_answered_once() -> None:
    first = hearing("ヘルプ", consent=Consent.STOPPED)
    second = hearing("ヘルプ", consent=Consent.STOPPED, helped_since_stop=first.helped_since_stop)

    assert said(first) == ["consent.help_while_stopped"]
    assert (said(second), second.helped_since_stop) == ([], True)


@pytest.mark.parametrize(
    ("consent", "key"),
    [(Consent.STOPPED, "consent.restarted"), (Consent.UNKNOWN, "consent.started")],
)
def test_only_start_lifts_a_stop(consent: Consent, key: str) -> None:
    decision = hearing("配信開始", consent=consent)

    assert said(decision) == [key]
    assert decision.effects == (RecordConsent(Consent.GRANTED),)


@pytest.mark.parametrize("intent", [Intent.STOP, Intent.START, Intent.HELP])
def test_what_the_carrier_answered_is_recorded_in_silence(intent: Intent) -> None:
    text = {Intent.STOP: "stop", Intent.START: "start", Intent.HELP: "help"}[intent]
    decision = hearing(text, carrier=intent)

    assert said(decision) == []
    assert [effect.consent for effect in decision.effects if isinstance(effect, RecordConsent)] == {
        Intent.STOP: [Consent.STOPPED],
        Intent.START: [Consent.GRANTED],
        Intent.HELP: [],
    }[intent]


def test_who_writes_first_is_answered_first_and_then_asked_once() -> None:
    decision = hearing("支払い", consent=Consent.UNKNOWN)

    assert said(decision) == ["payment.link", "onboarding.consent"]
    assert decision.effects == (CreatePaymentLink(1), RecordConsent(Consent.ASKED))
    assert (decision.flow, decision.state) == ("onboarding", "consent")


@pytest.mark.parametrize("consent", [c for c in Consent if c not in {"unknown", "stopped"}])
def test_the_question_of_consent_is_not_put_twice(consent: Consent) -> None:
    assert said(hearing("支払い", consent=consent)) == ["payment.link"]


@pytest.mark.parametrize("text", ["はい", "いいえ", "1", "2", "yes", "NO"])
def test_a_yes_without_an_open_question_is_asked_and_never_taken(text: str) -> None:
    decision = hearing(text, consent=Consent.ASKED)

    assert said(decision) == ["onboarding.consent"]
    assert decision.effects == (RecordConsent(Consent.ASKED),)


def test_a_yes_to_a_question_that_is_hours_old_is_asked_again() -> None:
    stale = {"flow": "onboarding", "state": "consent", "idle": STALE, "consent": Consent.ASKED}

    assert said(hearing("はい", **stale)) == ["onboarding.consent"]


@pytest.mark.parametrize(
    ("text", "key", "consent"),
    [
        ("はい", "onboarding.agreed", Consent.GRANTED),
        ("１", "onboarding.agreed", Consent.GRANTED),
        ("Yes!", "onboarding.agreed", Consent.GRANTED),
        ("いいえ", "onboarding.declined", Consent.REFUSED),
        ("②", "onboarding.declined", Consent.REFUSED),
        ("no", "onboarding.declined", Consent.REFUSED),
    ],
)
def test_consent_is_confirmed(text: str, key: str, consent: Consent) -> None:
    asked = {"flow": "onboarding", "state": "consent", "consent": Consent.ASKED}
    decision = hearing(text, **asked)

    assert said(decision) == [key]
    assert decision.effects == (RecordConsent(consent),)


def test_an_unclear_answer_about_consent_is_asked_again_once_and_then_left_open() -> None:
    asked = {"flow": "onboarding", "state": "consent", "consent": Consent.ASKED}
    first = hearing("結構です", **asked)
    second = hearing("結構です", slots=first.slots, **asked)

    assert said(first) == ["onboarding.consent.again"]
    assert said(second) == ["onboarding.left_open"]
    assert second.effects == ()


def test_a_keyword_that_the_open_question_does_not_understand_begins_its_own_flow() -> None:
    decision = hearing("支払い", flow="balance", state="ask_digits")

    assert said(decision) == ["payment.link"]


def test_a_change_of_language_leaves_the_question_open_and_puts_it_again() -> None:
    decision = hearing("English", flow="balance", state="ask_digits")

    assert said(decision) == ["language.switched", "balance.ask_digits"]
    assert decision.language is Language.EN
    assert (decision.flow, decision.state) == ("balance", "ask_digits")


@pytest.mark.parametrize(
    ("text", "view", "language", "keep"),
    [
        ("balance", {}, Language.EN, Language.EN),
        ("残高", {"language": Language.EN}, Language.JA, Language.JA),
        ("残高", {"language": Language.EN, "language_chosen": True}, Language.EN, Language.EN),
        ("配信停止", {"language": Language.EN, "language_chosen": True}, Language.JA, Language.EN),
        ("ＳＴＯＰ。", {}, Language.JA, Language.JA),
        ("STOP", {}, Language.EN, Language.EN),
        ("1", {"language": Language.EN}, Language.EN, Language.EN),
        ("Yamada", {"flow": "balance", "state": "ask_digits"}, Language.JA, Language.JA),
    ],
)
def test_the_language_follows_the_person(
    text: str, view: dict[str, Any], language: Language, keep: Language
) -> None:
    decision = hearing(text, **view)

    assert (decision.language, decision.keep) == (language, keep)


@pytest.mark.parametrize("text", ["1234", "１２３４", "1234です", "9999", "ヤマダ 0000"])
def test_digits_that_prove_who_somebody_is_are_secret(text: str) -> None:
    assert hearing(text, flow="balance", state="ask_digits").secret


@pytest.mark.parametrize("where", [{}, {"flow": "balance", "state": "ask_digits", "idle": STALE}])
def test_digits_that_come_late_or_unasked_are_secret_too(where: dict[str, Any]) -> None:
    assert hearing("1234", **where).secret


@pytest.mark.parametrize("where", EVERY_STATE, ids=str)
@pytest.mark.parametrize("text", ["1234", "私は1234です", "お客様番号は１０００１２３４"])
def test_digits_that_fit_an_account_are_secret_in_every_state(
    text: str, where: dict[str, Any]
) -> None:
    assert hearing(text, **where).secret


def test_other_texts_are_no_secret() -> None:
    assert not hearing("残高").secret
    assert not hearing("1", flow="onboarding", state="consent").secret
    assert not hearing("25日に5000円払います").secret


def test_what_is_not_understood_teaches_the_keywords_and_then_offers_a_person() -> None:
    first = hearing("本日は晴天なり")
    second = hearing("本日は晴天なり", misunderstood=first.misunderstood)

    assert said(first) == ["common.not_understood"]
    assert said(second) == ["common.not_understood_again"]


def test_who_waits_for_a_person_is_not_lectured_meanwhile() -> None:
    assert hearing("相談").effects == (HandOver(),)
    assert said(hearing("あの件ですが", waiting=YOUNG)) == []
    assert said(hearing("残高", waiting=YOUNG)) == ["balance.ask_digits"]
    assert said(hearing("あの件ですが", waiting=timedelta(days=2))) == ["common.not_understood"]


def test_facts_are_loaded_only_for_flows_that_need_them() -> None:
    def needed(text: str, **view: Any) -> frozenset[str]:
        heard = Heard("twilio", "SM1", "+819000000001", "+815000000001", text)
        seen = View(Language.JA, **view)
        return needs(Situation(seen, heard, understand(text, WORDS), TABLE))

    assert needed("残高") == {"account"}
    assert needed("1234", flow="balance", state="ask_digits") == {"account"}
    assert needed("私は1234です") == {"account"}
    assert needed("こんにちは") == frozenset()


def test_a_flow_may_say_goodbye_when_it_is_stopped_or_expires() -> None:
    def call(turn: Turn) -> None:
        turn.do(HandOver())
        turn.say("bye")

    polite = Flow(
        "polite",
        (
            move("begin", START, "ask"),
            move("reply", "ask", DONE),
            move("stop", "ask", DONE, then=call),
            move("expire", "ask", DONE, then=call),
        ),
    )
    where = {"flow": "polite", "state": "ask", "flows": {**TABLE, "polite": polite}}
    stopped = hearing("配信停止", **where)
    expired = hearing("残高", idle=STALE, **where)

    assert said(stopped) == ["consent.stopped"]
    assert stopped.effects == (HandOver(), RecordConsent(Consent.STOPPED))
    assert said(expired) == ["polite.bye", "balance.ask_digits"]
    assert expired.effects == (HandOver(),)


LATE = {"flow": "onboarding", "state": "consent", "slots": {"confirms": "form"}}


@pytest.mark.parametrize("consent", [Consent.UNKNOWN, Consent.GRANTED])
def test_a_yes_to_a_form_counts_for_a_day(consent: Consent) -> None:
    for text, key in (("はい", "onboarding.agreed"), ("いいえ", "onboarding.declined")):
        late = hearing(text, **LATE, idle=timedelta(hours=23), consent=consent)
        assert said(late) == [key]
    over = hearing("はい", **LATE, idle=timedelta(hours=25), consent=consent)
    assert RecordConsent(Consent.GRANTED) not in over.effects


def test_anything_else_hours_after_a_form_is_no_answer_to_it() -> None:
    assert said(hearing("ヨロシク", **LATE, idle=STALE)) == ["common.not_understood"]
