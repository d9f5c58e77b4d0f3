"""Editors change what the bot says: they see the effect, keep it in a draft, and lose nothing."""

import html
import re
from dataclasses import replace

import pytest

from bot.runtime import Runtime
from bot.scripts import drafts, script
from bot.scripts.drafts import Draft
from bot.setting_types import Review
from bot.staff.roles import Role
from bot.text.language import Language
from tests.console.working import Browser, Working
from tests.scripts.publishing import EN, JA, draft, publish, says

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

HELP = "/console/scripts/common.help"
EVIL = "<script>alert(1)</script>"
SHORT = "【{brand}】停止は「配信停止」へ。"
OTHER = "【{brand}】別の案内。停止は「配信停止」へ。"
_MARK = re.compile(r'name="mark" value="(\w+)"')


class Desk:
    """An editor before the page of a script."""

    def __init__(self, working: Working, name: str = "Sato", language: Language = EN) -> None:
        self.working, self.name = working, name
        self.browser = working.employs(name, Role.EDITOR, language=language)

    def opens(self, key: str = "common.help") -> Browser:
        return self.browser.get(f"/console/scripts/{key}")

    def fields(self) -> dict[str, str]:
        """What the form at hand would send as it stands."""
        page = self.browser.answer.get_data(as_text=True)
        hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
        texts = re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>\n?([^<]*)</textarea>', page)
        notes = re.findall(r' name="(note_\w+)" value="([^"]*)"', page)
        found = dict([*hidden, *texts, *notes])
        return {name: html.unescape(value) for name, value in found.items() if name != "csrf_token"}

    def saves(self, key: str = "common.help", **changed: object) -> Browser:
        """Send the form at hand with other words."""
        return self.browser.post(f"/console/scripts/{key}", **{**self.fields(), **changed})

    def looks(self, key: str = "common.help", **changed: object) -> Browser:
        return self.browser.post(f"/console/scripts/{key}/look", **{**self.fields(), **changed})

    def draft(self) -> Draft:
        """The newest draft that the editor is at."""
        who = f"staff:{self.name}"
        with self.working.runtime.engine.connect() as connection:
            number = drafts.at_work(connection, who)
            assert number is not None
            return drafts.read(connection, number, who)


@pytest.fixture
def desk(working: Working) -> Desk:
    return Desk(working)


def seen(browser: Browser, language: Language = JA) -> str:
    """What the page says below the field of a language."""
    page = browser.page
    return page[page.index(f'id="look-{language}"') :].partition("</section>")[0]


def test_all_scripts_are_found_by_flow_key_text_and_note(desk: Desk) -> None:
    everything = desk.browser.get("/console/scripts").page
    for words in ("balance.answer", "keywords.STOP", "停止", "opt_out_url"):
        assert words in everything or words.partition(".")[2] in everything
    keys = re.compile(r'href="/console/scripts/([a-z_]+\.[\w.]+)"')

    assert keys.findall(desk.browser.get("/console/scripts?words=not_understood_ag").page) == [
        "common.not_understood_again"
    ]
    assert "common.paused" in keys.findall(desk.browser.get("/console/scripts?words=一時休止").page)
    assert set(
        key.partition(".")[0]
        for key in keys.findall(desk.browser.get("/console/scripts?flow=balance").page)
    ) == {"balance"}
    assert keys.findall(desk.browser.get("/console/scripts?only=changed").page) == []


def test_what_is_changed_shows_in_the_list_as_a_draft_and_then_as_published(desk: Desk) -> None:
    desk.opens()
    desk.saves(text_ja=SHORT)
    changed = desk.browser.get("/console/scripts?only=changed").page
    assert "common.help" in changed
    assert "In your draft" in changed

    publish(desk.working.runtime, desk.draft().id)
    assert "Published change" in desk.browser.get("/console/scripts?only=changed").page


def test_a_look_tells_length_price_and_findings_and_keeps_nothing(desk: Desk) -> None:
    desk.opens()
    long = "【{brand}】" + "残高のご確認は「残高」、停止は「配信停止」とご返信ください。" * 3
    page = desk.looks(text_ja=long)

    assert page.status == 200
    assert "2 segments (UCS-2)" in seen(page)
    assert "it may take 1." in seen(page)
    assert long in page.page
    assert desk.opens().page.count(long) == 0
    assert desk.fields()["mark_ja"] == ""


