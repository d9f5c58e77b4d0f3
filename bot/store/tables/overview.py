"""What staff see and do beside the messages: who took over, notes, canned replies, and the index
by which conversations are listed and found, written by the clock after the fact."""

from sqlalchemy import (
    ARRAY,
    JSON,
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

LONGEST_NOTE = 2000
LONGEST_TITLE = 60

_OPEN = text("ended_at IS NULL")
_ALL_SCRIPTS = text("script_key = ''")

takeovers = Table(
    "takeovers",
    metadata,
    Column("id", Id, primary_key=True),
    Column("conversation_id", Id, ForeignKey("conversations.id"), nullable=False),
    Column("staff_id", Id, ForeignKey("staff.id"), nullable=False),
    Column("wanted_at", UtcDateTime, comment="since when a person had been waited for"),
    Column("replies", Integer, nullable=False, server_default="0"),
    Column("ended_at", UtcDateTime),
    Column("ended_by", String(64), comment="staff:name, or clock"),
    created(),
    Index(
        "uq_takeovers_open",
        "conversation_id",
        unique=True,
        postgresql_where=_OPEN,
        sqlite_where=_OPEN,
    ),
    Index("ix_takeovers_conversation_id", "conversation_id", "id"),
)

conversation_notes = Table(
    "conversation_notes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("conversation_id", Id, ForeignKey("conversations.id"), nullable=False),
    Column("staff_id", Id, ForeignKey("staff.id"), nullable=False),
    Column("body", Text, nullable=False),
    created(),
    Index("ix_conversation_notes_conversation_id", "conversation_id", "id"),
)

canned_replies = Table(
    "canned_replies",
    metadata,
    Column("id", Id, primary_key=True),
    Column("language", String(2), nullable=False),
    Column("title", String(LONGEST_TITLE), nullable=False),
    Column("body", Text, nullable=False),
    Column("retired_at", UtcDateTime),
    created(),
)

conversation_cards = Table(
    "conversation_cards",
    metadata,
    Column(
        "conversation_id",
        Id,
        ForeignKey("conversations.id"),
        primary_key=True,
        autoincrement=False,
    ),
    Column("sender_id", Id, nullable=False),
    Column("last_at", UtcDateTime, nullable=False, comment="of its last message either way"),
    Column("last_inbound_id", Id),
    Column("last_outbound_id", Id),
    Column("language", String(2), nullable=False),
    Column("flow", String(64), nullable=False, comment="empty: no question open"),
    Column("consent", String(16), nullable=False),
    Column("wanted_at", UtcDateTime, comment="a person is waited for"),
    Column("taken_by", Id, comment="the member who took over"),
    Column("held", Boolean, nullable=False, comment="a stop question is open"),
    Column("on_hold", Boolean, nullable=False, comment="something holds unsolicited messages"),
    Column("trouble", String(16), comment="failed, parked, unknown or undelivered in a week"),
    Column("error_code", Integer),
    Column("touched_at", UtcDateTime, nullable=False, comment="when this row was last written"),
    *(
        Index(f"ix_conversation_cards_{name}", *columns, "last_at", "conversation_id")
        for name, columns in {
            "last_at": (),
            "sender": ("sender_id",),
            "consent": ("consent",),
            "flow": ("flow",),
            "language": ("language",),
        }.items()
    ),
    *(
        Index(
            f"ix_conversation_cards_{name}",
            "last_at",
            "conversation_id",
            postgresql_where=text(where),
            sqlite_where=text(where),
        )
        for name, where in {
            "wanted": "wanted_at IS NOT NULL",
            "taken": "taken_by IS NOT NULL",
            "held": "held",
            "on_hold": "on_hold",
            "trouble": "trouble IS NOT NULL",
        }.items()
    ),
    Index("ix_conversation_cards_touched_at", "touched_at"),
)

message_terms = Table(
    "message_terms",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", String(3), nullable=False, comment="in, out"),
    Column("message_id", Id, nullable=False),
    Column("conversation_id", Id, nullable=False),
    Column(
        "terms",
        JSON().with_variant(ARRAY(Text), "postgresql"),
        nullable=False,
        comment="pairs of letters; key:, rev: and err: of what was sent",
    ),
    UniqueConstraint("kind", "message_id"),
    Index("ix_message_terms_conversation_id", "conversation_id"),
    CheckConstraint("kind IN ('in', 'out')", name="kind"),
)
# The other database has no index for this, and searches few rows in a demonstration. Blocks are
# those of `bot.overview.matching`.
Index(
    "ix_message_terms_placed",
    text("(terms || ('at:'::text || ((id >> 15))::text))"),
    _table=message_terms,
    postgresql_using="gin",
    info={"only": "postgresql"},
).ddl_if(dialect="postgresql")

name_terms = Table(
    "name_terms",
    metadata,
    Column("term", String(64), primary_key=True, comment="keyed hash of a pair of letters"),
    Column("account_id", Id, ForeignKey("accounts.id"), primary_key=True),
)

# What the dashboard shows of a day, so that nobody counts messages while somebody waits for a page.
daily_figures = Table(
    "daily_figures",
    metadata,
    Column("day", Date, primary_key=True, comment="in Japan"),
    Column("sender_id", Id, ForeignKey("senders.id"), primary_key=True),
    Column(
        "campaign_id",
        Id,
        primary_key=True,
        autoincrement=False,
        server_default="0",
        comment="0: of none",
    ),
    Column("script_key", String(128), primary_key=True, comment="empty: of all"),
    Column("figure", String(16), primary_key=True, comment="what is counted"),
    Column("detail", String(32), primary_key=True, comment="seconds, carrier, code; empty: all"),
    Column("number", Id, nullable=False),
    Index(
        "ix_daily_figures_of_all_scripts",
        "day",
        postgresql_where=_ALL_SCRIPTS,
        sqlite_where=_ALL_SCRIPTS,
    ),
)
