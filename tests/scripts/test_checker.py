"""The checker: every rule by its cases, what ships without a complaint, and the length of texts."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

import flows
from bot.compliance import countries
from bot.dialogue.flow import DONE, START, Flow, move
from bot.messaging.grounds import MessageClass
from bot.scripts import gallery, shipped
from bot.scripts.about import Size
from bot.scripts.checker import billing
from bot.scripts.checker.check import check, errors
from bot.scripts.checker.content import OF_GATE
from bot.scripts.checker.context import Context, Sender, Surroundings
from bot.scripts.checker.finding import Finding, Severity
from bot.scripts.checker.measure import measure
from bot.scripts.edition import as_it_ships, build
from bot.scripts.item import Changes
from bot.scripts.script import Script, Tag
from bot.senders.surroundings import surroundings
from bot.setting_types import BillingTable, prices
from bot.settings import load
from bot.text.language import Language
from tests.conftest import ENVIRONMENT

JA, EN = Language.JA, Language.EN
SHIPPED = shipped.load_all([shipped.LOCALES])
FLOWS = {flow.name: flow for flow in flows.FLOWS}
COMPANY = surroundings(load(environment={**ENVIRONMENT, "HENJI_LEGAL_NAME": "Example Co. Ltd."}))
FOREIGN = Sender("+12025550100", receives=True, foreign=True)
DEAF = Sender("+815000000009", receives=False, foreign=False)


def context(changes: Changes, around: Surroundings = COMPANY) -> Context:
    return Context(build(SHIPPED, changes, whole=True), FLOWS, around)


def found(
    key: str,
    ja: str | None = None,
    en: str | None = None,
    around: Surroundings = COMPANY,
    tags: frozenset[Tag] | None = None,
) -> list[Finding]:
    """What is found in a script with other words, and other tags."""
    given = {JA: ja, EN: en}
    changes = {(key, language): {"text": text} for language, text in given.items() if text}
    made = context(changes, around)
    if tags is not None:
        scripts = dict(made.edition.scripts)
        for language in Language:
            scripts[key, language] = replace(scripts[key, language], tags=tags)
        made = replace(made, edition=replace(made.edition, scripts=scripts))
    return check(made, {key})


def test_what_ships_is_without_a_complaint() -> None:
    assert check(context({})) == []


CASES = [
    # The rule, the key, and its words in Japanese or English that break it.
    ("brand", "common.paused", "自動返信を休みます。", None),
    ("stop_instruction", "onboarding.consent", "【{brand}】「はい」か「いいえ」で。", None),
    ("stop_instruction", "onboarding.consent", None, "{brand}: May we text you? Reply YES or NO."),
    ("threat", "paid.noted", "【{brand}】法的手続きに入ります。", None),
    ("threat", "paid.noted", None, "{brand}: Final notice. We will sue."),
    ("debt", "paid.noted", "【{brand}】滞納分を確認します。", None),
    ("debt", "paid.noted", "【{brand}】12,800円を確認します。", None),
    ("debt", "paid.noted", None, "{brand}: You owe us $12.30."),
    ("debt", "balance.ask_digits", "【{brand}】残高のため、下4桁をご返信ください。", None),
    ("shortener", "paid.noted", "【{brand}】詳細はbit.ly/abcをご覧ください。", None),
    ("shortener", "paid.noted", None, "{brand}: See HTTPS://Bit.Ly/abc"),
    ("shortener", "paid.noted", "【{brand}】ｂｉｔ．ｌｙ/abcへ。", None),
    ("domain", "paid.noted", "【{brand}】https://sms.example.net/a へ。", None),
    ("links", "paid.noted", "【{brand}】https://sms.example.com/a か {opt_out_url} へ。", None),
    ("number", "paid.noted", "【{brand}】03-1234-5678へお電話ください。", None),
    ("ucs_2", "paid.noted", None, "{brand}: Thank you — we’ll look into it."),
    ("iso_2022_jp", "paid.noted", "【{brand}】①㈱髙木～ご確認します。", None),
    ("keyword", "paid.noted", "【{brand}】「再発行」とご返信ください。", None),
    ("keyword", "paid.noted", None, "{brand}: Reply RESEND for a new link."),
    ("too_long", "paid.noted", "【{brand}】" + "長" * 700, None),
    ("segments", "paid.noted", "【{brand}】" + "長" * 80, None),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "key", "ja", "en"), CASES)
def test_a_rule_finds_what_breaks_it(rule: str, key: str, ja: str | None, en: str | None) -> None:
    assert rule in {one.rule for one in found(key, ja, en)}


FINE = [
    ("paid.noted", "【{brand}】ご入金を確認いたします。停止は「配信停止」とご返信ください。", None),
    ("paid.noted", "【{brand}】詳細は https://sms.example.com/faq へ。", None),
    ("paid.noted", "【{brand}】0120-000-000へお電話ください。", None),
    ("paid.noted", None, "{brand}: We stop by the courtyard; suede is fine. Call 0120-000-000."),
    ("promise.ask_day", "【{brand}】「12月25日」のようにご返信ください。", None),
    ("balance.answer", "【{brand}】{name}様の{as_of}時点のご請求残高は{amount}です。", None),
]


@pytest.mark.parametrize(("key", "ja", "en"), FINE)
def test_what_is_well_said_is_left_alone(key: str, ja: str | None, en: str | None) -> None:
    assert {one.rule for one in found(key, ja, en)} <= {"translation"}


def test_placeholders_are_filled_and_the_same_in_both_languages() -> None:
    (unknown, other) = found("paid.noted", "【{brand}】{nmae}様、確認します。")
    assert (unknown.rule, other.rule) == ("placeholder", "translation")
    near = found("balance.answer", "【{brand}】{nane}様")[0]
    assert near.sentence == "Nothing fills {nane}: did you mean {name}?"
    (lacking,) = found("balance.answer", "【{brand}】{as_of}時点")
    assert (lacking.rule, lacking.sentence) == (
        "translation",
        "It lacks {amount}, which English has.",
    )


def test_an_advertisement_names_its_company_and_where_to_complain() -> None:
    promotional = frozenset({Tag.PROMOTIONAL})
    bare = found("paid.noted", "【{brand}】セール中です。", "{brand}: Sale now.", tags=promotional)
    assert {one.rule for one in bare} == {"legal_name", "contact", "stop_instruction"}
    whole = "【{brand}】{legal_name}のセールです。お問い合わせは{contact}。停止は「配信停止」"
    english = "{brand}: Sale. {legal_name}, {contact}. Reply STOP to end."
    assert found("paid.noted", whole, english, tags=promotional) == []
    # That the name is not set is no fault of the words: the gate and the doctor tell.
    nameless = surroundings(load(environment=ENVIRONMENT))
    assert found("paid.noted", whole, english, nameless, promotional) == []


def test_a_link_alone_does_not_tell_beforehand_what_the_gate_would_block() -> None:
    promotional = frozenset({Tag.PROMOTIONAL})
    ja = "【{brand}】{legal_name}のセールです。%s{opt_out_url}"
    en = "{brand}: Sale by {legal_name}. %s{opt_out_url}"
    alone = found("onboarding.agreed", ja % "", en % "", tags=promotional)
    assert {(one.rule, one.language, one.severity) for one in alone} == {
        ("stop_instruction", language, Severity.ERROR) for language in Language
    }
    told = (ja % "配信停止はこちら ", en % "To STOP: ")
    rest = found("onboarding.agreed", *told, tags=promotional)
    assert "stop_instruction" not in {one.rule for one in rest}
    for country in countries.shipped():
        assert set(OF_GATE) in map(set, country.required[MessageClass.PROMOTIONAL])


@pytest.mark.parametrize("sender", [FOREIGN, DEAF])
def test_asking_for_a_reply_in_plain_words_is_warned_of(sender: Sender) -> None:
    around = replace(COMPANY, senders=(sender,))
    asks = found("paid.noted", "【{brand}】確認のため返信してください。", around=around)
    assert ("reply", JA, Severity.WARNING) in {(o.rule, o.language, o.severity) for o in asks}
    ways = found("paid.noted", "【{brand}】返信してください。{support_phone}", around=around)
    assert ("reply", JA) not in {(one.rule, one.language) for one in ways}


@pytest.mark.parametrize(("sender", "why"), [(FOREIGN, "is foreign"), (DEAF, "gets no replies")])
def test_a_reply_is_not_asked_for_where_it_is_lost_or_dear(sender: Sender, why: str) -> None:
    around = replace(COMPANY, senders=(sender,))
    warned = found("common.help", around=around)
    assert {(one.rule, one.severity) for one in warned} == {("reply", Severity.WARNING)}
    assert all(why in one.sentence and sender.number in one.sentence for one in warned)
    offered = found("onboarding.agreed", around=around)
    assert offered == []


def words(language: Language, name: str, *more: str, without: str = "") -> Mapping[str, object]:
    kept = [word for word in SHIPPED.keywords[language][name] if word != without]
    return {"words": [*kept, *more]}


KEYWORDS = [
    ("required", "STOP", JA, words(JA, "STOP", without="配信停止"), "配信停止 must keep"),
    ("required", "STOP", EN, words(EN, "STOP", without="unsubscribe"), "unsubscribe must keep"),
    ("required", "HELP", EN, words(EN, "HELP", without="info"), "info must keep"),
    ("required", "AGENT", JA, {"words": []}, "The list is empty"),
    ("collision", "PAY", JA, words(JA, "PAY", "配信停止"), "配信停止 cannot mean"),
    ("collision", "PAY", JA, words(JA, "PAY", "ハイシンテイシ"), "cannot mean"),
    ("collision", "BACK", EN, words(EN, "BACK", "Stop"), "stop cannot mean “STOP” and “BACK”"),
    ("collision", "STOP_PROMOTIONS", JA, words(JA, "STOP_PROMOTIONS", "残高"), "BALANCE"),
    ("collision", "PAY", EN, words(EN, "PAY", "book"), "book begins the flow “booking”"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "name", "language", "content", "told"), KEYWORDS)
def test_a_keyword_that_cannot_stand_is_named(
    rule: str, name: str, language: Language, content: Mapping[str, object], told: str
) -> None:
    booking = Flow("booking", (move("begin", START, DONE),), keywords=("book",))
    changes = {(f"keywords.{name}", language): content}
    made = replace(context(changes), flows={**FLOWS, "booking": booking})
    (one,) = [one for one in check(made, {f"keywords.{name}"}) if one.rule == rule]

    assert one.severity is Severity.ERROR
    assert told in one.sentence


def test_a_keyword_that_texts_teach_is_missed() -> None:
    changes = {("keywords.AGENT", JA): words(JA, "AGENT", without="相談")}
    missed = check(context(changes), {"keywords.AGENT"})
    assert {one.rule for one in missed} == {"keyword"}
    assert "common.help" in {one.key for one in missed}


def test_a_script_that_a_flow_needs_is_missed() -> None:
    lacking = Flow("balance", (move("begin", START, "ask_more"),))
    made = replace(context({}), flows={"balance": lacking})
    missed = check(made)
    assert {(one.rule, one.key) for one in errors(missed)} == {("missing", "balance.ask_more")}


def test_a_script_that_nobody_says_and_one_that_is_not_there_are_found() -> None:
    made = context({})
    scripts = dict(made.edition.scripts)
    for language in Language:
        scripts["common.old", language] = replace(
            scripts["common.help", language], key="common.old"
        )
        del scripts["balance.left", language]
    complaints = check(replace(made, edition=replace(made.edition, scripts=scripts)))
    assert [(one.rule, one.key, one.severity) for one in complaints] == [
        ("missing", "balance.left", Severity.ERROR),
        ("unused", "common.old", Severity.WARNING),
    ]


def test_a_text_is_measured_with_short_usual_and_long_values() -> None:
    script = Script("balance.answer", JA, "【{brand}】{name}様のご請求残高は{amount}です。①")
    short, usual, long = measure(script, SHIPPED.examples, COMPANY.names[JA], prices("8.5"))

    assert [one.size for one in (short, usual, long)] == list(Size)
    assert usual.body == "【例示商会】山田 花子様のご請求残高は12,800円です。①"
    assert (usual.encoding, usual.characters, usual.segments) == ("UCS-2", 30, 1)
    assert usual.steps["segments-67"] == {"steps": 1, "yen": 8.5}
    assert str(usual.not_in_iso_2022_jp[0]) == "① (U+2460) at 30"
    assert usual.not_in_iso_2022_jp[0].instead == "(1)"
    assert short.units < usual.units < long.units


STEPS = [
    ("あ" * 70, 1, 1, 1),
    ("あ" * 71, 2, 2, 2),
    ("あ" * 134, 2, 2, 3),
    ("あ" * 135, 3, 2, 3),
    ("あ" * 141, 3, 3, 3),
    ("あ" * 660, 10, 10, 10),
    ("a" * 160, 1, 1, 1),
    ("a" * 161, 2, 2, 2),
    ("a" * 320, 3, 2, 3),
    ("あ" * 66 + "😀" * 3, 2, 2, 2),
]


@pytest.mark.parametrize(("text", "by_67", "by_70", "by_66"), STEPS)
def test_each_billing_table_counts_its_own_steps(
    text: str, by_67: int, by_70: int, by_66: int
) -> None:
    steps = {name: table.steps(text) for name, table in billing.tables().items()}
    assert steps == {"segments-67": by_67, "steps-70": by_70, "parts-66": by_66}
    assert billing.yen(text, prices("3"))["segments-67"]["yen"] == 3.0 * by_67


def test_each_billing_table_may_have_a_price_of_its_own() -> None:
    told = billing.yen("あ" * 71, prices("segments-67=12.5, steps-70=8"))
    assert {name: one["yen"] for name, one in told.items()} == {
        "segments-67": 25.0,
        "steps-70": 16.0,
        "parts-66": None,
    }
    assert billing.tables().keys() == set(BillingTable)


def test_the_edition_that_ships_is_what_is_checked() -> None:
    assert context({}).edition.scripts == as_it_ships(SHIPPED).scripts


USES = {
    "notice.visit_date",
    "notice.door_sale_payment",
    "notice.works_payment",
    "notice.counter_call",
    "notice.first_premium",
    "notice.reminder",
    "notice.unpaid_fee",
}


def test_ready_scripts_for_the_seven_uses_pass_the_checker() -> None:
    ready = gallery.scripts()
    assert {key for key, _ in ready} == USES
    words = replace(SHIPPED, scripts={**SHIPPED.scripts, **ready}, examples=gallery.examples())
    assert check(Context(as_it_ships(words), FLOWS, COMPANY), USES) == []
