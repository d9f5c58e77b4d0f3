"""Bring the accounts in line with the rows of a customer file: all of its good rows, or none."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Row, select, update

from bot.billing import accounts as ledger
from bot.billing import answers, invoices, paid_lately, resealing
from bot.billing.customer_file import CustomerFile
from bot.billing.customer_rows import Customer, Refusal, united
from bot.billing.sources import Owed
from bot.store.columns import utc_now
from bot.store.crypto import Vault
from bot.store.session import insert, transact
from bot.store.tables import accounts
from bot.text.format import Money

BATCH = 500
COMPARED = ("number", "name", "language", "due_minor", "currency", "due_date")
# A company's own books may not know of a payment through us before the next day's file.
SETTLES_WITHIN = timedelta(days=1)


class Tally(NamedTuple):
    """How many accounts were added and changed, and of how many a payment was not told yet."""

    added: int = 0
    changed: int = 0
    paid: int = 0


@dataclass(frozen=True)
class Imported:
    """How many accounts were added, changed and left as they were, the rows refused and taken.

    `paid` of them told what was due before a payment of the last day, which was not taken.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: tuple[Refusal, ...] = ()
    customers: tuple[Customer, ...] = field(default=(), compare=False, repr=False)
    paid: int = 0

    @property
    def nothing_good(self) -> bool:
        """Whether not one row of the file could be used."""
        return not self.added + self.changed + self.unchanged


@dataclass(frozen=True)
class Removed:
    """How many accounts were removed, how many had been before, and the numbers of none."""

    removed: int
    gone: int
    unknown: frozenset[str] = field(repr=False)


def import_file(engine: Engine, vault: Vault, file: CustomerFile) -> Imported:
    """Import a file in one transaction; a file imported before changes nothing.

    Not even the day that an amount is told to be as of: a row that is as it was may have lain in
    the file for weeks, so it is no proof that the amount was looked up again.

    Raises FileRefused, and SettingError where stored accounts were sealed with another SECRET_KEY.
    """
    # All is read before the transaction begins: on SQLite it keeps every text waiting.
    rows = list(united(file.read()))
    return transact(engine, lambda connection: take(connection, vault, rows))


def take(connection: Connection, vault: Vault, rows: Sequence[Customer | Refusal]) -> Imported:
    """Keep the good ones of united rows."""
    refused = tuple(row for row in rows if isinstance(row, Refusal))
    customers = tuple(row for row in rows if isinstance(row, Customer))
    added, changed, paid = keep(connection, vault, customers)
    unchanged = len(customers) - added - changed
    return Imported(added, changed, unchanged, refused, customers, paid)


def keep(connection: Connection, vault: Vault, customers: Iterable[Customer]) -> Tally:
    """Add or change the customers' accounts.

    Where a row tells just what was due before a payment of the last day, it is taken to know
    nothing of that payment, and what is due is left as it is.
    """
    ledger.check_key(connection, vault)
    remaining = iter(customers)
    tallies = [Tally()]
    while batch := list(islice(remaining, BATCH)):
        tallies.append(_keep_batch(connection, vault, batch))
    return Tally(*map(sum, zip(*tallies, strict=True)))


def renew(
    connection: Connection,
    vault: Vault,
    number: str,
    found: Sequence[Owed] | None,
    settles_within: timedelta,
) -> None:
    """Bring a number's accounts in line with what a balance source tells of it right now.

    An amount that may not know of a payment through us yet is left as it is: it would be asked for
    again. That is so within `settles_within` of the payment where no moment is told or just what
    was due before, and always where the moment is before it. Accounts that the source knows no more
    owe nothing, and are hidden unless they were paid within that time; with None they are hidden
    alone, so that a mistake there erases nothing.
    """
    ledger.check_key(connection, vault)
    now = connection.execute(select(utc_now())).scalar_one()
    told = found or ()
    resealing.index_anew(connection, vault, [one.customer.customer_number for one in told])
    by_index = {vault.index(one.customer.customer_number): one for one in told}
    held = paid_lately.hold(
        connection, accounts.c.customer_number_index.in_(by_index) | (accounts.c.number == number)
    )
    paid = paid_lately.last_paid(connection, by_index)
    before = paid_lately.amounts_before(connection, held, settles_within)
    rows = []
    for index, one in by_index.items():
        as_of = min(one.as_of or now - settles_within, now)
        if index in paid and (paid[index] >= as_of or _due(one.customer) in before.get(index, ())):
            continue
        sealed = _sealed(one.customer, index, vault)
        rows.append({**sealed, "updated_at": min(one.as_of or now, now)})
    if rows:
        untold = frozenset[str]().union(*(one.untold for one in by_index.values()))
        _write(connection, rows, untold)
        indexes = [row["customer_number_index"] for row in rows]
        invoices.keep(connection, {index: by_index[index].customer.invoices for index in indexes})
    connection.execute(
        update(accounts)
        .where(accounts.c.customer_number_index.in_(by_index), accounts.c.gone_at.is_not(None))
        .values(gone_at=None)
    )
    absent = update(accounts).where(
        accounts.c.number == number, accounts.c.customer_number_index.not_in(by_index)
    )
    if found is not None:
        connection.execute(absent.where(accounts.c.due_minor != 0).values(due_minor=0))
    # A source of debts alone tells no more of who paid; they are still to hear that they did.
    connection.execute(
        absent.where(
            accounts.c.gone_at.is_(None), accounts.c.customer_number_index.not_in(before)
        ).values(gone_at=now)
    )


