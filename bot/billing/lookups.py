"""Which numbers are to be looked up at the balance source, and which were, how long ago."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto

from sqlalchemy import Connection, select, update

from bot.store.columns import seconds_from_now, utc_now
from bot.store.session import insert
from bot.store.tables import balance_lookups

# A text waits so long for the source; then it is answered with what is known.
PATIENCE = timedelta(seconds=15)
# After a look-up that failed, what is known must do for so long.
RETRY_AFTER = timedelta(seconds=30)
# Who began a look-up and did not end it within this time has died.
LEASE_S = 15
BATCH = 32
LONGEST_ERROR = 200

_lookup = balance_lookups.c


class Standing(Enum):
    """Whether a number's accounts are as new as they can be: not asked about lately, being looked
    up, looked up, or not to be had from the source."""

    STALE = auto()
    ASKED = auto()
    FRESH = auto()
    AWAY = auto()


@dataclass(frozen=True)
class _Ages:
    asked: timedelta
    ended: timedelta | None
    failed: bool


def standing(
    connection: Connection, numbers: Collection[str], max_age: timedelta
) -> Mapping[str, Standing]:
    """How the accounts of these numbers stand."""
    found = select(balance_lookups, utc_now().label("now")).where(_lookup.number.in_(numbers))
    ages = {
        row.number: _Ages(
            row.now - row.asked_at, row.ended_at and row.now - row.ended_at, row.error is not None
        )
        for row in connection.execute(found)
    }
    return {number: _standing(ages.get(number), max_age) for number in numbers}


def _standing(ages: _Ages | None, max_age: timedelta) -> Standing:
    if ages is None:
        return Standing.STALE
    if ages.ended is None:
        return Standing.ASKED if ages.asked <= PATIENCE else Standing.AWAY
    if ages.ended > (RETRY_AFTER if ages.failed else max_age):
        return Standing.STALE
    return Standing.AWAY if ages.failed else Standing.FRESH


def ask(connection: Connection, numbers: Collection[str]) -> None:
    """Have these numbers looked up."""
    row = insert(connection, balance_lookups)
    again = {"asked_at": utc_now(), "begun_at": None, "ended_at": None, "error": None}
    connection.execute(
        row.on_conflict_do_update(index_elements=["number"], set_=again),
        [{"number": number} for number in sorted(numbers)],
    )


def begin(connection: Connection) -> list[str]:
    """The numbers to look up now, for this caller alone, those that wait longest first."""
    due = (
        select(_lookup.number)
        .where(_lookup.ended_at.is_(None))
        .where(_lookup.begun_at.is_(None) | (_lookup.begun_at < seconds_from_now(-LEASE_S)))
        .order_by(_lookup.asked_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    numbers: list[str] = list(connection.execute(due).scalars())
    connection.execute(
        update(balance_lookups).where(_lookup.number.in_(numbers)).values(begun_at=utc_now())
    )
    return numbers


def end(connection: Connection, number: str, error: str | None = None) -> None:
    """A number was looked up, or could not be."""
    row = insert(connection, balance_lookups).values(
        number=number,
        begun_at=utc_now(),
        ended_at=utc_now(),
        error=error and error[:LONGEST_ERROR],
    )
    told = {"ended_at": row.excluded.ended_at, "error": row.excluded.error}
    connection.execute(row.on_conflict_do_update(index_elements=["number"], set_=told))
