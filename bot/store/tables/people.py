"""Our senders, the people who text with us, and their conversations."""

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    text,
)

from bot.store.columns import Id, UtcDateTime, utc_now
from bot.store.tables.base import created, metadata


def _told(name: str, length: int) -> Column[object]:
    """What the company says about a sender; empty: nothing, or what the settings say."""
    return Column(name, String(length), nullable=False, default="")


senders = Table(
    "senders",
    metadata,
    Column("id", Id, primary_key=True),
    Column("number", String(20), nullable=False, unique=True, comment="ours, E.164"),
    *(_told(name, 20) for name in ("brand", "brand_en")),
    _told("legal_name", 100),
    _told("support_phone", 40),
    _told("postal_address", 200),
    *(_told(name, 400) for name in ("purposes_ja", "purposes_en")),
    Column("route", String(16), nullable=False, default="domestic"),
    Column("inbound", String(8), nullable=False, default="on"),
    Column("displays", JSON, nullable=False, default=dict, comment="by carrier"),
    Column("link_domains", JSON, nullable=False, default=list),
    Column("questions", JSON, nullable=False, server_default="[]", comment="[]: of the settings"),
    Column("approval", String(16), nullable=False, default="draft", comment="the carriers'"),
    Column("override_reason", String(200), comment="why it may be a name"),
    Column("override_by", String(64), comment="who took a name: staff:name, api:key"),
    Column("enabled_at", UtcDateTime),
    Column("retired_at", UtcDateTime),
    created(),
    CheckConstraint("route IN ('domestic', 'international')", name="route"),
    CheckConstraint("inbound IN ('on', 'drop')", name="inbound"),
    CheckConstraint("approval IN ('draft', 'requested', 'approved', 'refused')", name="approval"),
)

contacts = Table(
    "contacts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("number", String(64), nullable=False, unique=True, comment="theirs, E.164"),
    Column("verification_failures", Integer, nullable=False, default=0),
    Column("verification_locked_until", UtcDateTime),
    created(),
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", Id, primary_key=True),
    Column("sender_id", Id, ForeignKey("senders.id"), nullable=False),
    Column("contact_id", Id, ForeignKey("contacts.id"), nullable=False),
    Column("language", String(2), nullable=False),
    Column("language_chosen", Boolean, nullable=False, default=False),
    Column("flow", String(64), comment="the flow that has a question open"),
    Column("state", String(64), nullable=False, default="start"),
    Column("slots", JSON, nullable=False, default=dict),
    Column("consent", String(16), nullable=False, default="unknown"),
    Column("helped_since_stop", Boolean, nullable=False, default=False),
    Column("misunderstood", Integer, nullable=False, default=0),
    Column("spoke_at", UtcDateTime, comment="when the bot last answered"),
    Column("person_wanted_at", UtcDateTime),
    Column("held_since", UtcDateTime, comment="unsolicited messages wait for an answer"),
    Column("verified_at", UtcDateTime, comment="when the person proved by text who they are"),
    Column("verified_account_id", Id, comment="for which account"),
    Column("heard_at", UtcDateTime, nullable=False, default=utc_now()),
    Column("guard", JSON(none_as_null=True), comment="counts of the last texts and replies"),
    Column("muted_at", UtcDateTime, comment="silent: a loop or a flood"),
    Column("taken_by", Id, comment="the member of staff who answers instead of the bot"),
    Column("taken_until", UtcDateTime, comment="and until when, unless they go on"),
    created(),
    UniqueConstraint("sender_id", "contact_id"),
    Index("ix_conversations_contact_id", "contact_id"),
    Index(
        "ix_conversations_muted",
        "muted_at",
        postgresql_where=text("muted_at IS NOT NULL"),
        sqlite_where=text("muted_at IS NOT NULL"),
    ),
    Index(
        "ix_conversations_taken",
        "taken_until",
        postgresql_where=text("taken_until IS NOT NULL"),
        sqlite_where=text("taken_until IS NOT NULL"),
    ),
)