def test_a_look_of_the_page_itself_is_the_two_parts_alone(desk: Desk) -> None:
    desk.opens()
    token = re.search(r'name="csrf_token" value="([^"]+)"', desk.browser.page)
    assert token
    answer = desk.browser.client.post(
        f"{HELP}/look",
        data={**desk.fields(), "text_en": "{brand}: Réply “STOP” to end", "csrf_token": token[1]},
        headers={"HX-Request": "true"},
        environ_base={"REMOTE_ADDR": desk.browser.address},
    ).get_data(as_text=True)

    assert "<html" not in answer
    assert answer.count('hx-swap-oob="innerHTML"') == 2
    assert '<mark class="dear"' in answer
    assert "write &#34;" in answer


def test_a_placeholder_is_offered_in_words_and_a_wrong_one_is_named(desk: Desk) -> None:
    page = desk.opens("balance.answer").page
    assert 'data-insert="{amount}"' in page
    assert "the amount due" in page
    assert "「{nane}」" not in page

    wrong = desk.looks("balance.answer", text_ja="【{brand}】{nane}様 {amount} {as_of}")
    assert "Nothing fills {nane}: did you mean {name}?" in seen(wrong)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("【{brand}】{{name}}様", "Character 10 begins {{name}}"),
        ("【{brand}】\n二行目 {% if x %}", "Line 2, character 5 begins {% if x %}"),
        ("【{brand}】${name}", "write {name}"),
        ("【{brand}】<b>太字</b>", "begins <b>"),
        ("【{brand}】{", "is a brace that belongs to no placeholder"),
        ("【{brand}】\x07", "(U+0007) cannot be seen or sent"),
        ("【{brand}】二行\u2028目", "(U+2028) cannot be seen or sent"),
        ("あ" * 5000, "5,000 characters, and a script at most 1,530"),
        ("   ", "The text is empty"),
    ],
)
def test_bad_input_is_refused_beside_its_field_and_kept_in_the_form(
    desk: Desk, text: str, told: str
) -> None:
    desk.opens()
    page = desk.saves(text_ja=text, note_ja="a new note")

    assert page.status == 422
    assert told in seen(page)
    assert desk.fields()["text_ja"].strip() == text.strip()
    assert desk.fields()["note_ja"] == "a new note"
    assert desk.opens().page.count("a new note") == 0


def test_what_is_typed_is_never_evaluated_nor_becomes_markup(desk: Desk) -> None:
    desk.opens()
    raw = desk.saves(text_ja=EVIL, note_ja=EVIL).answer.get_data(as_text=True)
    assert EVIL not in raw

    desk.opens()
    desk.saves(text_ja="【{brand}】7*7 配信停止", note_ja=EVIL)
    assert EVIL not in desk.browser.follow().answer.get_data(as_text=True)
    assert "7*7" in seen(desk.browser)


def test_findings_are_told_in_the_language_of_who_reads(working: Working) -> None:
    desk = Desk(working, language=JA)
    desk.opens()
    page = seen(desk.looks(text_ja="【{brand}】詳しくは https://bit.ly/x へ。停止は「配信停止」"))

    assert "bit.lyは公開の短縮URLで、通信事業者に遮断されます。" in page
    assert "公開の短縮URL" in page
    assert "shortener" not in page


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


def kept(desk: Desk, language: Language = JA) -> list[str]:
    found = re.findall(rf' name="keep_{language}" value="([^"]*)"(?: checked)?>', desk.browser.page)
    return [html.unescape(word) for word in found]


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
    assert "残高 cannot mean" in refused.page
    assert "BALANCE" in refused.page
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


def test_what_a_store_does_not_take_is_refused_in_notes_too(desk: Desk) -> None:
    desk.opens()
    assert "(U+0000) cannot be seen" in desk.saves(note_ja="a\x00b").page


