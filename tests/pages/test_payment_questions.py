"""Several questions at once: what is asked, that they are judged together, and for which sender."""

import re

import pytest
from sqlalchemy import update

from bot.billing import answers
from bot.setting_types import Question
from bot.store.tables import senders
from tests.pages.reading import words
from tests.paying import Paying

FOUR = ["birth_date", "name_kana", "postcode", "password"]
RIGHT = {
    "birth_date": "昭和55年1月5日",
    "name_kana": "ﾔﾏﾀﾞ ﾊﾅｺ",
    "postcode": "〒100-0001",
    "password": "Sakura-7",
}
KNOWN = {
    Question.BIRTH_DATE: "1980-01-05",
    Question.NAME_KANA: "やまだはなこ",
    Question.POSTCODE: "1000001",
    Question.PASSWORD: "Sakura-7",
}


@pytest.fixture
def asked(paying: Paying) -> Paying:
    """Hanako, whose sender asks four questions."""
    paying.changes(update(senders).values(questions=FOUR))
    index = paying.runtime.vault.index("10001234")
    with paying.runtime.engine.begin() as connection:
        answers.keep(connection, paying.runtime.vault, {index: KNOWN})
    return paying


def answer(paying: Paying, **changes: str) -> str:
    page = paying.browser.post(f"/p/{paying.token}", data={**RIGHT, **changes})
    return f"{page.status_code} {words(page)}" if page.status_code != 303 else "303"


def test_a_sender_asks_its_own_questions(asked: Paying) -> None:
    shown = words(asked.opens())
    for label in ("生年月日", "お名前（フリガナ）", "郵便番号", "パスワード"):
        assert label in shown
    assert "お客様番号" not in shown
    assert "Date of birth" in words(asked.opens("?lang=en"))


def test_the_settings_ask_where_the_sender_has_no_questions(paying: Paying) -> None:
    other = paying.with_settings(HENJI_QUESTIONS="phone,customer_number")
    assert "ご登録の電話番号の下4桁" in words(other.opens())
    right = {"phone": "0001", "digits": "1234"}
    assert other.browser.post(f"/p/{other.token}", data={**right, "phone": "1"}).status_code == 422
    assert other.browser.post(f"/p/{other.token}", data=right).status_code == 303


def test_every_question_has_a_label_and_a_hint_for_those_who_hear_the_page(asked: Paying) -> None:
    page = asked.opens().text
    inputs = re.findall(r'<input[^>]* id="(\w+)"[^>]*>', page)
    assert inputs == FOUR
    for name in inputs:
        assert f'<label for="{name}">' in page
        assert f'aria-describedby="{name}-hint' in page
        assert f'id="{name}-hint"' in page


def test_all_right_answers_let_in(asked: Paying) -> None:
    assert answer(asked) == "303"
    assert "12,800円" in words(asked.opens())


@pytest.mark.parametrize(
    "changes",
    [
        {"birth_date": "19800106"},
        {"name_kana": "ヤマダ タロウ"},
        {"postcode": "1000002"},
        {"password": "Sakura-8"},
        {"birth_date": "19800106", "password": "xxxx"},
    ],
    ids=str,
)
def test_one_wrong_answer_is_enough_and_is_not_named(
    asked: Paying, changes: dict[str, str]
) -> None:
    told = answer(asked, **changes)
    assert told.startswith("422")
    assert "どの項目かは、安全のためお知らせしておりません" in told
    assert "あと4回" in told
    assert "どの項目か" in answer(asked, birth_date="19700101", name_kana="ア", postcode="999")


def test_wrong_answers_look_the_same_whichever_is_wrong(asked: Paying) -> None:
    pages = set()
    for changes in ({"password": "xxxx"}, {"password": "yyyy"}):
        page = asked.browser.post(f"/p/{asked.token}", data={**RIGHT, **changes})
        pages.add(re.sub(r"\d回", "", page.text))
    assert len(pages) == 1
    assert "Sakura" not in pages.pop()


def test_what_cannot_be_read_is_named_and_costs_no_try(asked: Paying) -> None:
    page = asked.browser.post(
        f"/p/{asked.token}", data={**RIGHT, "birth_date": "x", "password": ""}
    )
    assert page.status_code == 422
    shown = words(page)
    assert "生年月日を、年・月・日の順に" in shown
    assert "4文字以上" in shown
    assert "郵便番号を、数字で" not in shown
    assert page.text.count('aria-invalid="true"') == 2
    assert page.text.count("autofocus") == 1
    assert 'value="ﾔﾏﾀﾞ ﾊﾅｺ"' in page.text
    assert "あと4回" in answer(asked, password="xxxx")


def test_what_is_written_back_is_harmless(asked: Paying) -> None:
    page = asked.browser.post(
        f"/p/{asked.token}", data={"name_kana": '"><script>alert(1)</script>'}
    )
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;" in page.text
