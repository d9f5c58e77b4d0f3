"""The chain that makes a change of the ledger visible: each entry's hash covers the one before it.

Anybody can recompute it from an export, with SHA-256 and without our key.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime

GENESIS = "0" * 64
# What is empty is left out, so that a column added later leaves every older hash as it is.
COVERED = (
    "contact_id",
    "conversation_id",
    "inbound_id",
    "consent",
    "purpose",
    "purpose_version",
    "scope",
    "method",
    "rule",
    "script_key",
    "revision",
    "policy_version",
    "provider_sid",
    "actor",
    "basis",
    "evidence_hash",
    "previous",
    "created_at",
)


def canonical(entry: Mapping[str, object]) -> str:
    """The one spelling of an entry that is hashed: JSON with sorted keys and no spaces."""
    said = {name: _plain(entry[name]) for name in COVERED if entry.get(name) is not None}
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    """SHA-256 in hex of an entry's canonical form, or of its sealed evidence."""
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value
