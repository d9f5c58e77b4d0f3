"""Finding people by name: keyed hashes of pairs of letters, since the names are sealed."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, literal, select, tuple_

from bot.overview.terms import pairs
from bot.store.crypto import Vault
from bot.store.session import insert
from bot.store.tables import accounts, name_terms

MARK = "names"
BATCH = 200
LONGEST = 40
LONG_AGO = "1970-01-01T00:00:00+00:00"
_account, _term = accounts.c, name_terms.c


def index_new(connection: Connection, vault: Vault, marks: dict[str, Any]) -> None:
    """Hash the names of accounts that were added or changed since the mark."""
    since, last = marks.get(MARK, (LONG_AGO, 0))
    found = select(_account.id, _account.name, _account.updated_at).order_by(
        _account.updated_at, _account.id
    )
    mark = literal(datetime.fromisoformat(since), _account.updated_at.type), literal(last)
    found = found.where(tuple_(_account.updated_at, _account.id) > tuple_(*mark))
    rows = connection.execute(found.limit(BATCH)).all()
    for row in rows:
        replace(connection, vault, row.id, vault.open(row.name))
    if rows:
        marks[MARK] = [rows[-1].updated_at.isoformat(), rows[-1].id]


def find(connection: Connection, vault: Vault, words: str) -> list[str]:
    """The numbers of people whose name holds these words; at most forty."""
    found: dict[str, None] = {}
    for one in vault.everyone:
        found |= dict.fromkeys(_find(connection, hashes(one, words)))
    return list(found)[:LONGEST]


def _find(connection: Connection, wanted: Sequence[str]) -> Iterable[str]:
    if not wanted:
        return ()
    ids = (
        select(_term.account_id)
        .where(_term.term.in_(wanted))
        .group_by(_term.account_id)
        .having(func.count() == len(wanted))
        .limit(LONGEST)
    )
    return connection.execute(select(_account.number).where(_account.id.in_(ids))).scalars().all()


def hashes(vault: Vault, name: str) -> list[str]:
    """What a name is found by: the keyed hash of each of its pairs of letters."""
    return [vault.index(f"name {pair}") for pair in pairs("".join(name.split()))]


def replace(connection: Connection, vault: Vault, account_id: int, name: str) -> None:
    """Find an account by this name from now on."""
    connection.execute(delete(name_terms).where(_term.account_id == account_id))
    rows = [{"term": term, "account_id": account_id} for term in hashes(vault, name)]
    if rows:
        connection.execute(insert(connection, name_terms).on_conflict_do_nothing(), rows)
