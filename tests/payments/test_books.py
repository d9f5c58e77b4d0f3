"""What came in and what went back, as the company's accounting reads it."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from bot.payments import books
from bot.store.tables import accounts, payments
from bot.text.spreadsheet import plain
from tests.paying import ALICE, Paying

DECEMBER = datetime(2026, 11, 30, 15, tzinfo=UTC)
JANUARY = DECEMBER + timedelta(days=31)
FORMULAS = ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1", "＝1+1", "＠A1", " =1", "\u3000＋1"]


def written(paying: Paying, folder: Path) -> list[dict[str, str]]:
    """The file as a spreadsheet reads it."""
    file = folder / "payments.csv"
    with paying.runtime.engine.begin() as connection:
        found = books.lines(connection, DECEMBER, JANUARY)
    books.write(file, found, paying.runtime.vault)
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    with file.open(encoding="utf-8-sig", newline="") as text:
        return list(csv.DictReader(text))


def told(paying: Paying, status: str, day: int, **more: object) -> None:
    moment = int(datetime(2026, 12, day, 3, tzinfo=UTC).timestamp())
    paying.told(status, created=moment, **more)


def test_every_movement_is_a_line_and_what_goes_back_is_negative(
    paying: Paying, tmp_path: Path
) -> None:
    paying.begins()
    told(paying, "paid", 1)
    told(paying, "paid", 2, payment_id="pay_2")
    told(paying, "refunded", 3, payment_id="pay_2", amount_refunded=12800)
    told(paying, "charged_back", 4, dispute_id="dp_1")
    told(paying, "chargeback_won", 5, dispute_id="dp_1")

    lines = written(paying, tmp_path)

    assert [(line["kind"], line["payment"], line["amount"]) for line in lines] == [
        ("payment", "pay_1", "12800"),
        ("double_payment", "pay_2", "12800"),
        ("refund", "pay_2", "-12800"),
        ("chargeback", "pay_1", "-12800"),
        ("chargeback_won", "pay_1", "12800"),
    ]
    first, second = lines[:2]
    assert first["date"] == "2026-12-01T12:00:00+09:00"
    assert (first["customer_number"], first["currency"]) == ("10001234", "JPY")
    assert first["receipt_number"] == paying.link().receipt_number
    assert second["receipt_number"] == ""
    assert first["reference"] == paying.gateway.asked[-1].reference


def test_cents_are_written_with_their_point(paying: Paying, tmp_path: Path) -> None:
    paying.is_customer(ALICE, digits="5678", due=4210, currency="USD")
    paying.gets_link(ALICE, "PAY")
    paying.answers("5678")
    paying.taps_pay()
    told(paying, "paid", 1, amount=4210, currency="USD")
    [line] = written(paying, tmp_path)
    assert (line["amount"], line["currency"]) == ("42.10", "USD")


@pytest.mark.parametrize(
    ("day", "count"), [(datetime(2026, 11, 30, 14, 59, tzinfo=UTC), 0), (DECEMBER, 1), (JANUARY, 0)]
)
def test_a_period_is_one_of_days_in_japan(
    paying: Paying, tmp_path: Path, day: datetime, count: int
) -> None:
    paying.begins()
    paying.told("paid")
    paying.changes(update(payments).values(paid_at=day))
    assert len(written(paying, tmp_path)) == count


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_run_is_text(text: str) -> None:
    assert plain(text) == f"'{text}"


@given(st.text())
def test_no_text_becomes_a_formula(text: str) -> None:
    shown = plain(text)
    assert shown in {text, f"'{text}"}
    assert not shown.lstrip(" \u3000").startswith(tuple("=+-@＝＋－＠\t\r\n"))


def test_a_customer_number_is_no_formula(paying: Paying, tmp_path: Path) -> None:
    paying.begins()
    told(paying, "paid", 1)
    sealed = paying.runtime.vault.seal("=HYPERLINK(1)")
    paying.changes(update(accounts).values(customer_number=sealed))
    assert written(paying, tmp_path)[0]["customer_number"] == "'=HYPERLINK(1)"
