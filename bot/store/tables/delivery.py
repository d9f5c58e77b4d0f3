"""What the carrier tells of a message after it left, counted, and how far the clock has come."""

from sqlalchemy import (
    JSON,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    text,
)

from bot.store.columns import Id, UtcDateTime
from bot.store.tables.base import created, metadata

LONGEST_CARRIER = 32

_UNMATCHED = text("outbound_id IS NULL")

delivery_reports = Table(
    "delivery_reports",
    metadata,
    Column("id", Id, primary_key=True),
    Column("outbound_id", Id, ForeignKey("outbound_messages.id"), comment="null: whose, unknown"),
    Column("provider", String(32), nullable=False),
    Column("provider_sid", String(128), nullable=False),
    Column("status", String(32), nullable=False),
    Column("error_code", Integer, nullable=False, server_default="0", comment="0: none"),
    Column("carrier", String(LONGEST_CARRIER), comment="the network, where the provider tells"),
    Column("happened_at", UtcDateTime, comment="by the provider's clock, where it tells"),
    Column("times", Integer, nullable=False, server_default="1", comment="how often it came"),
    created(),
    UniqueConstraint("provider", "provider_sid", "status", "error_code"),
    Index("ix_delivery_reports_outbound_id", "outbound_id"),
    Index(
        "ix_delivery_reports_unmatched",
        "created_at",
        postgresql_where=_UNMATCHED,
        sqlite_where=_UNMATCHED,
    ),
)

# What the provider was handed of a message before the attempt that the message's own row tells of.
earlier_attempts = Table(
    "earlier_attempts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("outbound_id", Id, ForeignKey("outbound_messages.id"), nullable=False),
    Column("provider", String(32)),
    Column("provider_sid", String(128), nullable=False),
    Column("delivery_status", String(32), nullable=False),
    Column("error_code", Integer),
    Column("carrier", String(LONGEST_CARRIER)),
    Column("sent_at", UtcDateTime, nullable=False),
    created(),
    Index("ix_earlier_attempts_outbound_id", "outbound_id"),
    Index("ix_earlier_attempts_provider_sid", "provider_sid"),
    Index("ix_earlier_attempts_sent_at", "sent_at"),
)

delivery_counts = Table(
    "delivery_counts",
    metadata,
    Column("hour", UtcDateTime, primary_key=True, comment="in which they were sent"),
    Column("sender_id", Id, ForeignKey("senders.id"), primary_key=True),
    Column("carrier", String(LONGEST_CARRIER), primary_key=True, comment="empty: not told"),
    Column("status", String(32), primary_key=True, comment="the last one told; empty: none"),
    Column("error_code", Integer, primary_key=True, comment="0: none", autoincrement=False),
    Column("messages", Integer, nullable=False),
)

# One row for each round of the clock that must be neither skipped nor repeated.
clock_rounds = Table(
    "clock_rounds",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("covered_until", UtcDateTime, nullable=False, comment="all before it is done"),
    Column("unfinished", JSON, comment="where a round that was interrupted goes on"),
    Column("found", JSON, comment="what the last round came to"),
    Column("finished_at", UtcDateTime),
    created(),
)
