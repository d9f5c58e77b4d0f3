"""Answers to who is there: however they are written, and never kept as they were."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.billing import answers
from bot.billing.customer_file import CustomerFile
from bot.billing.customer_rows import Refusal
from bot.billing.customers import Imported
from bot.billing.questions import read
from bot.messaging import debts
from bot.runtime import Runtime
from bot.setting_types import Question
from bot.store.tables import accounts, identity_answers, metadata
from tests.billing.files import HEADER, csv_of

TODAY = date(2026, 12, 25)
COLUMNS = f"{HEADER},birth_date,name_kana,postcode,password"
HANAKO = "090-0000-0001,1000-1234,山田 花子,ja,12800,JPY,2026-12-25"
TOLD = "昭和55年1月5日,ﾔﾏﾀﾞ ﾊﾅｺ,〒100-0001,Sakura-7"
SAME = {
    Question.CUSTOMER_NUMBER: [
        "1234",
        "１２３４",
        " 1234\n",
        "1 2 3 4",
        "12-34",
        "１２−３４",
        "①②③④",
    ],
    Question.BIRTH_DATE: [
        "19800105",
        "S55.1.5",
        "昭和55年1月5日",
        "１９８０／１／５",
        "Jan 5, 1980",
    ],
    Question.NAME_KANA: ["ヤマダ ショウコ", "やまだしょうこ", "ﾔﾏﾀﾞ　ｼｮｳｺ", "ヤマダ・シヨウコ"],
    Question.POSTCODE: ["100-0001", "1000001", "〒１００－０００１", "100 0001"],
    Question.PASSWORD: ["Sakura-7", "Ｓａｋｕｒａ－７", " Sakura-7 "],
}
UNREADABLE = {
    Question.CUSTOMER_NUMBER: [
        "",
        " ",
        "123",
        "12345",
        "12a4",
        "一二三四",
        "👍",
        "\0",
        "1\x001",
        "١٢٣٤",
    ],
    Question.PHONE: ["", "090-0000-0001", "\ud83d"],
    Question.BIRTH_DATE: ["", "tomorrow", "19801332", "令和99年1月1日"],
    Question.NAME_KANA: ["", "山田花子", "Yamada", "<script>", "・"],
    Question.POSTCODE: ["", "〒", "1" * 11, "東京都"],
    Question.PASSWORD: ["", "abc", "a\0bcd", "x" * 65],
}


@pytest.mark.parametrize("question", SAME)
def test_an_answer_is_the_same_however_it_is_written(question: Question) -> None:
    assert len({read(question, written, TODAY) for written in SAME[question]}) == 1
    assert None not in {read(question, written, TODAY) for written in SAME[question]}


@pytest.mark.parametrize("question", UNREADABLE)
def test_what_cannot_be_an_answer_is_none(question: Question) -> None:
    assert {read(question, written, TODAY) for written in UNREADABLE[question]} == {None}


@given(st.sampled_from(Question), st.text(max_size=80))
def test_reading_an_answer_twice_changes_nothing(question: Question, written: str) -> None:
    once = read(question, written, TODAY)
    assert once is None or read(question, once, TODAY) == once


def imported(runtime: Runtime, *rows: str) -> Imported:
    file = CustomerFile(csv_of(*rows, header=COLUMNS))
    return debts.import_file(runtime.engine, runtime.vault, file)


def proves(runtime: Runtime, **written: str) -> bool:
    given = {
        Question(name): read(Question(name), each, TODAY) or "" for name, each in written.items()
    }
    with runtime.engine.begin() as connection:
        ids = list(connection.execute(select(accounts.c.id)).scalars())
        return bool(answers.proved(connection, runtime.vault, ids, given))


def test_answers_come_with_the_customer_file_and_prove_the_account(runtime: Runtime) -> None:
    assert imported(runtime, f"{HANAKO},{TOLD}").added == 1

    everything = {"birth_date": "19800105", "name_kana": "やまだ はなこ", "postcode": "1000001"}
    assert proves(runtime, **everything, password="Sakura-7")
    assert proves(runtime, phone="0001", customer_number="1234")
    assert not proves(runtime, **everything, password="sakura-7")
    assert not proves(runtime, **everything, customer_number="0000")
    assert not proves(runtime)


def test_an_answer_that_an_account_lacks_is_never_right(runtime: Runtime) -> None:
    imported(runtime, f"{HANAKO},,,,")
    assert proves(runtime, customer_number="1234")
    assert not proves(runtime, customer_number="1234", birth_date="19800105")
    assert not proves(runtime, password="0000")


def test_a_later_file_changes_an_answer_and_an_empty_cell_leaves_it(runtime: Runtime) -> None:
    imported(runtime, f"{HANAKO},{TOLD}")
    imported(runtime, f"{HANAKO},19810105,,,")
    assert not proves(runtime, birth_date="19800105")
    assert proves(runtime, birth_date="19810105", password="Sakura-7")


def test_no_answer_stands_in_any_table(runtime: Runtime) -> None:
    imported(runtime, f"{HANAKO},{TOLD}", f"{HANAKO.replace('1234', '5678')},{TOLD}")
    with runtime.engine.begin() as connection:
        kept = [
            row for table in metadata.sorted_tables for row in connection.execute(select(table))
        ]
        hashes = connection.execute(select(identity_answers.c.fingerprint)).scalars().all()
    for secret in ("1980", "Sakura", "やまだ", "ﾔﾏﾀﾞ", "1000001", "100-0001"):
        assert secret not in str(kept).replace("2026", "")
    # Two people with the same answers do not look alike.
    assert len(hashes) == len(set(hashes)) == 8


def test_a_cell_that_cannot_be_read_is_named_and_not_repeated(runtime: Runtime) -> None:
    done = imported(runtime, f"{HANAKO},55-13-45,,,", f"{HANAKO.replace('1234', '5678')},,,,")
    assert done.refused == (Refusal(2, "birth_date cannot be read"),)
    assert done.added == 1
