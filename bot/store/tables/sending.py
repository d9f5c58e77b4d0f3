"""How fast and whether at all our senders send, and what was done to messages by hand."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table

from bot.store.columns import Id, UtcDateTime
from bot.store.tables.base import created, metadata

sender_paces = Table(
    "sender_paces",
    metadata,
    Column("sender_id", Id, ForeignKey("senders.id"), primary_key=True, autoincrement=False),
    Column("free_at", UtcDateTime, nullable=False, comment="when all it has sent is worked off"),
)

circuits = Table(
    "circuits",
    metadata,
    Column("subject", String(64), primary_key=True, comment="account, sender +81…, region JP"),
    Column("window_at", UtcDateTime, nullable=False, comment="since when attempts are counted"),
    Column("attempts", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("open_until", UtcDateTime, comment="nothing leaves before it; null: closed"),
    Column("openings", Integer, nullable=False, default=0, comment="in a row"),
    Column("reason", String(200), comment="why it opened"),
)

outbox_acts = Table(
    "outbox_acts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("outbound_id", Id, ForeignKey("outbound_messages.id"), nullable=False),
    Column("act", String(16), nullable=False, comment="resend, retry, discard"),
    Column("actor", String(64), nullable=False, comment="clock, staff:name"),
    Column("reason", String(200), nullable=False),
    Column("was", String(16), nullable=False, comment="the status before"),
    created(),
    Index("ix_outbox_acts_outbound_id", "outbound_id"),
    Index("ix_outbox_acts_act", "act", "created_at"),
)
