"""Who may call our interface for programs, and what was answered to repeatable requests."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    false,
    text,
    true,
)

from bot.store.columns import Id, UtcDateTime
from bot.store.tables.base import created, metadata

_IN_USE = text("revoked_at IS NULL")

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(40), nullable=False, comment="the ledger's actor is api:name"),
    Column("signed", Boolean, nullable=False, comment="its requests are signed"),
    Column(
        "administers",
        Boolean,
        nullable=False,
        server_default=false(),
        comment="it may change the registry of senders",
    ),
    Column(
        "writes_accounts",
        Boolean,
        nullable=False,
        server_default=true(),
        comment="it may change what people owe",
    ),
    Column(
        "fingerprint",
        String(64),
        nullable=False,
        unique=True,
        comment="SHA-256 of the key; of a signed one the salt of its secret",
    ),
    Column("allow", JSON, nullable=False, comment="networks in CIDR notation"),
    Column("key_id", String(8), comment="of the SECRET_KEY; null: not known"),
    Column("last_used_at", UtcDateTime, comment="to the minute"),
    Column("revoked_at", UtcDateTime),
    created(),
    Index(
        "uq_api_keys_in_use", "name", unique=True, postgresql_where=_IN_USE, sqlite_where=_IN_USE
    ),
)

api_requests = Table(
    "api_requests",
    metadata,
    Column("id", Id, primary_key=True),
    Column("api_key_id", Id, ForeignKey("api_keys.id"), nullable=False),
    Column("idempotency_key", String(255), nullable=False),
    Column("fingerprint", String(64), nullable=False, comment="SHA-256 of address and body"),
    Column("status", Integer, nullable=False),
    Column("answer", JSON, nullable=False),
    created(),
    UniqueConstraint("api_key_id", "idempotency_key"),
    Index("ix_api_requests_created_at", "created_at"),
)
