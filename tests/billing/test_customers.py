"""Importing customers: what is added, changed and left alone, and that a file comes in whole."""

from collections.abc import Iterable, Iterator
from datetime import datetime

import pytest
from sqlalchemy import Engine, select

from bot.billing import accounts as ledger
from bot.billing.customer_file import CustomerFile
from bot.billing.customer_rows import Customer, Refusal
from bot.billing.customers import Imported
from bot.dialogue.turn import Account
from bot.errors import FileRefused, SettingError
from bot.messaging.debts import import_file
from bot.store.crypto import Vault
from bot.store.tables import accounts
from bot.text.format import Money
from tests.billing.files import EMILY, HANAKO, csv_of

VAULT = Vault("a secret of the tests only")


def imports(engine: Engine, *rows: str) -> Imported:
    return import_file(engine, VAULT, CustomerFile(csv_of(*rows)))


def stored(engine: Engine, number: str) -> tuple[Account, ...]:
    with engine.begin() as connection:
        return ledger.of_number(connection, VAULT, number)


def touched(engine: Engine) -> list[datetime]:
    with engine.begin() as connection:
        return list(connection.execute(select(accounts.c.updated_at)).scalars())


def test_customers_are_added_and_can_be_asked_for(engine: Engine) -> None:
    assert imports(engine, HANAKO, EMILY) == Imported(added=2)

    (hanako,) = stored(engine, "+819000000001")
    assert (hanako.name, hanako.customer_number, hanako.due) == (
        "山田 花子",
        "1000-1234",
        Money(12800, "JPY"),
    )
    assert hanako.proves("1234")
    (emily,) = stored(engine, "+12025550123")
    assert emily.due == Money(4550, "USD")


def test_names_and_customer_numbers_are_sealed(engine: Engine) -> None:
    imports(engine, HANAKO)

    with engine.begin() as connection:
        row = connection.execute(select(accounts)).one()
    assert "花子" not in row.name
    assert "1234" not in row.customer_number


def test_the_same_file_again_changes_nothing(engine: Engine) -> None:
    imports(engine, HANAKO, EMILY)
    before = touched(engine)

    assert imports(engine, EMILY, HANAKO) == Imported(unchanged=2)
    assert touched(engine) == before


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("090-0000-0001", "090-0000-0009"),
        ("花子", "華子"),
        ("ja", ""),
        ("12800", "0"),
        ("12800,JPY", "128.00,USD"),
        ("2026-12-25", ""),
    ],
)
def test_a_changed_cell_changes_its_account_only(engine: Engine, was: str, becomes: str) -> None:
    imports(engine, HANAKO, EMILY)

    done = imports(engine, HANAKO.replace(was, becomes), EMILY)

    assert done == Imported(changed=1, unchanged=1)
    assert imports(engine, HANAKO.replace(was, becomes)) == Imported(unchanged=1)


def test_a_customer_number_in_another_notation_is_the_same_customer(engine: Engine) -> None:
    imports(engine, HANAKO)

    assert imports(engine, HANAKO.replace("1000-1234", "１０００‐１２３４")) == Imported(
        unchanged=1
    )


def test_bad_rows_are_named_and_good_ones_come_in(engine: Engine) -> None:
    done = imports(engine, "bad,1000-9999,,,0,,", HANAKO)

    assert (done.added, done.refused) == (1, (Refusal(2, "phone is not a telephone number"),))
    assert not done.nothing_good


def test_a_customer_number_that_stands_twice_is_taken_once(engine: Engine) -> None:
    done = imports(engine, HANAKO, EMILY, HANAKO.replace("12800", "1"))

    assert done.refused == (Refusal(4, "customer_number stands on line 2 already"),)
    assert [account.due.minor for account in stored(engine, "+819000000001")] == [12800]


def test_one_telephone_number_may_have_several_accounts(engine: Engine) -> None:
    imports(engine, HANAKO, HANAKO.replace("1000-1234", "1000-5678"))

    assert len(stored(engine, "+819000000001")) == 2


def test_a_file_that_breaks_half_way_leaves_nothing(engine: Engine) -> None:
    rows = [HANAKO.replace("1000-1234", f"1000-{number}") for number in range(1000, 2100)]

    with pytest.raises(FileRefused):
        imports(engine, *rows, '"never closed')
    assert touched(engine) == []


def test_a_crash_while_writing_leaves_nothing(engine: Engine) -> None:
    class Breaks(CustomerFile):
        def read(self) -> Iterator[Customer | Refusal]:
            rows = list(super().read())
            yield from rows[:-1]
            # The database refuses it, 600 rows after the first ones were written.
            yield _with_unwritable_amount(rows[-1:])

    rows = [HANAKO.replace("1000-1234", f"1000-{number}") for number in range(1000, 1600)]
    with pytest.raises(Exception, match=r"integer|int|large"):
        import_file(engine, VAULT, Breaks(csv_of(*rows)))
    assert touched(engine) == []


def _with_unwritable_amount(rows: Iterable[Customer | Refusal]) -> Customer:
    (row,) = rows
    assert isinstance(row, Customer)
    return Customer(
        row.line, row.number, row.customer_number, "", None, 2**70, row.currency, row.due_date
    )


def test_many_rows_go_through_in_batches(engine: Engine) -> None:
    rows = [HANAKO.replace("1000-1234", f"1000-{number}") for number in range(1000, 2100)]

    assert imports(engine, *rows) == Imported(added=1100)
    assert imports(engine, *rows) == Imported(unchanged=1100)


def test_another_secret_key_is_noticed_before_anything_is_written(engine: Engine) -> None:
    imports(engine, HANAKO)
    other = Vault("another secret of the tests")

    with pytest.raises(SettingError, match="SECRET_KEY"):
        import_file(engine, other, CustomerFile(csv_of(EMILY)))
    assert len(touched(engine)) == 1
