"""What needs a person of the company: trouble that no process can mend by itself."""

from sqlalchemy import Column, Index, Integer, String, Table, text

from bot.store.columns import Id, UtcDateTime, utc_now
from bot.store.tables.base import created, metadata

_OPEN = text("settled_at IS NULL")
_UNTOLD = text("told_at IS NULL")

alerts = Table(
    "alerts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("subject", String(64), nullable=False, comment="what it is about; no personal data"),
    Column("words", String(300), nullable=False, comment="what happened and what to do"),
    Column("sender_id", Id, comment="whose it is; null: the whole company's"),
    Column("count", Integer, nullable=False, default=1, comment="how often it was raised"),
    Column("last_at", UtcDateTime, nullable=False, default=utc_now()),
    Column("settled_at", UtcDateTime),
    Column("settled_by", String(64), comment="clock, staff:name"),
    Column("settle_reason", String(200)),
    Column("told_at", UtcDateTime, comment="when HENJI_ALERT_URL took it"),
    Column("tell_at", UtcDateTime, comment="not before; null: at once"),
    Column("tell_attempts", Integer, nullable=False, server_default="0"),
    created(),
    Index(
        "uq_alerts_open",
        "kind",
        "subject",
        unique=True,
        postgresql_where=_OPEN,
        sqlite_where=_OPEN,
    ),
    Index("ix_alerts_untold", "created_at", postgresql_where=_UNTOLD, sqlite_where=_UNTOLD),
)
