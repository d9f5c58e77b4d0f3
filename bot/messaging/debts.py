"""News of what people owe: kept, and what was to be asked for and is owed no more is taken back.

Both in one transaction, as with a payment, from wherever the news comes.
"""

from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import Connection, Engine

from bot.billing import customers, renewal
from bot.billing.customer_file import CustomerFile
from bot.billing.customer_rows import Customer, Refusal, united
from bot.billing.customers import Imported, Removed
from bot.billing.sources import Owed
from bot.messaging.sending import recall
from bot.store.crypto import Vault
from bot.store.session import transact

WHY = "less is due meanwhile, as the company's own books say"


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
    """See `customers.take`."""
    done = customers.take(connection, vault, rows)
    recall.outdate_dunning(connection, done.eased, WHY)
    return done


def remove(connection: Connection, vault: Vault, customer_numbers: Collection[str]) -> Removed:
    """See `customers.remove`."""
    done = customers.remove(connection, vault, customer_numbers)
    recall.outdate_dunning(connection, done.eased, WHY)
    return done


def renew(
    connection: Connection,
    vault: Vault,
    number: str,
    found: Sequence[Owed] | None,
    settles_within: timedelta,
) -> None:
    """See `renewal.renew`."""
    eased = renewal.renew(connection, vault, number, found, settles_within)
    recall.outdate_dunning(connection, eased, WHY)
