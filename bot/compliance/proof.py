"""The proof bundle: all that the ledger holds on one person or a period, as JSON."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from bot.compliance import audit, purposes
from bot.compliance.basis import EvidenceKind
from bot.compliance.chain import canonical
from bot.compliance.ledger_keys import LedgerKeys
from bot.settings import Settings
from bot.staff.departments import Scope
from bot.store.columns import utc_now
from bot.store.crypto import Vault
from bot.store.tables import consent_events, consent_evidence, contacts, conversations, senders

_event = consent_events.c
EVERYTHING = Scope()


@dataclass(frozen=True)
class Wanted:
    """Whose entries (a number in E.164 form), or those from one moment up to another."""

    number: str | None = None
    start: datetime | None = None
    end: datetime | None = None


def bundle(
    connection: Connection,
    vault: Vault,
    settings: Settings,
    wanted: Wanted,
    scope: Scope = EVERYTHING,
) -> dict[str, Any]:
    """What proves the consent of a person or in a period, with all that is needed to check it.

    `entries` are in the order in which they were written; the SHA-256 of each `canonical` text is
    its `hash`. `documents` are the purposes' words in the versions that the entries refer to.
    A scope leaves out the entries of other senders.
    """
    entries = opened(connection, vault, wanted, scope)
    return {
        "made_at": _iso(connection.execute(select(utc_now())).scalar_one()),
        "company": settings.HENJI_LEGAL_NAME or settings.HENJI_BRAND,
        "wanted": {name: _iso(value) for name, value in asdict(wanted).items() if value},
        "chain": asdict(audit.verify(connection)),
        "entries": entries,
        "documents": list(_documents(entries)),
    }


def opened(
    connection: Connection, vault: Vault, wanted: Wanted, scope: Scope = EVERYTHING
) -> list[dict[str, Any]]:
    """The entries alone, in the order in which they were written, each with its `evidence`."""
    keys, found = LedgerKeys.of(connection, vault), _select(wanted)
    if scope != EVERYTHING:
        found = found.where(scope.covers(conversations.c.sender_id))
    return [_entry(row, keys) for row in connection.execute(found)]


def as_json(proof: Mapping[str, Any]) -> str:
    """The bundle as a file: UTF-8, indented."""
    return json.dumps(proof, ensure_ascii=False, indent=2, default=_iso) + "\n"


def _select(wanted: Wanted) -> Select[Any]:
    found = (
        select(
            consent_events,
            consent_evidence.c.sealed,
            contacts.c.number,
            senders.c.number.label("sender"),
        )
        .join(contacts, contacts.c.id == _event.contact_id)
        .join(conversations, conversations.c.id == _event.conversation_id, isouter=True)
        .join(senders, senders.c.id == conversations.c.sender_id, isouter=True)
        .join(consent_evidence, consent_evidence.c.hash == _event.hash, isouter=True)
        .order_by(_event.id)
    )
    if wanted.number is not None:
        found = found.where(contacts.c.number == wanted.number)
    if wanted.start is not None:
        found = found.where(_event.created_at >= wanted.start)
    return found if wanted.end is None else found.where(_event.created_at < wanted.end)


def _entry(row: Row[Any], keys: LedgerKeys) -> dict[str, Any]:
    stored = row._asdict()
    sealed = stored.pop("sealed")
    said = {name: _iso(value) for name, value in stored.items() if value is not None}
    evidence = json.loads(keys.open(sealed)) if sealed else {}
    # Going on counted as a yes: an auditor gives it less weight than a box that was ticked.
    weak = {"weak_evidence": True} if evidence.get("kind") == EvidenceKind.DEEMED else {}
    return {**said, **weak, "evidence": evidence, "canonical": canonical(row._asdict())}


def _documents(entries: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    known = purposes.shipped()
    pairs = {
        (one["purpose"], one["purpose_version"]) for one in entries if "purpose_version" in one
    }
    for key, reference in sorted(pairs):
        if document := purposes.find(known, key, reference):
            yield {**asdict(document), "reference": reference}
        else:
            yield {
                "key": key,
                "reference": reference,
                "missing": "its words are not in git any more",
            }


def _iso(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
