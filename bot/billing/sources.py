"""Where what people owe is known. The accounts table answers; another source keeps it up to date.

So no flow and no page waits for a network, and what was known last is there while a source is away.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.billing.customer_rows import Customer


@dataclass(frozen=True)
class Owed:
    """What a customer owes, as of a moment that the source tells (None: when it was asked).

    `untold` names the fields of the customer that the source cannot tell: they stay as they were.
    """

    customer: Customer
    as_of: datetime | None = None
    untold: frozenset[str] = frozenset()


class BalanceSource(Protocol):
    """Tells what the people of a number owe.

    What it told counts for `max_age` (None: the accounts table is all there is, and never stale);
    `settles_within` is how long it may take to learn of a payment through us.
    """

    max_age: timedelta | None
    settles_within: timedelta

    def look_up(self, number: str) -> Sequence[Owed] | None:
        """Everything that is owed by an E.164 number; empty: nothing is; None: it knows nobody.

        Takes a few seconds at the most. Raises SourceAway where it cannot tell.
        """


class AccountsTable:
    """The accounts as they were imported: by a file, by the API."""

    max_age: timedelta | None = None
    settles_within = timedelta()

    def look_up(self, number: str) -> Sequence[Owed]:
        """Nothing beside what the table holds."""
        return ()
