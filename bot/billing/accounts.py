"""The accounts table: what a customer owes, by phone number."""

from sqlalchemy import Connection, Row, bindparam, select

from bot.dialogue.turn import Account
from bot.store.crypto import Vault
from bot.store.tables import accounts
from bot.text.format import TOKYO, Money

_OF_NUMBER = (
    select(accounts).where(accounts.c.number == bindparam("number")).order_by(accounts.c.id)
)


def of_number(connection: Connection, vault: Vault, number: str) -> tuple[Account, ...]:
    """Every account registered for an E.164 number, oldest first."""
    rows = connection.execute(_OF_NUMBER, {"number": number})
    return tuple(_account(row, vault) for row in rows)


def by_id(connection: Connection, vault: Vault, account_id: int) -> Account:
    """One account."""
    row = connection.execute(select(accounts).where(accounts.c.id == account_id)).one()
    return _account(row, vault)


def check_key(connection: Connection, vault: Vault) -> None:
    """SettingError when the stored accounts were sealed with another SECRET_KEY."""
    sealed: str | None = connection.execute(select(accounts.c.name).limit(1)).scalar()
    if sealed is not None:
        vault.open(sealed)


def pay(connection: Connection, account_id: int, minor: int) -> None:
    """Take a payment (minor units) off what is due."""
    connection.execute(
        accounts.update()
        .where(accounts.c.id == account_id)
        .values(due_minor=accounts.c.due_minor - minor)
    )


def _account(row: Row[tuple[object, ...]], vault: Vault) -> Account:
    return Account(
        id=row.id,
        customer_number=vault.open(row.customer_number),
        name=vault.open(row.name),
        due=Money(row.due_minor, row.currency),
        due_date=row.due_date,
        as_of=row.updated_at.astimezone(TOKYO).date(),
    )
