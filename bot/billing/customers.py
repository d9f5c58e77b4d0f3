"""Bring the accounts in line with rows of a customer file or the API: the good ones are kept."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, update

from bot.billing import accounts as ledger
from bot.billing import answers, invoices, paid_lately, resealing
from bot.billing.customer_rows import Customer, Refusal
from bot.store.columns import utc_now
from bot.store.crypto import Vault
from bot.store.session import insert
from bot.store.tables import accounts
from bot.text.format import Money

BATCH = 500
COMPARED = ("number", "name", "language", "due_minor", "currency", "due_date")
# A company's own books may not know of a payment through us before the next day's file.
SETTLES_WITHIN = timedelta(days=1)


class Tally(NamedTuple):
    """How many accounts were added and changed, and of how many a payment was not told yet.

    `eased` are the accounts of which less is due than before.
    """

    added: int = 0
    changed: int = 0
    paid: int = 0
    eased: frozenset[int] = frozenset()

    def and_then(self, more: "Tally") -> "Tally":
        """What two batches came to."""
        return Tally(
            self.added + more.added,
            self.changed + more.changed,
            self.paid + more.paid,
            self.eased | more.eased,
        )


@dataclass(frozen=True)
class Imported:
    """How many accounts were added, changed and left as they were, the rows refused and taken.

    `paid` of them told what was due before a payment of the last day, which was not taken; `eased`
    are the accounts of which less is due than before.
    """

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: tuple[Refusal, ...] = ()
    customers: tuple[Customer, ...] = field(default=(), compare=False, repr=False)
    paid: int = 0
    eased: frozenset[int] = field(default=frozenset(), compare=False)

    @property
    def nothing_good(self) -> bool:
        """Whether not one row of the file could be used."""
        return not self.added + self.changed + self.unchanged


@dataclass(frozen=True)
class Removed:
    """How many accounts were removed, how many had been before, and the numbers of none.

    `eased` are the ones that were removed.
    """

    removed: int
    gone: int
    unknown: frozenset[str] = field(repr=False)
    eased: frozenset[int] = frozenset()


def take(connection: Connection, vault: Vault, rows: Sequence[Customer | Refusal]) -> Imported:
    """Keep the good ones of united rows."""
    refused = tuple(row for row in rows if isinstance(row, Refusal))
    customers = tuple(row for row in rows if isinstance(row, Customer))
    added, changed, paid, eased = keep(connection, vault, customers)
    unchanged = len(customers) - added - changed
    return Imported(added, changed, unchanged, refused, customers, paid, eased)


def keep(connection: Connection, vault: Vault, customers: Iterable[Customer]) -> Tally:
    """Add or change the customers' accounts.

    Where a row tells just what was due before a payment of the last day, it is taken to know
    nothing of that payment, and what is due is left as it is.
    """
    ledger.check_key(connection, vault)
    remaining = iter(customers)
    tally = Tally()
    while batch := list(islice(remaining, BATCH)):
        tally = tally.and_then(_keep_batch(connection, vault, batch))
    return tally


def remove(connection: Connection, vault: Vault, customer_numbers: Collection[str]) -> Removed:
    """Hide the accounts of customer numbers: nothing is owed, and nothing proves who they are.

    The account itself stays, with the payments that were made on it; a file or the API that tells
    of it again brings it back.
    """
    resealing.index_anew(connection, vault, customer_numbers)
    by_index = {vault.index(number): number for number in customer_numbers}
    found = paid_lately.hold(connection, accounts.c.customer_number_index.in_(by_index))
    there = [row for row in found if row.gone_at is None]
    connection.execute(
        update(accounts)
        .where(accounts.c.id.in_([row.id for row in there]))
        .values(gone_at=utc_now(), updated_at=utc_now(), due_minor=0, due_date=None)
    )
    invoices.keep(connection, {row.customer_number_index: () for row in there})
    answers.forget(connection, [row.id for row in there])
    unknown = by_index.keys() - {row.customer_number_index for row in found}
    gone, ids = len(found) - len(there), frozenset(row.id for row in there)
    return Removed(len(there), gone, frozenset(by_index[index] for index in unknown), ids)


def _keep_batch(connection: Connection, vault: Vault, batch: Sequence[Customer]) -> Tally:
    resealing.index_anew(connection, vault, [one.customer_number for one in batch])
    by_index = {vault.index(customer.customer_number): customer for customer in batch}
    held = paid_lately.hold(connection, accounts.c.customer_number_index.in_(by_index))
    known = {row.customer_number_index: row for row in held}
    before = paid_lately.amounts_before(connection, by_index, SETTLES_WITHIN)
    paid = {index for index, one in by_index.items() if due(one) in before.get(index, ())}
    by_index |= {index: _as_paid(by_index[index], known[index]) for index in paid}
    new = by_index.keys() - known.keys()
    changed = {index for index, row in known.items() if _differs(row, by_index[index], vault)}
    rows = [sealed(by_index[i], i, vault) for i in by_index if i in new or i in changed]
    if rows:
        write(connection, rows)
    told = {index: customer.answers for index, customer in by_index.items() if customer.answers}
    if told:
        answers.keep(connection, vault, told)
    others = {index: one.invoices for index, one in by_index.items() if index not in paid}
    eased = invoices.keep(connection, others) | _eased(known, by_index)
    return Tally(len(new), len(changed), len(paid), frozenset(eased))


def _eased(known: Mapping[str, Row[Any]], told: Mapping[str, Customer]) -> set[int]:
    return {row.id for index, row in known.items() if told[index].due_minor < row.due_minor}


def due(customer: Customer) -> Money:
    """What a row tells to be due."""
    return Money(customer.due_minor, customer.currency)


def _as_paid(customer: Customer, row: Row[Any]) -> Customer:
    """What a row of before a payment tells of a customer, with what is due since."""
    return replace(customer, due_minor=row.due_minor, currency=row.currency, due_date=row.due_date)


def _differs(row: Row[Any], customer: Customer, vault: Vault) -> bool:
    stored = {**row._mapping, "name": vault.open(row.name)}
    changed = any(stored[column] != getattr(customer, column) for column in COMPARED)
    return changed or row.gone_at is not None


def sealed(customer: Customer, index: str, vault: Vault) -> dict[str, Any]:
    """The account's row of a customer, by the index of the customer number."""
    return {
        **{column: getattr(customer, column) for column in COMPARED},
        "name": vault.seal(customer.name),
        "customer_number": vault.seal(customer.customer_number),
        "customer_number_index": index,
        "key_id": vault.key_id,
    }


def write(connection: Connection, rows: list[dict[str, Any]], untold: Collection[str] = ()) -> None:
    """Insert or, also where another import was faster, update all that is told."""
    statement = insert(connection, accounts)
    changes = {column: statement.excluded[column] for column in COMPARED if column not in untold}
    as_of = statement.excluded.updated_at if "updated_at" in rows[0] else utc_now()
    upsert = statement.on_conflict_do_update(
        index_elements=["customer_number_index"],
        set_={**changes, "updated_at": as_of, "gone_at": None},
    )
    connection.execute(upsert, rows)
