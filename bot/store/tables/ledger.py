"""The ledger of consent: append-only, chained, its evidence sealed."""

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    event,
    insert,
    text,
)

from bot.store.columns import Id, UtcDateTime
from bot.store.tables.base import metadata

_STOPPED = text("consent = 'stopped'")

consent_events = Table(
    "consent_events",
    metadata,
    Column("id", Id, primary_key=True),
    Column("contact_id", Id, ForeignKey("contacts.id"), nullable=False),
    Column("conversation_id", Id, ForeignKey("conversations.id")),
    Column("inbound_id", Id, ForeignKey("inbound_messages.id")),
    Column("consent", String(16), nullable=False),
    Column("purpose", String(32), comment="null: every purpose"),
    Column("purpose_version", String(40), comment="version and revision of its document"),
    Column("scope", String(8), comment="of a stop: pair, sender, brand, all"),
    Column("method", String(16), nullable=False, comment="sms, carrier"),
    Column("rule", String(128), nullable=False),
    Column("script_key", String(128), comment="the words shown with it"),
    Column("revision", String(16)),
    Column("policy_version", String(64), comment="the terms and privacy policy shown"),
    Column("provider_sid", String(128)),
    Column("actor", String(64), nullable=False, comment="person, carrier, clock, staff:name"),
    Column("basis", String(64), comment="the stated ground of an import"),
    Column("evidence_hash", String(64), nullable=False, comment="SHA-256 of the sealed evidence"),
    Column("previous", String(64), nullable=False, unique=True, comment="no chain can fork"),
    Column("hash", String(64), nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_consent_events_conversation_id", "conversation_id", "id"),
    Index("ix_consent_events_contact_id", "contact_id", "id"),
    Index(
        "ix_consent_events_stopped",
        "created_at",
        postgresql_where=_STOPPED,
        sqlite_where=_STOPPED,
    ),
)

consent_evidence = Table(
    "consent_evidence",
    metadata,
    Column("hash", String(64), primary_key=True, comment="of the ledger's entry"),
    Column("sealed", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

consent_chain = Table(
    "consent_chain",
    metadata,
    Column("id", Integer, primary_key=True, comment="1: there is one chain"),
    Column("entries", Id, nullable=False),
    Column("hash", String(64), nullable=False, comment="of the last entry"),
    Column("sealed_keys", Text, comment="of the evidence, sealed; null: none yet"),
)


@event.listens_for(consent_chain, "after_create")
def _begin_chain(table: Table, connection: Connection, **_: object) -> None:
    """Tables that are made without migrations, for a talk in the terminal, have a chain too."""
    connection.execute(insert(table).values(id=1, entries=0, hash="0" * 64))
