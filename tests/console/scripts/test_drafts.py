"""Drafts belong to their authors, and none overwrites another."""

import html
import re

import pytest

from tests.console.scripts.desk import HELP, OTHER, SHORT, Desk
from tests.console.working import Working
from tests.scripts.publishing import EN, JA, draft, publish, says

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_draft_is_its_authors_alone_until_it_is_shown(working: Working, desk: Desk) -> None:
    desk.opens()
    desk.saves(text_ja=SHORT)
    number = desk.draft().id
    forgotten = desk.browser.get(f"/console/scripts/drafts/{number}")
    gone = {"key": "common.help\x00", "language": "xx"}
    assert forgotten.post(f"/console/scripts/drafts/{number}/forget", **gone).status == 303
    assert desk.draft().items
    other = Desk(working, "Suzuki")

    assert other.browser.get(f"/console/scripts/drafts/{number}").status == 404
    assert other.browser.get(f"{HELP}?draft={number}").status == 404
    assert SHORT not in other.opens().page


def test_two_windows_of_one_editor_do_not_overwrite_each_other(desk: Desk) -> None:
    desk.opens()
    old = desk.fields()
    desk.saves(text_ja=SHORT).follow()
    page = desk.browser.post(
        HELP, **{**old, "text_ja": "【{brand}】別の案内。停止は「配信停止」へ。"}
    )

    assert page.status == 409
    assert "別の案内" in page.page
    assert desk.draft().items["common.help", JA].content["text"] == SHORT
    assert desk.saves(text_ja="【{brand}】決めた案内。停止は「配信停止」へ。").status == 303
    assert "決めた" in desk.draft().items["common.help", JA].content["text"]


def test_what_ships_is_used_again_by_a_button_and_nothing_else_is_lost(working: Working) -> None:
    desk, runtime = Desk(working), working.runtime
    desk.opens()
    assert 'name="restore"' not in desk.browser.page
    publish(runtime, draft(runtime, {("common.help", JA): says(SHORT)}))
    page = desk.opens()
    assert re.findall(r'name="restore" value="(\w+)"', page.page) == ["ja"]
    typed = desk.fields()["text_en"].replace("STOP", "stop")
    desk.saves(restore="ja", text_ja=OTHER, text_en=typed).follow()

    page = desk.browser.get(f"/console/scripts/drafts/{desk.draft().id}")
    assert page.page.count("As it ships") == 1
    items = desk.draft().items
    assert items["common.help", JA].content is None
    assert items["common.help", EN].content["text"] == typed
    shipped = runtime.edition.shipped.scripts["common.help", JA].text
    desk.opens()
    assert desk.fields()["text_ja"] == shipped
    assert re.findall(r'name="restore" value="(\w+)"', desk.browser.page) == ["en"]
    desk.saves(restore="en")
    assert ("common.help", EN) not in desk.draft().items


def test_what_ships_is_merged_with_what_somebody_published_meanwhile(working: Working) -> None:
    desk, runtime = Desk(working, "Ito"), working.runtime
    publish(runtime, draft(runtime, {("common.help", JA): says(SHORT)}))
    desk.opens()
    desk.saves(restore="ja")
    number = desk.draft().id
    publish(runtime, draft(runtime, {("common.help", JA): says(OTHER)}))

    page = desk.browser.get(f"{HELP}?draft={number}")
    shipped = runtime.edition.shipped.scripts["common.help", JA].text
    assert "Both change the same words" in page.page
    assert f'data-words="{shipped}"' in html.unescape(page.page)
    assert desk.saves().status == 303
    item = desk.draft().items["common.help", JA]
    assert (item.content, item.seen["text"]) == (None, OTHER)


def test_who_comes_second_sees_the_first_change_and_merges_it(working: Working) -> None:
    desk, runtime = Desk(working, "Ito"), working.runtime
    shipped = runtime.edition.scripts["common.help", JA].text
    desk.opens()
    first = {("common.help", JA): says(shipped.replace("担当者", "窓口"))}
    publish(runtime, draft(runtime, first))
    page = desk.saves(text_ja=shipped.replace("お支払い", "お振込み"))

    assert page.status == 409
    assert '<del><span class="visually-hidden">removed: </span>担当者</del>' in page.page
    merged = shipped.replace("担当者", "窓口").replace("お支払い", "お振込み")
    assert desk.fields()["text_ja"] == merged
    assert desk.saves().status == 303
    assert desk.draft().items["common.help", JA].content["text"] == merged


def test_a_draft_that_was_overtaken_is_merged_on_its_page(working: Working) -> None:
    desk, runtime = Desk(working, "Ito"), working.runtime
    desk.opens()
    desk.saves(text_ja=SHORT)
    number = desk.draft().id
    shipped = runtime.edition.shipped.scripts["common.help", JA].text
    theirs = {("common.help", JA): says(shipped.replace("ご返信ください", "お送りください"))}
    publish(runtime, draft(runtime, theirs))

    assert "Merge both changes" in desk.browser.get(f"/console/scripts/drafts/{number}").page
    page = desk.browser.get(f"{HELP}?draft={number}")
    assert "Both change the same words" in page.page
    assert desk.fields()["text_ja"] == SHORT
    assert desk.saves().status == 303
    item = desk.draft().items["common.help", JA]
    assert item.seen["text"] == theirs["common.help", JA]["text"]
    assert "Merge both changes" not in desk.browser.get(f"/console/scripts/drafts/{number}").page
