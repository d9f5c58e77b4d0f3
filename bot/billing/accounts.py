"""The accounts table: what a customer owes, by phone number."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, Row, bindparam, exists, func, select

from bot.billing import invoices
from bot.dialogue.turn import Account
from bot.store.columns import among, utc_now
from bot.store.crypto import Vault
from bot.store.tables import accounts, checkouts, payment_links, payments
from bot.text.format import TOKYO, Money
from bot.text.language import Language

_PENDING = exists().where(
    payment_links.c.account_id == accounts.c.id,
    checkouts.c.payment_link_id == payment_links.c.id,
    checkouts.c.status == "pending",
)
_PAID_AT = (
    select(func.max(payments.c.paid_at))
    .join(payment_links, payment_links.c.id == payments.c.payment_link_id)
    .where(payment_links.c.account_id == accounts.c.id, payments.c.credited)
    .scalar_subquery()
)
_ACCOUNTS = select(accounts, _PENDING.label("pending"), _PAID_AT.label("paid_at"))
_OF_NUMBERS = _ACCOUNTS.where(
    among(accounts.c.number, "numbers"), accounts.c.gone_at.is_(None)
).order_by(accounts.c.id)
_BY_ID = _ACCOUNTS.where(accounts.c.id == bindparam("account_id"))
_LANGUAGES = (
    select(accounts.c.number, accounts.c.language)
    .where(among(accounts.c.number, "numbers"), accounts.c.language.is_not(None))
    .distinct()
)


def of_numbers(
    connection: Connection, vault: Vault, numbers: Collection[str]
) -> Mapping[str, Sequence[Account]]:
    """Every account registered for these E.164 numbers, by number, oldest first."""
    found: dict[str, list[Account]] = defaultdict(list)
    for row in connection.execute(_OF_NUMBERS, {"numbers": list(numbers)}):
        found[row.number].append(_account(row, vault))
    return found


def of_number(connection: Connection, vault: Vault, number: str) -> tuple[Account, ...]:
    """Every account registered for an E.164 number, oldest first."""
    return tuple(of_numbers(connection, vault, [number]).get(number, ()))


def by_id(connection: Connection, vault: Vault, account_id: int) -> Account:
    """One account."""
    return _account(connection.execute(_BY_ID, {"account_id": account_id}).one(), vault)


def languages_of(connection: Connection, numbers: Collection[str]) -> Mapping[str, Language]:
    """The language registered for each of these E.164 numbers that has one, and not several."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in connection.execute(_LANGUAGES, {"numbers": list(numbers)}):
        found[row.number].append(row.language)
    return {number: Language(one) for number, (one, *more) in found.items() if not more}


def check_key(connection: Connection, vault: Vault) -> None:
    """SettingError when the stored accounts were sealed with another SECRET_KEY."""
    sealed: str | None = connection.execute(select(accounts.c.name).limit(1)).scalar()
    if sealed is not None:
        vault.open(sealed)


def pay(connection: Connection, account_id: int, minor: int) -> None:
    """Take a payment (minor units) off what is due, as of now."""
    connection.execute(
        accounts.update()
        .where(accounts.c.id == account_id)
        .values(due_minor=accounts.c.due_minor - minor, updated_at=utc_now())
    )
    invoices.pay(connection, account_id, minor)


def _account(row: Row[tuple[object, ...]], vault: Vault) -> Account:
    return Account(
        id=row.id,
        customer_number=vault.open(row.customer_number),
        name=vault.open(row.name),
        due=Money(row.due_minor, row.currency),
        due_date=row.due_date,
        as_of=row.updated_at.astimezone(TOKYO).date(),
        pending=row.pending,
        paid_on=row.paid_at and row.paid_at.astimezone(TOKYO).date(),
    )