class Publishing:
    """An editor with a draft, and a colleague."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.colleague = desk, Desk(desk.working, "Suzuki")
        desk.opens()
        desk.saves(text_ja=SHORT)
        self.draft_id = desk.draft().id
        self.path = f"/console/scripts/drafts/{self.draft_id}"

    def asks(self, **form: str) -> Browser:
        browser = self.desk.browser.get(self.path)
        return browser.post(f"{self.path}/ask", reason="to be shorter", **form)

    def colleague_sees(self) -> dict[str, str]:
        """The colleague opens the draft; what its form says of the words on the page."""
        page = self.colleague.browser.get(self.path).page
        return {"mark": found[1] if (found := _MARK.search(page)) else ""}

    def colleague_does(self, act: str, **form: str) -> Browser:
        seen = self.colleague_sees()
        return self.colleague.browser.post(f"{self.path}/{act}", **seen, **form)

    def in_force(self) -> str:
        runtime = self.desk.working.runtime
        return runtime.shelf.look(runtime.engine).scripts["common.help", JA].text


@pytest.fixture
def publishing(desk: Desk) -> Publishing:
    return Publishing(desk)


def test_a_second_person_approves_and_publishes_and_takes_it_back(publishing: Publishing) -> None:
    before = publishing.in_force()
    own = publishing.asks().follow().post(f"{publishing.path}/approve")
    assert own.status == 409
    assert "a second person must look at it" in own.page
    assert publishing.colleague_does("publish").status == 409
    assert publishing.colleague_does("approve").status == 303
    published = publishing.colleague_does("publish")
    assert published.status == 303, published.page
    assert publishing.in_force() == SHORT
    page = published.follow()
    for told in ("Sato", "Suzuki", "to be shorter", "<del>", "common.help"):
        assert told in page.page
    assert page.post("/console/scripts/publications/1/take-back", reason="").status == 409
    back = page.post("/console/scripts/publications/1/take-back", reason="people missed the rest")
    assert "Rolls 1 back" in back.follow().page
    assert publishing.in_force() == before
    acts = [(row.actor, row.act) for row in publishing.desk.working.acts()]
    for act in ("scripts_approve", "scripts_publish", "scripts_take_back"):
        assert ("staff:Suzuki", act) in acts


@pytest.mark.parametrize("act", ["approve", "send-back"])
def test_words_that_changed_since_they_were_shown_are_not_reviewed(
    publishing: Publishing, act: str
) -> None:
    publishing.asks()
    old = publishing.colleague_sees()
    publishing.desk.opens()
    publishing.desk.browser.get(f"{HELP}?draft={publishing.draft_id}")
    publishing.desk.saves(text_ja=OTHER)
    publishing.asks()
    colleague = publishing.colleague.browser
    refused = colleague.post(f"{publishing.path}/{act}", note="fine", **old)

    assert refused.status == 409
    assert "was changed meanwhile: look at it again" in refused.page
    assert "別の案内" in refused.page
    assert "Waiting for a review" in refused.page
    assert publishing.colleague_does(act, note="fine").status == 303


def test_words_that_changed_since_they_were_shown_are_not_published(
    publishing: Publishing,
) -> None:
    publishing.asks()
    publishing.colleague_does("approve")
    old = publishing.colleague_sees()
    publishing.desk.browser.get(f"{HELP}?draft={publishing.draft_id}")
    publishing.desk.saves(text_ja=OTHER)
    publishing.asks()
    page = publishing.colleague_does("approve").follow()
    refused = page.post(f"{publishing.path}/publish", **old)

    assert refused.status == 409
    assert "was changed meanwhile" in refused.page
    assert publishing.colleague_does("publish").status == 303


def test_a_reason_that_is_missing_can_be_given_without_changing_the_words(
    publishing: Publishing,
) -> None:
    publishing.desk.opens()
    publishing.desk.saves(text_ja="【{brand}】至急ご確認ください。停止は「配信停止」へ。")
    publishing.asks()
    publishing.colleague_does("approve")
    assert publishing.colleague_does("publish").status == 409

    page = publishing.desk.browser.get(publishing.path).page
    assert 'name="accept_threat"' in page
    assert publishing.asks(accept_threat="the city calls it so").status == 303
    assert 'name="accept_threat"' not in publishing.desk.browser.get(publishing.path).page
    publishing.colleague_does("approve")
    assert publishing.colleague_does("publish").status == 303


def test_a_draft_is_sent_back_with_a_note(publishing: Publishing) -> None:
    publishing.asks()
    assert publishing.colleague_does("send-back").status == 409
    assert publishing.colleague_does("send-back", note="the way to pay is missing").status == 303
    page = publishing.desk.browser.get(publishing.path).page
    assert "the way to pay is missing" in page
    assert "Being written" in page


def test_a_warning_wants_its_reason(publishing: Publishing) -> None:
    desk = publishing.desk
    desk.opens()
    desk.saves(text_ja="【{brand}】至急ご確認ください。停止は「配信停止」へ。")
    publishing.asks()
    publishing.colleague_does("approve")
    refused = publishing.colleague_does("publish")
    assert refused.status == 409
    assert "say why threat may stand" in refused.page

    desk.browser.get(publishing.path)
    desk.opens()
    desk.saves(note_ja="once more")
    publishing.asks(accept_threat="the city calls it so")
    publishing.colleague_does("approve")
    assert publishing.colleague_does("publish").status == 303


def test_a_publication_waits_for_its_time_in_japan_and_is_called_off(
    publishing: Publishing,
) -> None:
    before = publishing.in_force()
    publishing.asks()
    publishing.colleague_does("approve")
    for wrong in ("tomorrow", "0001-01-01T00:00", "2026-13-01T09:00"):
        assert publishing.colleague_does("publish", at=wrong).status == 422
    assert publishing.colleague_does("publish", at="2020-01-01T09:00").status == 409
    timed = publishing.colleague_does("publish", at="2099-01-01T09:00").follow()
    assert "Jan 1, 2099 09:00" in timed.page
    assert publishing.in_force() == before
    assert "Jan 1, 2099" in timed.get("/console/scripts/drafts").page
    timed.get("/console/scripts/publications/1")
    timed.post("/console/scripts/publications/1/cancel").follow()
    assert "Called off" in timed.page


def test_a_message_leads_to_the_version_that_it_was_made_from(publishing: Publishing) -> None:
    publishing.asks()
    publishing.colleague_does("approve")
    publishing.colleague_does("publish")
    browser, revision = publishing.desk.browser, script.revision(SHORT)
    page = browser.get(f"{HELP}/versions?revision={revision}").page

    assert 'class="version wanted"' in page
    assert "Publication 1" in page
    assert "abc" in browser.get(f"{HELP}/versions?revision=abc").page
    assert browser.get("/console/scripts/common.helpp/versions").status == 404


def test_who_only_reads_is_offered_no_act(working: Working, desk: Desk) -> None:
    desk.opens()
    desk.saves(text_ja=SHORT)
    publish(working.runtime, desk.draft().id)
    reader = working.employs("Ito", Role.AUDITOR)

    for path in ("common.help", "keywords.STOP", "drafts", "publications", "publications/1"):
        page = reader.get(f"/console/scripts/{path}").page
        assert reader.status == 200
        assert '<button class="btn btn-primary' not in page
        assert "Roll back" not in page
    assert reader.post(HELP, text_ja="x").status == 403


def test_words_that_a_country_has_of_its_own_are_found_under_their_own_key(desk: Desk) -> None:
    shipped = desk.working.runtime.edition.shipped.scripts["us.common.help", EN]
    found = desk.browser.get(f"{HELP}/versions?revision={shipped.revision}").follow()

    assert "Versions of us.common.help" in found.page
    assert "version wanted" in found.page


def test_a_company_may_spare_the_second_person(runtime: Runtime) -> None:
    alone = runtime.settings.model_copy(update={"HENJI_SCRIPTS_REVIEW": Review.OFF})
    desk = Desk(Working.at(replace(runtime, settings=alone)))
    desk.opens()
    desk.saves(text_ja=SHORT)
    path = f"/console/scripts/drafts/{desk.draft().id}"
    page = desk.browser.get(path).post(f"{path}/ask", reason="to be shorter").follow()
    found = _MARK.search(page.page)
    assert found
    assert page.post(f"{path}/publish", mark=found[1]).status == 303

    done = page.get(path).page
    assert "Published" in done
    assert "<ins>" in done or "<del>" in done
    assert "Merge both changes" not in done
