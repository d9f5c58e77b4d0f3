"""What was done with a link, attempts to pay, money that came and went back, what was compared."""

from sqlalchemy import (
    Boolean,
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

from bot.store.columns import Id, UtcDateTime
from bot.store.tables.base import created, metadata

_LIVE = text("status IN ('open', 'tried', 'pending')")
_OPEN = text("status = 'open'")
_OPENED = text("kind = 'opened'")

# Rows are only ever added.
payment_events = Table(
    "payment_events",
    metadata,
    Column("id", Id, primary_key=True),
    Column("conversation_id", Id, ForeignKey("conversations.id"), nullable=False),
    Column("payment_link_id", Id, ForeignKey("payment_links.id"), comment="null: by text"),
    Column("kind", String(24), nullable=False, comment="opened, verified, wrong_answer, viewed"),
    created(),
    Index("ix_payment_events_payment_link_id", "payment_link_id", "kind"),
    Index("ix_payment_events_conversation_id", "conversation_id"),
    Index(
        "uq_payment_events_opened",
        "payment_link_id",
        unique=True,
        postgresql_where=_OPENED,
        sqlite_where=_OPENED,
    ),
)

promises = Table(
    "promises",
    metadata,
    Column("id", Id, primary_key=True),
    Column("conversation_id", Id, ForeignKey("conversations.id"), nullable=False),
    Column("account_id", Id, ForeignKey("accounts.id"), nullable=False),
    Column("inbound_id", Id, ForeignKey("inbound_messages.id"), comment="what they wrote"),
    Column("day", Date, nullable=False),
    Column("until", UtcDateTime, nullable=False, comment="the end of the day where they are"),
    Column("amount_minor", Id, nullable=False, comment="what was named, else all that was due"),
    Column("currency", String(3), nullable=False),
    Column(
        "status", String(8), nullable=False, default="open", comment="open, kept, broken, moved"
    ),
    Column("settled_at", UtcDateTime),
    created(),
    CheckConstraint("status IN ('open', 'kept', 'broken', 'moved')", name="status"),
    Index("ix_promises_account_id", "account_id"),
    Index("ix_promises_conversation_id", "conversation_id"),
    Index("ix_promises_open", "until", postgresql_where=_OPEN, sqlite_where=_OPEN),
)

checkouts = Table(
    "checkouts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("payment_link_id", Id, ForeignKey("payment_links.id"), nullable=False),
    Column("attempt", Integer, nullable=False, comment="the link's first is 1"),
    Column("gateway", String(32), nullable=False),
    Column("amount_minor", Id, nullable=False, comment="the amount quoted when it began"),
    Column("currency", String(3), nullable=False),
    Column("language", String(2), nullable=False, comment="of the gateway's page"),
    Column("status", String(16), nullable=False, default="open"),
    Column("tries", Integer, nullable=False, default=0, comment="requests that brought no page"),
    Column("session", String(128), comment="the gateway's id of its page"),
    Column("url", Text, comment="the gateway's page"),
    Column("voucher_url", Text, comment="the page with the number to pay with at a store"),
    Column("voucher_number", String(64), comment="the number itself, where the gateway tells it"),
    Column("pay_by", UtcDateTime, comment="until when a store takes the cash"),
    Column("expires_at", UtcDateTime, nullable=False),
    created(),
    UniqueConstraint("payment_link_id", "attempt"),
    CheckConstraint(
        "status IN ('open', 'tried', 'pending', 'paid', 'over', 'refused')", name="status"
    ),
    Index("ix_checkouts_session", "session"),
    Index("ix_checkouts_live", "payment_link_id", postgresql_where=_LIVE, sqlite_where=_LIVE),
)

payments = Table(
    "payments",
    metadata,
    Column("id", Id, primary_key=True),
    Column("payment_link_id", Id, ForeignKey("payment_links.id"), nullable=False),
    Column("checkout_id", Id, ForeignKey("checkouts.id"), nullable=False),
    Column("gateway", String(32), nullable=False),
    Column("gateway_payment", String(128), nullable=False, comment="the gateway's id of it"),
    Column("amount_minor", Id, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("credited", Boolean, nullable=False, comment="false: a second one, to be refunded"),
    Column("paid_at", UtcDateTime, nullable=False, comment="by the gateway's clock"),
    created(),
    UniqueConstraint("gateway", "gateway_payment"),
    Index("ix_payments_payment_link_id", "payment_link_id"),
    Index("ix_payments_created_at", "created_at"),
)

refunds = Table(
    "refunds",
    metadata,
    Column("id", Id, primary_key=True),
    Column("payment_id", Id, ForeignKey("payments.id"), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("dispute", String(128), comment="the gateway's id of a chargeback"),
    Column("amount_minor", Id, nullable=False, comment="in the payment's currency"),
    Column("refunded_at", UtcDateTime, nullable=False, comment="by the gateway's clock"),
    Column("reversed_at", UtcDateTime, comment="the chargeback was won: the money is back here"),
    created(),
    UniqueConstraint("payment_id", "dispute"),
    CheckConstraint("kind IN ('refund', 'chargeback')", name="kind"),
    Index("ix_refunds_created_at", "created_at"),
)

reconciliations = Table(
    "reconciliations",
    metadata,
    Column("id", Id, primary_key=True),
    Column("gateway", String(32), nullable=False),
    Column("since", UtcDateTime, nullable=False),
    Column("night", Date, comment="the day in Japan that it is the nightly one of"),
    Column("listed", Integer, comment="payments that the gateway listed"),
    Column("settled", Integer, comment="those that were missing here"),
    Column("differing", Integer, comment="those that a person must look at"),
    Column("finished_at", UtcDateTime, comment="null: it broke off"),
    created(),
    Index("ix_reconciliations_gateway", "gateway", "created_at"),
)
