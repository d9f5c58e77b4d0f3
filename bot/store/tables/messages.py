"""What came in, and what goes out."""

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.store.columns import Id, UtcDateTime, utc_now
from bot.store.tables.base import created, metadata

# A flow and a state, each of LONGEST_NAME (bot/dialogue/flow.py) at the most.
_STATE = String(129)

inbound_messages = Table(
    "inbound_messages",
    metadata,
    Column("id", Id, primary_key=True),
    Column("provider", String(32), nullable=False),
    Column("provider_sid", String(128), nullable=False),
    Column("conversation_id", Id, ForeignKey("conversations.id"), comment="null: unrouted"),
    Column("sender", String(64), nullable=False),
    Column("recipient", String(64), nullable=False),
    Column("body", Text, nullable=False),
    Column("carrier_intent", String(16), comment="the carrier already answered it as this"),
    Column("status", String(16), nullable=False, comment="waiting, answered, failed, ignored"),
    Column("attempts", Integer, nullable=False, default=0),
    Column("error", String(200)),
    Column("intent", String(16)),
    Column("trace", JSON),
    Column("state_before", _STATE, comment="flow.state that it met; null: none was open"),
    Column("state_after", _STATE, comment="flow.state that it left open"),
    Column("written_at", UtcDateTime, comment="by the provider's clock, where it came late"),
    created(),
    UniqueConstraint("provider", "provider_sid"),
    CheckConstraint(
        "status IN ('waiting', 'answered', 'failed', 'ignored', 'unrouted')", name="status"
    ),
    Index(
        "ix_inbound_messages_waiting",
        "conversation_id",
        "id",
        postgresql_where=text("status = 'waiting'"),
        sqlite_where=text("status = 'waiting'"),
    ),
    Index("ix_inbound_messages_conversation_id", "conversation_id", "id"),
    Index("ix_inbound_messages_created_at", "created_at"),
)

# SQLite keeps any length, and its columns cannot be widened while other tables refer to the row.
_DELIVERY_STATUS = String(32).with_variant(String(16), "sqlite")
_UNSOLICITED = text("message_class IN ('reminder', 'promotional', 'legal')")
_OPEN = text("status IN ('queued', 'sending', 'unknown')")
# What a process has in hand, and what waits for a person: few at any time.
_IN_HAND = text("status IN ('sending', 'unknown', 'parked', 'failed')")
# What was of no use any more before it could leave: a person may send it after all.
TOO_OLD = "too old to be of use"
_TOO_OLD = text(f"status = 'canceled' AND reason = '{TOO_OLD}'")

outbound_messages = Table(
    "outbound_messages",
    metadata,
    Column("id", Id, primary_key=True),
    Column("conversation_id", Id, ForeignKey("conversations.id"), nullable=False),
    Column("sender_id", Id, comment="the conversation's"),
    Column("inbound_id", Id, ForeignKey("inbound_messages.id")),
    Column("account_id", Id, comment="what it is about"),
    Column("payment_link_id", Id, comment="the link that it carries, or tells of"),
    Column("campaign_id", Id, comment="that sent it"),
    Column("acted_at", UtcDateTime, comment="when the person did what it tells of; null: nothing"),
    Column("position", Integer, nullable=False, default=0, comment="order within one answer"),
    Column("message_class", String(16), nullable=False),
    Column(
        "priority",
        SmallInteger,
        nullable=False,
        server_default="3",
        comment="0 answer, 1 receipt, 2 reminder, 3 bulk",
    ),
    Column("purpose", String(32), comment="null: an answer, for no purpose of its own"),
    Column("exemption", String(32), comment="why it needs no consent, or passes a stop"),
    Column("exemption_note", String(200), comment="the ground in words"),
    Column("approved_by", String(64), comment="staff:name, of a legal notice"),
    Column("verdict", String(16), comment="the gate's last: allowed, later, blocked"),
    Column("verdict_reasons", JSON, comment="all of them: rule and words"),
    Column(
        "sent_by",
        String(16),
        nullable=False,
        server_default="bot",
        comment="bot, staff, or carrier: it answered by itself",
    ),
    Column("staff_id", Id, comment="the member of staff who wrote it"),
    Column("script_key", String(128), nullable=False),
    Column("language", String(2), nullable=False),
    Column("revision", String(16), nullable=False),
    Column("publication_id", Id, comment="of scripts, in force then; null: as they ship"),
    Column("body", Text, nullable=False),
    Column("encoding", String(8), nullable=False),
    Column("segments", Integer, nullable=False),
    Column("status", String(16), nullable=False, default="queued"),
    Column("reason", String(200), comment="why it failed, waits, or was taken back"),
    Column("not_before", UtcDateTime, nullable=False, default=utc_now()),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("attempt_token", String(32)),
    Column("attempted_at", UtcDateTime, comment="when it was last claimed"),
    Column("lease_until", UtcDateTime),
    Column("absences", Integer, nullable=False, default=0, comment="look-ups that missed it"),
    Column("provider", String(32)),
    Column("provider_sid", String(128)),
    Column("error_code", Integer),
    Column("delivery_status", _DELIVERY_STATUS),
    Column("carrier", String(32), comment="the network that had it, where the provider tells"),
    Column("sent_at", UtcDateTime),
    Column("retry_at", UtcDateTime, comment="undelivered; to be sent once more"),
    Column("retries", Integer, nullable=False, server_default="0", comment="of undelivered ones"),
    created(),
    UniqueConstraint("inbound_id", "position"),
    Index("ix_outbound_messages_provider_sid", "provider_sid"),
    CheckConstraint(
        "status IN ('queued', 'sending', 'sent', 'failed', 'canceled', 'unknown', 'parked')",
        name="status",
    ),
    Index(
        "ix_outbound_messages_open",
        "conversation_id",
        "id",
        postgresql_where=_OPEN,
        sqlite_where=_OPEN,
    ),
    Index(
        "ix_outbound_messages_lane",
        "sender_id",
        "priority",
        "not_before",
        "id",
        postgresql_where=text("status = 'queued'"),
        sqlite_where=text("status = 'queued'"),
    ),
    Index(
        "ix_outbound_messages_in_hand",
        "status",
        "not_before",
        postgresql_where=_IN_HAND,
        sqlite_where=_IN_HAND,
    ),
    Index("ix_outbound_messages_expired", "id", postgresql_where=_TOO_OLD, sqlite_where=_TOO_OLD),
    Index("ix_outbound_messages_conversation_id", "conversation_id", "id"),
    Index("ix_outbound_messages_sent_at", "sent_at"),
    Index(
        "ix_outbound_messages_retry",
        "retry_at",
        postgresql_where=text("retry_at IS NOT NULL"),
        sqlite_where=text("retry_at IS NOT NULL"),
    ),
    *(
        Index(
            f"ix_outbound_messages_{name}",
            name,
            postgresql_where=text(f"{name} IS NOT NULL"),
            sqlite_where=text(f"{name} IS NOT NULL"),
        )
        for name in ("account_id", "payment_link_id")
    ),
    # Whatever happens while a campaign is sent, a person gets its message once.
    Index(
        "uq_outbound_messages_campaign_id",
        "campaign_id",
        "conversation_id",
        unique=True,
        postgresql_where=text("campaign_id IS NOT NULL"),
        sqlite_where=text("campaign_id IS NOT NULL"),
    ),
    Index(
        "ix_outbound_messages_unsolicited",
        "conversation_id",
        "attempted_at",
        postgresql_where=_UNSOLICITED,
        sqlite_where=_UNSOLICITED,
    ),
)
