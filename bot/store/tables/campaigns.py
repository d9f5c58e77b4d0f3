"""Campaigns: one text to many people, and whom each of them is for."""

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    text,
)

from bot.store.columns import Id, UtcDateTime
from bot.store.tables.base import created, metadata

LONGEST_NAME = 64
LONGEST_REASON = 200

_WAITING = text("status = 'waiting'")

campaigns = Table(
    "campaigns",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(LONGEST_NAME), nullable=False, unique=True),
    Column("kind", String(16), nullable=False, comment="dunning, notice, promotion"),
    Column("purpose", String(32), nullable=False),
    Column("exemption", String(32), comment="why it needs no consent"),
    Column("exemption_note", String(200), comment="the ground in words"),
    Column(
        "sender_id",
        Id,
        ForeignKey("senders.id"),
        comment="null: that of each person's last conversation",
    ),
    Column("script_key", String(128), nullable=False),
    Column(
        "text_policy",
        String(8),
        nullable=False,
        server_default="long",
        comment="short: one segment with a link; long: up to 660 characters",
    ),
    Column("message_ja", Text, nullable=False, server_default="", comment="read on the page"),
    Column("message_en", Text, nullable=False, server_default="", comment="read on the page"),
    Column("questions", JSON, nullable=False, server_default="[]", comment="[]: the sender's"),
    Column("disclosure", String(24), comment="null: of the settings"),
    Column("link_hours", Integer, comment="null: of the settings"),
    Column(
        "hours",
        String(32),
        nullable=False,
        server_default="",
        comment="empty: all but the quiet ones",
    ),
    Column(
        "state",
        String(16),
        nullable=False,
        default="draft",
        comment="draft, approved, sending, finished, stopped",
    ),
    Column("created_by", String(64), nullable=False, comment="staff:name, api:key"),
    Column("approved_by", String(64)),
    Column("approved_at", UtcDateTime),
    Column("started_at", UtcDateTime),
    Column("ended_at", UtcDateTime, comment="all messages were queued, or it was stopped"),
    Column("stop_reason", String(LONGEST_REASON)),
    created(),
    CheckConstraint("kind IN ('dunning', 'notice', 'promotion')", name="kind"),
    CheckConstraint(
        "state IN ('draft', 'approved', 'sending', 'finished', 'stopped')", name="state"
    ),
)

campaign_recipients = Table(
    "campaign_recipients",
    metadata,
    Column("campaign_id", Id, ForeignKey("campaigns.id"), primary_key=True, autoincrement=False),
    Column("account_id", Id, ForeignKey("accounts.id"), primary_key=True, autoincrement=False),
    Column(
        "status",
        String(16),
        nullable=False,
        default="waiting",
        comment="waiting, queued, left_out",
    ),
    Column("reason", String(LONGEST_REASON), comment="why the person was left out"),
    Column("not_before", UtcDateTime, comment="the turn of who was put off, for its reason"),
    Column("put_off_at", UtcDateTime, comment="when the person was put off first"),
    created(),
    CheckConstraint("status IN ('waiting', 'queued', 'left_out')", name="status"),
    Index(
        "ix_campaign_recipients_turns",
        "campaign_id",
        "not_before",
        "account_id",
        postgresql_where=_WAITING,
        sqlite_where=_WAITING,
    ),
)
