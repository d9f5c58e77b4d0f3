"""Consent that a company holds already, from the rows of its customer file.

The same statement about the same person is recorded once, in whatever file it stands again.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

from sqlalchemy import Connection, Engine, select

from bot.compliance import ledger
from bot.compliance.basis import Stated
from bot.compliance.ledger import Entry, Method
from bot.compliance.ledger_keys import LedgerKeys
from bot.dialogue.consent import Step
from bot.dialogue.effects import Consent
from bot.messaging.consent import orders
from bot.messaging.consent.orders import Order
from bot.settings import Settings
from bot.store.crypto import Vault
from bot.store.session import transact
from bot.store.tables import consent_events, contacts

# The people of one batch are locked together, and texts from them wait for it.
BATCH = 100

_event = consent_events.c
Known = set[tuple[str, str]]


@dataclass(frozen=True)
class Source:
    """Which of our senders the consent is for, who imports it, and what proves all of it."""

    sender: str
    actor: str
    evidence: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Tally:
    """How many people's consent was recorded, was known already, or counts for nothing.

    `unfounded` are without a basis, `withdrawn` said no later; `stopped` are the numbers, in E.164
    form, of those who stopped messages and stay stopped.
    """

    recorded: int = 0
    known: int = 0
    unfounded: int = 0
    withdrawn: int = 0
    stopped: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Statement:
    """What is stated about one number, with the rule by which the ledger knows it again."""

    number: str
    stated: Stated
    rule: str


def keep(
    engine: Engine,
    vault: Vault,
    settings: Settings,
    source: Source,
    rows: Iterable[tuple[str, Stated]],
) -> Tally:
    """Record what is stated about numbers (E.164), a hundred people in a transaction.

    What was recorded before is skipped, so an import that broke off may simply run again.
    """
    tally = Tally()
    keys = transact(engine, lambda connection: LedgerKeys.of(connection, vault))
    statements = sorted(_founded(rows, keys, source, tally), key=lambda one: one.number)
    remaining = iter(statements)
    while batch := list(islice(remaining, BATCH)):
        work = partial(_keep, vault=vault, settings=settings, source=source, batch=batch)
        _add(tally, transact(engine, work))
    return tally


def keep_in(
    connection: Connection,
    vault: Vault,
    settings: Settings,
    source: Source,
    rows: Iterable[tuple[str, Stated]],
) -> Tally:
    """The same in a transaction at hand, of at most `BATCH` people."""
    tally = Tally()
    keys = LedgerKeys.of(connection, vault)
    statements = sorted(_founded(rows, keys, source, tally), key=lambda one: one.number)
    _add(tally, _keep(connection, vault, settings, source, statements))
    return tally


def _founded(
    rows: Iterable[tuple[str, Stated]], keys: LedgerKeys, source: Source, tally: Tally
) -> Iterator[_Statement]:
    """Each statement once; without a basis it is none."""
    seen: Known = set()
    for number, stated in rows:
        if not stated.purposes:
            continue
        if stated.basis is None:
            tally.unfounded += 1
            continue
        one = _Statement(number, stated, _rule(number, stated, keys, source))
        if (one.number, one.rule) not in seen:
            seen.add((one.number, one.rule))
            yield one


def _rule(number: str, stated: Stated, keys: LedgerKeys, source: Source) -> str:
    """A keyed hash of all that makes a statement: the same one again is known by it."""
    scan = source.evidence.get("file_sha256", "")
    said = [number, source.sender, sorted(stated.purposes or ()), stated.basis, scan]
    return f"import {keys.statement(json.dumps([*said, str(stated.obtained_on)]))[:32]}"


def _keep(
    connection: Connection,
    vault: Vault,
    settings: Settings,
    source: Source,
    batch: Sequence[_Statement],
) -> Tally:
    tally = Tally()
    entries: list[Entry] = []
    known = _known(connection, [one.number for one in batch])
    for one in batch:
        if (one.number, one.rule) in known:
            tally.known += 1
        else:
            entries += _take(connection, settings, source, one, tally)
    ledger.append(connection, vault, entries)
    return tally


def _take(
    connection: Connection, settings: Settings, source: Source, one: _Statement, tally: Tally
) -> list[Entry]:
    row = orders.reach(connection, source.sender, one.number)
    # Only now it is locked: another import of the same file may have been faster.
    if (one.number, one.rule) in _known(connection, [one.number]):
        tally.known += 1
        return []
    taken, entries = orders.enter(connection, settings, row, _order(source, one), Step.GRANT)
    if any(change.consent is Consent.STOPPED for change in taken):
        tally.stopped.append(one.number)
    if entries:
        tally.recorded += 1
    elif not taken:
        tally.withdrawn += 1
    return entries


def _order(source: Source, one: _Statement) -> Order:
    stated = one.stated
    return Order(
        Method.IMPORT,
        source.actor,
        one.rule,
        stated.purposes or (),
        stated.basis,
        stated.obtained_on,
        source.evidence,
    )


def _known(connection: Connection, numbers: Sequence[str]) -> Known:
    """The statements about these numbers that the ledger holds, by number and rule."""
    found = connection.execute(
        select(contacts.c.number, _event.rule)
        .join(consent_events, _event.contact_id == contacts.c.id)
        .where(contacts.c.number.in_(numbers), _event.method == Method.IMPORT)
    )
    return {(row.number, row.rule) for row in found}


def _add(tally: Tally, more: Tally) -> None:
    tally.recorded += more.recorded
    tally.known += more.known
    tally.withdrawn += more.withdrawn
    tally.stopped += more.stopped
