"""What people change in the scripts and keywords: drafts, and what was published of them."""

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    UniqueConstraint,
)

from bot.store.columns import Id, UtcDateTime, utc_now
from bot.store.tables.base import created, metadata

LONGEST_KEY = 128
LONGEST_REVISION = 16
LONGEST_REASON = 200

# {"text", "note"} of a script, {"words"} of a list of keywords.
_CONTENT = JSON(none_as_null=True)

script_drafts = Table(
    "script_drafts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("author", String(64), nullable=False, comment="staff:name; a draft is theirs alone"),
    Column("state", String(16), nullable=False, default="draft"),
    Column("reason", String(LONGEST_REASON), nullable=False, default="", comment="why"),
    Column("accepted", JSON, nullable=False, default=dict, comment="rule of a warning: why it may"),
    Column("reviewer", String(64), comment="staff:name, who approved it or sent it back"),
    Column("review_note", String(LONGEST_REASON)),
    Column("reviewed_at", UtcDateTime),
    Column("changed_at", UtcDateTime, nullable=False, default=utc_now()),
    created(),
    CheckConstraint(
        "state IN ('draft', 'review', 'approved', 'published', 'withdrawn')", name="state"
    ),
    Index("ix_script_drafts_state", "state", "id"),
)

script_draft_items = Table(
    "script_draft_items",
    metadata,
    Column("draft_id", Id, ForeignKey("script_drafts.id"), primary_key=True),
    Column("key", String(LONGEST_KEY), primary_key=True),
    Column("language", String(2), primary_key=True),
    Column("content", _CONTENT, comment="null: as it ships"),
    Column("seen", _CONTENT, nullable=False, comment="what was in force when it was written"),
)

# Rows of these two are never changed, but that a publication of the future may be canceled.
script_publications = Table(
    "script_publications",
    metadata,
    Column("id", Id, primary_key=True),
    Column("draft_id", Id, ForeignKey("script_drafts.id"), comment="null: a roll back"),
    Column("undoes_id", Id, ForeignKey("script_publications.id"), comment="what it rolls back"),
    Column("author", String(64), nullable=False),
    Column("reviewer", String(64), comment="null: no second person was asked for"),
    Column("publisher", String(64), nullable=False),
    Column("reason", String(LONGEST_REASON), nullable=False),
    Column("accepted", JSON, nullable=False, comment="rule of a warning: why it may"),
    Column("effective_at", UtcDateTime, nullable=False, comment="from when it is in force"),
    Column("canceled_at", UtcDateTime, comment="before it was in force"),
    Column("canceled_by", String(64)),
    created(),
    Index("ix_script_publications_effective_at", "effective_at", "id"),
)

script_versions = Table(
    "script_versions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("publication_id", Id, ForeignKey("script_publications.id"), nullable=False),
    Column("key", String(LONGEST_KEY), nullable=False),
    Column("language", String(2), nullable=False),
    Column("content", _CONTENT, comment="null: as it ships"),
    Column("revision", String(LONGEST_REVISION), nullable=False),
    Column("replaced", _CONTENT, comment="the content before it; null: as it shipped"),
    created(),
    UniqueConstraint("publication_id", "key", "language"),
    Index("ix_script_versions_key", "key", "language", "publication_id"),
)

# A talk with the bot that must go on as it went: played again before every publication.
script_talks = Table(
    "script_talks",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("persona", String(32), nullable=False),
    Column("turns", JSON, nullable=False, comment="what was said, and what must come of it"),
    Column("author", String(64), nullable=False),
    created(),
)
