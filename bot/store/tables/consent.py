"""Where people stand: consent by purpose, stops, holds, and what the provider must learn."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, text

from bot.store.columns import Id, UtcDateTime, utc_now
from bot.store.tables.base import created, metadata

holds = Table(
    "holds",
    metadata,
    Column("id", Id, primary_key=True),
    Column("contact_id", Id, ForeignKey("contacts.id"), nullable=False),
    Column("kind", String(16), nullable=False, comment="promise, lawyer, wrong_person, ..."),
    Column("until", UtcDateTime, comment="null: until a person releases it"),
    Column("inbound_id", Id, ForeignKey("inbound_messages.id"), comment="what they wrote"),
    Column("rule", String(128), nullable=False, comment="which words, or what happened"),
    Column("released_at", UtcDateTime),
    Column("released_by", String(64), comment="person, carrier, staff:name"),
    Column("release_reason", String(200)),
    created(),
    Index(
        "uq_holds_active",
        "contact_id",
        "kind",
        unique=True,
        postgresql_where=text("released_at IS NULL"),
        sqlite_where=text("released_at IS NULL"),
    ),
)

purpose_consents = Table(
    "purpose_consents",
    metadata,
    Column("conversation_id", Id, ForeignKey("conversations.id"), primary_key=True),
    Column("purpose", String(32), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("version", String(40), nullable=False, comment="of the document agreed to"),
    Column("asked_until", UtcDateTime, comment="a yes after this is too late"),
    Column("changed_at", UtcDateTime, nullable=False, default=utc_now()),
    Index(
        "ix_purpose_consents_asked",
        "asked_until",
        postgresql_where=text("state = 'asked'"),
        sqlite_where=text("state = 'asked'"),
    ),
)

opt_outs = Table(
    "opt_outs",
    metadata,
    Column("id", Id, primary_key=True),
    Column("contact_id", Id, ForeignKey("contacts.id"), nullable=False),
    Column("sender_id", Id, ForeignKey("senders.id"), comment="null: every sender"),
    Column("scope", String(8), nullable=False, comment="pair, sender, brand, all"),
    Column("purpose", String(32), comment="null: every purpose"),
    Column("method", String(16), nullable=False),
    Column("lifted_at", UtcDateTime),
    created(),
    Index(
        "ix_opt_outs_active",
        "contact_id",
        postgresql_where=text("lifted_at IS NULL"),
        sqlite_where=text("lifted_at IS NULL"),
    ),
)

consent_pushes = Table(
    "consent_pushes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("conversation_id", Id, ForeignKey("conversations.id"), nullable=False),
    Column("status", String(8), nullable=False, comment="opt-out, opt-in"),
    Column("correlation", String(32), nullable=False, unique=True),
    Column("state", String(8), nullable=False, default="pending", comment="pending, done, failed"),
    Column("attempts", Integer, nullable=False, default=0),
    Column("not_before", UtcDateTime, nullable=False, default=utc_now()),
    Column("error", String(200)),
    created(),
    CheckConstraint("state IN ('pending', 'done', 'failed')", name="state"),
    Index(
        "ix_consent_pushes_pending",
        "conversation_id",
        "id",
        postgresql_where=text("state = 'pending'"),
        sqlite_where=text("state = 'pending'"),
    ),
)

opt_out_links = Table(
    "opt_out_links",
    metadata,
    Column("id", Id, primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("conversation_id", Id, ForeignKey("conversations.id"), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
    created(),
)