def remove(connection: Connection, vault: Vault, customer_numbers: Collection[str]) -> Removed:
    """Hide the accounts of customer numbers: nothing is owed, and nothing proves who they are.

    The account itself stays, with the payments that were made on it; a file or the API that tells
    of it again brings it back.
    """
    resealing.index_anew(connection, vault, customer_numbers)
    by_index = {vault.index(number): number for number in customer_numbers}
    # In one order, so that two who remove the same accounts do not wait for one another.
    known = (
        select(accounts.c.id, accounts.c.customer_number_index, accounts.c.gone_at)
        .where(accounts.c.customer_number_index.in_(by_index))
        .order_by(accounts.c.id)
        .with_for_update()
    )
    found = connection.execute(known).all()
    there = [row for row in found if row.gone_at is None]
    connection.execute(
        update(accounts)
        .where(accounts.c.id.in_([row.id for row in there]))
        .values(gone_at=utc_now(), updated_at=utc_now(), due_minor=0, due_date=None)
    )
    invoices.keep(connection, {row.customer_number_index: () for row in there})
    answers.forget(connection, [row.id for row in there])
    unknown = by_index.keys() - {row.customer_number_index for row in found}
    gone = len(found) - len(there)
    return Removed(len(there), gone, frozenset(by_index[index] for index in unknown))


def _keep_batch(connection: Connection, vault: Vault, batch: Sequence[Customer]) -> Tally:
    resealing.index_anew(connection, vault, [one.customer_number for one in batch])
    by_index = {vault.index(customer.customer_number): customer for customer in batch}
    paid_lately.hold(connection, accounts.c.customer_number_index.in_(by_index))
    known = _known(connection, by_index)
    before = paid_lately.amounts_before(connection, by_index, SETTLES_WITHIN)
    paid = {index for index, one in by_index.items() if _due(one) in before.get(index, ())}
    by_index |= {index: _as_paid(by_index[index], known[index]) for index in paid}
    new = by_index.keys() - known.keys()
    changed = {index for index, row in known.items() if _differs(row, by_index[index], vault)}
    rows = [_sealed(by_index[i], i, vault) for i in by_index if i in new or i in changed]
    if rows:
        _write(connection, rows)
    told = {index: customer.answers for index, customer in by_index.items() if customer.answers}
    if told:
        answers.keep(connection, vault, told)
    others = {index: one.invoices for index, one in by_index.items() if index not in paid}
    invoices.keep(connection, others)
    return Tally(len(new), len(changed), len(paid))


def _due(customer: Customer) -> Money:
    return Money(customer.due_minor, customer.currency)


def _as_paid(customer: Customer, row: Row[Any]) -> Customer:
    """What a row of before a payment tells of a customer, with what is due since."""
    return replace(customer, due_minor=row.due_minor, currency=row.currency, due_date=row.due_date)


def _known(connection: Connection, by_index: Mapping[str, Customer]) -> dict[str, Row[Any]]:
    found = connection.execute(
        select(accounts).where(accounts.c.customer_number_index.in_(by_index))
    )
    return {row.customer_number_index: row for row in found}


def _differs(row: Row[Any], customer: Customer, vault: Vault) -> bool:
    stored = {**row._mapping, "name": vault.open(row.name)}
    changed = any(stored[column] != getattr(customer, column) for column in COMPARED)
    return changed or row.gone_at is not None


def _sealed(customer: Customer, index: str, vault: Vault) -> dict[str, Any]:
    return {
        **{column: getattr(customer, column) for column in COMPARED},
        "name": vault.seal(customer.name),
        "customer_number": vault.seal(customer.customer_number),
        "customer_number_index": index,
        "key_id": vault.key_id,
    }


def _write(
    connection: Connection, rows: list[dict[str, Any]], untold: Collection[str] = ()
) -> None:
    """Insert or, also where another import was faster, update all that is told."""
    statement = insert(connection, accounts)
    changes = {column: statement.excluded[column] for column in COMPARED if column not in untold}
    as_of = statement.excluded.updated_at if "updated_at" in rows[0] else utc_now()
    upsert = statement.on_conflict_do_update(
        index_elements=["customer_number_index"],
        set_={**changes, "updated_at": as_of, "gone_at": None},
    )
    connection.execute(upsert, rows)
