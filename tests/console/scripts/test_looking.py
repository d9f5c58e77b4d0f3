"""A script that is being written is looked at: length, price, findings, and bad input."""

import re

import pytest

from tests.console.scripts.desk import HELP, Desk, kept, seen
from tests.console.working import Working
from tests.scripts.publishing import EN, JA

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
EVIL = "<script>alert(1)</script>"


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

    page = seen(desk.looks(text_en="{brand}: Please call {support_phone}. Reply STOP to stop."))
    assert "英語の文面にある{support_phone}がありません" in page

    desk.opens("keywords.PAY")
    words = {"keep_ja": kept(desk), "keep_en": kept(desk, EN)}
    page = seen(desk.looks("keywords.PAY", **words, add_ja="残高"))
    assert "「残高」に「支払い」と「残高」の両方の意味" in page
