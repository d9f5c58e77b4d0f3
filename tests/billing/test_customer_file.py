"""Customer files: whole files that are refused, rows that are, and every form that is read."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.billing import customer_file
from bot.billing.customer_file import CustomerFile
from bot.billing.customer_rows import Customer, Refusal
from bot.errors import FileRefused
from bot.text.language import Language
from tests.billing.files import EMILY, HANAKO, HEADER, csv_of

SAMPLE = Path(__file__).parents[2] / "samples" / "customers.csv"

REFUSED = [
    (b"", "empty"),
    (b"\n\n", "empty"),
    (b"\xef\xbb\xbf", "empty"),
    (HEADER.encode(), "no rows"),
    (csv_of("", " , ,,,,,"), "no rows"),
    (b"\x89PNG\r\n\x1a\n\x00\x00", "not a CSV"),
    (b"PK\x03\x04\x14\x00\x06\x00", "not a CSV"),
    (csv_of(HANAKO).decode().encode("utf-16"), "not a CSV"),
    (csv_of(HANAKO) + b"\x81\x20", "neither UTF-8 nor CP932"),
    (b"hello", "phone, customer_number, name"),
    (csv_of(HANAKO.replace(",", ";"), header=HEADER.replace(",", ";")), "columns"),
    (csv_of(HANAKO, header=HEADER.replace("phone,", "")), "columns phone"),
    (csv_of(HANAKO, header=HEADER.replace("due_date", "date")), "columns due_date"),
    (csv_of(HANAKO, header=f"{HEADER},Phone"), "twice: phone"),
    (csv_of(HANAKO, header=HEADER + ",more" * 100), "over 100 columns"),
    (csv_of(HANAKO, '090-0000-0002,"1000'), "near line 3"),
    (csv_of(HANAKO, '090-0000-0002,"1000"x,,,,,'), "near line 3"),
    (csv_of("9" * 200_000), "near line 2"),
]


@pytest.mark.parametrize(("content", "reason"), REFUSED)
def test_what_is_no_customer_file_is_refused_as_a_whole(content: bytes, reason: str) -> None:
    with pytest.raises(FileRefused, match=reason):
        list(CustomerFile(content).read())


def test_a_file_over_50_mb_is_refused(tmp_path: Path) -> None:
    huge = tmp_path / "huge.csv"
    with huge.open("wb") as file:
        file.truncate(customer_file.LARGEST_BYTES + 1)

    with pytest.raises(FileRefused, match="50 MB"):
        CustomerFile.open(huge)


def test_a_file_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="cannot be read"):
        CustomerFile.open(tmp_path)


BAD_ROWS = [
    ("090,1000-1234,,,0,,", "phone"),
    ("090-0000-0001,12,,,0,,", "customer_number"),
    ("090-0000-0001,1000-1234,山田\x1b花子,,0,,", "name"),
    ("090-0000-0001,1000-1234,,fr,0,,", "language"),
    ("090-0000-0001,1000-1234,,,,,", "amount_due"),
    ("090-0000-0001,1000-1234,,,45.50,JPY,", "amount_due"),
    ("090-0000-0001,1000-1234,,,0,XYZ,", "currency"),
    ("090-0000-0001,1000-1234,,,0,XXX,", "currency"),
    ("090-0000-0001,1000-1234,,,0,,25.12.2026", "due_date"),
    ("090-0000-0001,1000-1234,,,12,800,JPY,2026-12-25", "8 cells where the first line has 7"),
    ("090-0000-0001,1000-1234", "2 cells where the first line has 7"),
]


@pytest.mark.parametrize(("row", "reason"), BAD_ROWS)
def test_a_bad_row_is_refused_by_line_and_the_others_are_read(row: str, reason: str) -> None:
    bad, good = CustomerFile(csv_of(row, EMILY)).read()

    assert isinstance(bad, Refusal)
    assert bad.line == 2
    assert reason in bad.reason
    assert isinstance(good, Customer)


def test_a_refusal_repeats_nothing_of_the_row() -> None:
    secret = "himitsu-4649"
    for column in range(7):
        row = HANAKO.split(",")
        row[column] = secret
        for read in CustomerFile(csv_of(",".join(row))).read():
            assert not isinstance(read, Refusal) or secret not in read.reason


def test_lines_are_counted_as_an_editor_shows_them() -> None:
    rows = csv_of("", '090-0000-0001,1000-1234,"two\nlines",,0,,', "", "bad,,,,,,")

    assert [row.line for row in CustomerFile(rows).read()] == [3, 6]


FORMS: list[tuple[str, Callable[[str], bytes]]] = [
    ("UTF-8", lambda text: text.encode()),
    ("UTF-8 with its mark", lambda text: text.encode("utf-8-sig")),
    ("CP932", lambda text: text.encode("cp932")),
    ("Windows line ends", lambda text: text.replace("\n", "\r\n").encode()),
    ("old Macintosh line ends", lambda text: text.replace("\n", "\r").encode()),
    ("everything quoted", lambda text: _quoted(text).encode()),
    ("empty columns at the end", lambda text: text.replace("\n", ",,\n").encode()),
]


def _quoted(text: str) -> str:
    return "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in text.split())


@pytest.mark.parametrize(("form", "written"), FORMS, ids=[form for form, _ in FORMS])
def test_a_file_means_the_same_in_every_form(form: str, written: Callable[[str], bytes]) -> None:
    text = csv_of("090-0000-0001,1000-1234,髙橋花子,ja,12800,JPY,2026-12-25").decode()

    assert list(CustomerFile(written(text)).read()) == [
        Customer(
            2,
            "+819000000001",
            "1000-1234",
            "髙橋花子",
            Language.JA,
            12800,
            "JPY",
            date(2026, 12, 25),
        )
    ]


def test_columns_may_stand_in_any_order_and_any_width_among_others() -> None:
    header = "Due Date,メモ,ＰＨＯＮＥ,amount_due,currency,language, name ,customer_number,consent"
    row = "2026-12-25,x,090-0000-0001,12800,,,,1000-1234,yes"
    file = CustomerFile(csv_of(row, header=header))

    (customer,) = file.read()
    assert isinstance(customer, Customer)
    assert (customer.number, customer.due_minor, customer.currency) == (
        "+819000000001",
        12800,
        "JPY",
    )
    assert file.ignored == ("メモ", "consent")


def test_the_sample_is_good_throughout() -> None:
    rows = list(CustomerFile.open(SAMPLE).read())

    assert len(rows) == 6
    assert all(isinstance(row, Customer) for row in rows)


@given(st.binary())
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    with suppress(FileRefused):
        list(CustomerFile(content).read())


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")))
def test_any_text_below_a_good_header_is_read_or_refused(text: str) -> None:
    with suppress(FileRefused):
        list(CustomerFile(csv_of(text)).read())
