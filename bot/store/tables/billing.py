"""What people owe, how they prove who they are, and the links by which they pay."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from bot.store.columns import Id, UtcDateTime, utc_now
from bot.store.tables.base import created, metadata

accounts = Table(
    "accounts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("number", String(20), nullable=False, index=True, comment="E.164"),
    Column("customer_number", Text, nullable=False, comment="sealed"),
    Column("customer_number_index", String(64), nullable=False, unique=True, comment="keyed hash"),
    Column("name", Text, nullable=False, comment="sealed"),
    Column("language", String(2)),
    Column("due_minor", Id, nullable=False, comment="minor units of the currency"),
    Column("currency", String(3), nullable=False),
    Column("due_date", Date),
    Column("updated_at", UtcDateTime, nullable=False, default=utc_now()),
    Column("gone_at", UtcDateTime, comment="the balance source knows it no more"),
    Column("key_id", String(8), comment="of the SECRET_KEY; null: not known"),
    created(),
    Index("ix_accounts_updated_at", "updated_at", "id"),
)

invoices = Table(
    "invoices",
    metadata,
    Column("id", Id, primary_key=True),
    Column("account_id", Id, ForeignKey("accounts.id"), nullable=False),
    Column("number", String(64), nullable=False, comment="the company's own"),
    Column("due_minor", Id, nullable=False, comment="minor units of the account's currency"),
    Column("due_date", Date),
    created(),
    UniqueConstraint("account_id", "number"),
)

balance_lookups = Table(
    "balance_lookups",
    metadata,
    Column("number", String(20), primary_key=True, comment="E.164"),
    Column("asked_at", UtcDateTime, nullable=False, default=utc_now(), comment="by a waiting text"),
    Column("begun_at", UtcDateTime, comment="when it was last tried"),
    Column("ended_at", UtcDateTime, comment="null: it is to be tried"),
    Column("error", String(200), comment="why the source could not tell"),
    Index(
        "ix_balance_lookups_due",
        "asked_at",
        postgresql_where=text("ended_at IS NULL"),
        sqlite_where=text("ended_at IS NULL"),
    ),
)

identity_answers = Table(
    "identity_answers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("account_id", Id, ForeignKey("accounts.id"), nullable=False),
    Column("question", String(24), nullable=False),
    Column("fingerprint", String(64), nullable=False, comment="keyed hash; the answer is not kept"),
    Column("key_id", String(8), comment="of the SECRET_KEY; null: not known"),
    created(),
    UniqueConstraint("account_id", "question"),
)

verification_locks = Table(
    "verification_locks",
    metadata,
    Column("id", Id, primary_key=True),
    Column("contact_id", Id, ForeignKey("contacts.id"), nullable=False),
    Column("until", UtcDateTime, comment="null: until staff end it"),
    Column("ended_at", UtcDateTime),
    Column("ended_by", String(64), comment="person, staff:name"),
    Column("end_reason", String(200)),
    created(),
    Index("ix_verification_locks_contact_id", "contact_id"),
)

payment_links = Table(
    "payment_links",
    metadata,
    Column("id", Id, primary_key=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("conversation_id", Id, ForeignKey("conversations.id"), nullable=False),
    Column("account_id", Id, ForeignKey("accounts.id"), nullable=False),
    Column("language", String(2), nullable=False),
    Column("status", String(16), nullable=False, default="open"),
    Column("failures", Integer, nullable=False, default=0),
    Column("wrong_answers", Integer, nullable=False, server_default="0"),
    Column("receipt_number", String(16), unique=True),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("verified_at", UtcDateTime),
    Column("paid_at", UtcDateTime),
    Column("amount_minor", Id, comment="the part that is to be paid; null: all that is due"),
    Column("remind_at", UtcDateTime, comment="when to remind of its end; null: not, or done"),
    Column("reminded_at", UtcDateTime),
    Column("store_order", String(8), comment="of a number by text: wished, done, failed"),
    Column("campaign_id", Id, comment="whose message it was made for"),
    created(),
    CheckConstraint(
        "status IN ('open', 'started', 'pending', 'paid', 'failed', 'revoked')", name="status"
    ),
    Index("ix_payment_links_account_id", "account_id"),
    Index(
        "ix_payment_links_payable",
        "conversation_id",
        postgresql_where=text("status IN ('open', 'failed')"),
        sqlite_where=text("status IN ('open', 'failed')"),
    ),
    Index(
        "ix_payment_links_remind_at",
        "remind_at",
        postgresql_where=text("remind_at IS NOT NULL"),
        sqlite_where=text("remind_at IS NOT NULL"),
    ),
    Index(
        "ix_payment_links_wished",
        "id",
        postgresql_where=text("store_order = 'wished'"),
        sqlite_where=text("store_order = 'wished'"),
    ),
    Index(
        "ix_payment_links_campaign_id",
        "campaign_id",
        postgresql_where=text("campaign_id IS NOT NULL"),
        sqlite_where=text("campaign_id IS NOT NULL"),
    ),
)

link_contents = Table(
    "link_contents",
    metadata,
    Column(
        "payment_link_id",
        Id,
        ForeignKey("payment_links.id"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("content", Text, nullable=False, comment="sealed"),
    Column("key_id", String(8), nullable=False, comment="of the SECRET_KEY that sealed it"),
    Column("password_fingerprint", String(64), comment="keyed hash; null: the usual questions"),
    Column("password_key_id", String(8), comment="of the SECRET_KEY that hashed it"),
    created(),
)

gateway_events = Table(
    "gateway_events",
    metadata,
    Column("id", Id, primary_key=True),
    Column("gateway", String(32), nullable=False),
    Column("event_id", String(128), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("payment_link_id", Id, ForeignKey("payment_links.id")),
    Column("outcome", String(200), nullable=False),
    created(),
    UniqueConstraint("gateway", "event_id"),
    Index("ix_gateway_events_payment_link_id", "payment_link_id"),
)
