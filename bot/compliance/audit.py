"""Walk the ledger's chain from its first entry to its last, and name the first that is broken."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from bot.compliance.chain import GENESIS, canonical, digest
from bot.store.columns import utc_now
from bot.store.tables import consent_chain, consent_events, consent_evidence

BATCH = 1000
# The database lets evidence go after this time only; see the migration for the law.
EVIDENCE_KEPT = timedelta(days=3 * 365)

_BATCH_AFTER = (
    select(consent_events, consent_evidence.c.sealed)
    .join(consent_evidence, consent_evidence.c.hash == consent_events.c.hash, isouter=True)
    .where(consent_events.c.id > bindparam("last"))
    .order_by(consent_events.c.id)
    .limit(BATCH)
)


@dataclass(frozen=True)
class Broken:
    """The first entry that is not what it was, by its id, and in which way."""

    entry: int
    why: str


@dataclass(frozen=True)
class Audit:
    """How many entries hold, up to which hash; how much old evidence is gone, and what broke."""

    entries: int
    head: str
    erased: int
    broken: Broken | None = None


def verify(connection: Connection) -> Audit:
    """Recompute every hash of the ledger, a thousand entries at once in memory."""
    now: datetime = connection.execute(select(utc_now())).scalar_one()
    count, head, erased, last = 0, GENESIS, 0, 0
    for row in _entries(connection):
        if why := _fault(row, head, last, now):
            return Audit(count, head, erased, Broken(row.id, why))
        count, head, last = count + 1, row.hash, row.id
        erased += row.sealed is None
    return Audit(count, head, erased, _end_fault(connection, count, head, last))


def _entries(connection: Connection) -> Iterator[Row[Any]]:
    last = 0
    while batch := connection.execute(_BATCH_AFTER, {"last": last}).all():
        yield from batch
        last = batch[-1].id


def _fault(row: Row[Any], head: str, last: int, now: datetime) -> str | None:
    if row.previous != head:
        return f"it does not follow entry {last}: one in between is missing or was changed"
    if row.hash != digest(canonical(row._asdict())):
        return "it was changed"
    if row.sealed is None:
        return None if now - row.created_at > EVIDENCE_KEPT else "its evidence is missing"
    return None if digest(row.sealed) == row.evidence_hash else "its evidence was changed"


def _end_fault(connection: Connection, count: int, head: str, last: int) -> Broken | None:
    """The chain's own row tells where it ends, so that a missing end is seen as well."""
    chain = connection.execute(select(consent_chain)).one()
    if chain.hash == head and chain.entries == count:
        return None
    return Broken(last, f"the chain ends here, but {chain.entries} entries were written")
