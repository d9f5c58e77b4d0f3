"""Keywords are added and removed in the console, and bad ones refused."""

import pytest

from bot.scripts.item import MOST_WORDS
from tests.console.scripts.desk import HELP, SHORT, Desk, kept, seen
from tests.console.working import Working
from tests.scripts.publishing import EN, JA, draft, publish

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_keywords_are_added_and_removed_and_those_of_the_law_stay(desk: Desk) -> None:
    desk.opens("keywords.PAY")
    words, english = kept(desk), kept(desk, EN)
    answer = desk.saves("keywords.PAY", keep_ja=words[1:], keep_en=english, add_ja="お会計\r\n精算")
    assert answer.status == 303, answer.page
    content = desk.draft().items["keywords.PAY", JA].content
    assert content["words"] == [*words[1:], "お会計", "精算"]
    assert ("keywords.PAY", EN) not in desk.draft().items

    desk.opens("keywords.STOP")
    words = kept(desk)
    refused = desk.saves(
        "keywords.STOP", keep_ja=[one for one in words if one != "配信停止"], keep_en=kept(desk, EN)
    )
    assert refused.status == 422
    assert "配信停止 must keep its meaning" in refused.page


def test_a_keyword_with_another_meaning_is_refused_by_name(desk: Desk) -> None:
    desk.opens("keywords.PAY")
    words = {"keep_ja": kept(desk), "keep_en": kept(desk, EN)}
    refused = desk.saves("keywords.PAY", **words, add_ja="残高\nお会計")

    assert refused.status == 422
    assert "残高 cannot mean “Pay” and “Balance”" in seen(refused)
    assert desk.fields()["add_ja"].split() == ["残高", "お会計"]


@pytest.mark.parametrize("number", ["9" * 5000, "-1", "１", "x"])
def test_a_number_that_is_none_is_no_publication_and_no_draft(desk: Desk, number: str) -> None:
    page = desk.opens()
    assert page.get(f"{HELP}?draft={number}").status == 200
    assert desk.saves(text_ja=SHORT, publication=number).status == 303


@pytest.mark.parametrize("word", ["！！！", "{name}", "｛名前｝", "x" * 81])
def test_a_keyword_that_is_none_is_told_how_to_be_one(desk: Desk, word: str) -> None:
    desk.opens("keywords.PAY")
    words = {"keep_ja": kept(desk), "keep_en": kept(desk, EN)}
    refused = desk.saves("keywords.PAY", **words, add_ja=word)

    assert refused.status == 422
    assert "is no keyword: write one" in seen(refused)


def test_a_list_with_too_many_keywords_is_refused_with_the_limit(desk: Desk) -> None:
    desk.opens("keywords.PAY")
    words = {"keep_ja": kept(desk), "keep_en": kept(desk, EN)}
    room = MOST_WORDS - len(words["keep_ja"])
    added = [f"お会計{number}番" for number in range(room + 1)]
    refused = desk.saves("keywords.PAY", **words, add_ja="\n".join(added))

    assert refused.status == 422
    assert "The list has 301 words, and a list at most 300" in seen(refused)
    assert added[-1] in desk.fields()["add_ja"]
    assert desk.saves("keywords.PAY", **words, add_ja="\n".join(added[1:])).status == 303


def test_what_a_store_does_not_take_is_refused_in_notes_too(desk: Desk) -> None:
    desk.opens()
    assert "(U+0000) cannot be seen" in desk.saves(note_ja="a\x00b").page


def test_keywords_that_ship_are_used_again(working: Working) -> None:
    desk, runtime = Desk(working), working.runtime
    lists = runtime.edition.keywords[JA]["PAY"]
    publish(runtime, draft(runtime, {("keywords.PAY", JA): {"words": [*lists, "お会計"]}}))
    desk.opens("keywords.PAY")
    desk.saves("keywords.PAY", restore="ja", keep_ja=kept(desk), keep_en=kept(desk, EN)).follow()
    assert desk.draft().items["keywords.PAY", JA].content is None
    assert set(desk.draft().items) == {("keywords.PAY", JA)}
