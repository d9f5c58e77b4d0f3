"""What a draft must pass: a second person, the checker, other people's changes, the talks."""

from dataclasses import replace

import pytest

from bot.errors import ScriptRefused
from bot.rehearsal import release, talks
from bot.rehearsal.personas import persona, simulate
from bot.runtime import Runtime
from bot.scripts import drafts
from bot.setting_types import Review
from bot.store.session import transact
from tests.carrier import Carrier
from tests.people import Texting
from tests.scripts.publishing import EN, JA, SATO, SUZUKI, draft, says

HANAKO = "+819000000001"
PAUSED_JA, PAUSED_EN = ("common.paused", JA), ("common.paused", EN)
WELL = {
    PAUSED_JA: says("【{brand}】少し休みます。停止は「配信停止」とご返信ください。"),
    PAUSED_EN: says("{brand}: A short pause. Reply STOP to end messages."),
}

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def approved(runtime: Runtime, draft_id: int) -> int:
    transact(runtime.engine, lambda it: drafts.ask_for_review(it, draft_id, SATO))
    transact(runtime.engine, lambda it: drafts.review(it, draft_id, SUZUKI, good=True))
    return draft_id


def last(runtime: Runtime) -> str:
    """The last message that the carrier got."""
    assert isinstance(runtime.provider, Carrier)
    return runtime.provider.accepted[-1].body


def alone(runtime: Runtime) -> Runtime:
    off = {"HENJI_SCRIPTS_REVIEW": Review.OFF}
    return replace(runtime, settings=runtime.settings.model_copy(update=off))


def test_from_a_draft_to_the_handset_and_back(texting: Texting) -> None:
    runtime = texting.runtime
    mine = draft(
        runtime, {("common.help", JA): says("【{brand}】停止は「配信停止」とご返信ください。")}
    )
    with pytest.raises(ScriptRefused, match="not approved: a second person"):
        release.publish(runtime, mine, SATO)
    number = release.publish(runtime, approved(runtime, mine), SUZUKI)

    assert texting.says(HANAKO, "ヘルプ") == ["common.help"]
    assert last(runtime) == "【例示商会】停止は「配信停止」とご返信ください。"
    back = release.take_back(runtime, number, SUZUKI, "people missed the other words")
    assert back == number + 1
    texting.says("+819000000002", "ヘルプ")
    assert "「残高」" in last(runtime)
    with pytest.raises(ScriptRefused, match="is published already"):
        release.publish(runtime, mine, SUZUKI)


def test_a_draft_needs_no_second_person_where_the_setting_says_so(runtime: Runtime) -> None:
    assert release.publish(alone(runtime), draft(runtime, WELL), SATO) == 1


def test_an_error_blocks_and_a_warning_wants_a_reason(runtime: Runtime) -> None:
    bad = draft(runtime, {PAUSED_JA: says("少し休みます。")})
    with pytest.raises(ScriptRefused, match=r"common\.paused: It does not say who writes"):
        release.publish(alone(runtime), bad, SATO)

    sharp = draft(runtime, {PAUSED_JA: says("【{brand}】至急、お待ちください。")})
    with pytest.raises(ScriptRefused, match="say why the warning “threat” may stand"):
        release.publish(alone(runtime), sharp, SATO)
    why = {"threat": "the storm warning of the city uses this word"}
    transact(runtime.engine, lambda it: drafts.explain(it, sharp, SATO, "a storm", why))
    assert release.publish(alone(runtime), sharp, SATO) == 1


def test_what_was_wrong_with_the_other_language_before_does_not_block(runtime: Runtime) -> None:
    """A brand in kanji makes every English text a long one; the Japanese can still be edited."""
    kanji = runtime.settings.model_copy(update={"HENJI_BRAND_EN": ""})
    runtime = alone(replace(runtime, settings=kanji))
    japanese = {("common.help", JA): says("【{brand}】停止は「配信停止」とご返信ください。")}
    assert release.publish(runtime, draft(runtime, japanese), SATO) == 1

    english = {
        ("common.help", EN): says(
            "{brand}: Reply STOP to end all of these messages, any time, day or night."
        )
    }
    with pytest.raises(ScriptRefused, match="say why the warning “ucs_2” may stand"):
        release.publish(runtime, draft(runtime, english), SATO)


def test_a_red_talk_blocks(runtime: Runtime) -> None:
    turns = simulate(runtime, persona("blunt"), ["いくら"])
    transact(runtime.engine, lambda it: talks.save(it, "asks how much", "blunt", turns, SATO))
    lists = runtime.edition.keywords[JA]
    words = [word for word in lists["BALANCE"] if word != "いくら"]
    moved = {"BALANCE": words, "PAY": [*lists["PAY"], "いくら"]}
    mine = draft(runtime, {(f"keywords.{name}", JA): {"words": moved[name]} for name in moved})
    examined = release.examine(runtime, mine, SATO)

    assert [one.name for one in examined.played if not one.green] == ["blunt", "asks how much"]
    with pytest.raises(ScriptRefused, match="The talk blunt does not go on as it did"):
        release.publish(alone(runtime), mine, SATO)


def test_a_change_of_somebody_else_is_never_overwritten(runtime: Runtime) -> None:
    mine = draft(runtime, {PAUSED_JA: says("【{brand}】少し休みます。")})
    theirs = draft(runtime, WELL, SUZUKI)
    release.publish(alone(runtime), theirs, SUZUKI)

    with pytest.raises(ScriptRefused, match="changed by somebody else meanwhile: merge it first"):
        release.publish(alone(runtime), mine, SATO)
    assert release.examine(runtime, mine, SATO).conflicts[0].theirs == WELL[PAUSED_JA]


def test_stop_words_of_the_law_cannot_be_published_away(runtime: Runtime) -> None:
    words = [word for word in runtime.edition.keywords[EN]["STOP"] if word != "unsubscribe"]
    mine = draft(runtime, {("keywords.STOP", EN): {"words": words}})

    with pytest.raises(ScriptRefused, match=r"keywords\.STOP: unsubscribe must keep its meaning"):
        release.publish(alone(runtime), mine, SATO)
