"""Accounts when SECRET_KEY changes: found by the hashes of both keys, and sealed anew."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, func, select, update

from bot.store.crypto import Vault
from bot.store.tables import accounts, identity_answers

BATCH = 100
_account = accounts.c
_SEAL = (
    update(accounts)
    .where(_account.id == bindparam("account_id"))
    .values(
        customer_number=bindparam("sealed_number"),
        customer_number_index=bindparam("hashed_number"),
        name=bindparam("sealed_name"),
        key_id=bindparam("sealed_by"),
    )
)
_INDEX = (
    update(accounts)
    .where(_account.customer_number_index == bindparam("hashed_before"))
    .values(customer_number_index=bindparam("hashed_number"))
)


@dataclass(frozen=True)
class Resealed:
    """An account that was sealed anew, and the name in it."""

    id: int
    name: str


def index_anew(connection: Connection, vault: Vault, customer_numbers: Collection[str]) -> None:
    """Have accounts that the key before hashed found by the current one."""
    if vault.before is None:
        return
    before = {vault.before.index(number): vault.index(number) for number in customer_numbers}
    found = select(_account.customer_number_index).where(_account.customer_number_index.in_(before))
    stale: list[str] = list(connection.execute(found).scalars())
    rows = [{"hashed_before": index, "hashed_number": before[index]} for index in stale]
    if rows:
        connection.execute(_INDEX, rows)


def reseal(connection: Connection, vault: Vault) -> list[Resealed]:
    """Seal and hash a hundred accounts with the current key; none where nothing is left."""
    found = select(_account.id, _account.customer_number, _account.name)
    left = found.where(is_older(_account.key_id, vault)).order_by(_account.id).limit(BATCH)
    rows = [_opened(vault, row) for row in connection.execute(left.with_for_update())]
    if rows:
        connection.execute(_SEAL, [_sealed(vault, *row) for row in rows])
    return [Resealed(account_id, name) for account_id, _, name in rows]


def left(connection: Connection, vault: Vault) -> int:
    """How many accounts are not sealed with the current key."""
    counted = select(func.count()).select_from(accounts)
    return int(connection.execute(counted.where(is_older(_account.key_id, vault))).scalar_one())


def answers_left(connection: Connection, vault: Vault) -> int:
    """How many accounts have answers that were kept with another key than the current one."""
    answer = identity_answers.c
    counted = select(func.count(answer.account_id.distinct()))
    return int(connection.execute(counted.where(is_older(answer.key_id, vault))).scalar_one())


def is_older(key_id: ColumnElement[Any], vault: Vault) -> ColumnElement[bool]:
    """Whether a row's key is another than the current one; while there is one before, also where
    it is not known."""
    if vault.before is None:
        return key_id != vault.key_id
    return key_id.is_distinct_from(vault.key_id)


def _opened(vault: Vault, row: Row[Any]) -> tuple[int, str, str]:
    return row.id, vault.open(row.customer_number), vault.open(row.name)


def _sealed(vault: Vault, account_id: int, customer_number: str, name: str) -> dict[str, Any]:
    return {
        "account_id": account_id,
        "sealed_number": vault.seal(customer_number),
        "hashed_number": vault.index(customer_number),
        "sealed_name": vault.seal(name),
        "sealed_by": vault.key_id,
    }
