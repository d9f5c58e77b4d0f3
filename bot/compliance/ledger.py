"""The ledger of consent: every step is appended, chained to the one before, and never changed.

The database refuses UPDATE and DELETE; what is personal in the evidence is sealed.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from bot.compliance.chain import canonical, digest
from bot.compliance.ledger_keys import LedgerKeys
from bot.dialogue.effects import Consent
from bot.store.columns import utc_now
from bot.store.crypto import Vault
from bot.store.tables import consent_chain, consent_events, consent_evidence

LONGEST_RULE = 128


class Method(StrEnum):
    """How a step of consent reached us."""

    SMS = "sms"
    CARRIER = "carrier"
    WEB = "web"
    VERBAL = "verbal"
    PAPER = "paper"
    STORE = "store"
    EVENT = "event"
    IVR = "ivr"
    APP = "app"
    API = "api"
    IMPORT = "import"
    CLOCK = "clock"


# What happens outside Henji, and is recorded here by staff or by the company's own systems.
ELSEWHERE = (
    Method.WEB,
    Method.VERBAL,
    Method.PAPER,
    Method.STORE,
    Method.EVENT,
    Method.IVR,
    Method.APP,
)


@dataclass(frozen=True)
class Entry:
    """One step to append.

    `purpose` None means every purpose. `rule` says why it counts, `actor` who did it: person,
    carrier, clock, staff:<name> or api:<name of the key>. `script_key` and `revision` name the
    words shown, `basis` the ground of consent from elsewhere. `evidence` is sealed: text, number,
    shown, name, ip, url, note, obtained_on, file_sha256, kind.
    """

    contact_id: int
    consent: Consent
    method: Method
    rule: str
    actor: str
    conversation_id: int | None = None
    inbound_id: int | None = None
    purpose: str | None = None
    purpose_version: str | None = None
    scope: str | None = None
    script_key: str | None = None
    revision: str | None = None
    policy_version: str | None = None
    provider_sid: str | None = None
    basis: str | None = None
    evidence: Mapping[str, str] = field(default_factory=dict)


# One at a time: a second writer waits here until the first has committed, so no chain can fork.
_HEAD = select(
    consent_chain.c.hash, consent_chain.c.sealed_keys, utc_now().label("now")
).with_for_update(of=consent_chain)
_MOVE_HEAD = update(consent_chain).values(
    hash=bindparam("head"),
    entries=consent_chain.c.entries + bindparam("more"),
    sealed_keys=bindparam("keys"),
)
_APPEND = insert(consent_events).inline()
_KEEP_EVIDENCE = insert(consent_evidence).inline()


def append(connection: Connection, vault: Vault, entries: Sequence[Entry]) -> None:
    """Append entries in order; last in a transaction, for the chain is locked until its end."""
    if not entries:
        return
    head = connection.execute(_HEAD).one()
    rows: list[dict[str, Any]] = []
    evidence: list[dict[str, Any]] = []
    keys, previous = LedgerKeys.opened(vault, head.sealed_keys), head.hash
    for entry in entries:
        sealed = _sealed(entry, keys)
        row = _row(entry, sealed, previous, head.now)
        previous = row["hash"]
        rows.append(row)
        evidence.append({"hash": previous, "sealed": sealed, "created_at": head.now})
    connection.execute(_APPEND, rows)
    connection.execute(_KEEP_EVIDENCE, evidence)
    sealed_keys = head.sealed_keys or keys.sealed(vault)
    moved = {"head": previous, "more": len(rows), "keys": sealed_keys}
    connection.execute(_MOVE_HEAD, moved)


def _sealed(entry: Entry, keys: LedgerKeys) -> str:
    known = {name: value for name, value in entry.evidence.items() if value}
    return keys.seal(json.dumps(known, ensure_ascii=False, sort_keys=True))


def _row(entry: Entry, sealed: str, previous: str, now: datetime) -> dict[str, Any]:
    row = {name: value for name, value in vars(entry).items() if name != "evidence"}
    row |= {
        "rule": entry.rule[:LONGEST_RULE],
        "evidence_hash": digest(sealed),
        "previous": previous,
        "created_at": now,
    }
    return {**row, "hash": digest(canonical(row))}
