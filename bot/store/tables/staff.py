"""Who works with the console: staff, their departments, sessions and invitations, and the audit."""

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
    Text,
    text,
)

from bot.store.columns import Id, UtcDateTime
from bot.store.tables.base import created, metadata

LONGEST_NAME = 40
LONGEST_REASON = 200

_OPEN = text("ended_at IS NULL")
_UNDECIDED = text("approved IS NULL")

departments = Table(
    "departments",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(LONGEST_NAME), nullable=False, unique=True),
    created(),
)

department_senders = Table(
    "department_senders",
    metadata,
    Column("department_id", Id, ForeignKey("departments.id"), primary_key=True),
    Column("sender_id", Id, ForeignKey("senders.id"), primary_key=True),
)

staff = Table(
    "staff",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(LONGEST_NAME), nullable=False, unique=True, comment="staff:name acts"),
    Column("email", String(254), nullable=False, unique=True, comment="in lower case"),
    Column("role", String(16), nullable=False),
    Column("department_id", Id, ForeignKey("departments.id"), comment="null: all senders"),
    Column("language", String(2), nullable=False, server_default="ja"),
    Column("password", Text, comment="argon2id; null: not set yet"),
    Column("fs_uniquifier", String(64), nullable=False, unique=True, comment="of all sessions"),
    Column("tf_primary_method", String(16), comment="authenticator, or null: none"),
    Column("tf_totp_secret", Text, comment="encrypted"),
    Column("totp_counter", Id, comment="the last code's; none is taken twice"),
    Column("mf_recovery_codes", JSON(none_as_null=True), comment="encrypted; each works once"),
    Column("codes_key_id", String(8), comment="of the SECRET_KEY; null: not known"),
    Column("signed_in_at", UtcDateTime, comment="for the last time"),
    created(),
    CheckConstraint(
        "role IN ('administrator', 'editor', 'operator', 'auditor', 'suspended')", name="role"
    ),
)

staff_invitations = Table(
    "staff_invitations",
    metadata,
    Column("id", Id, primary_key=True),
    Column("staff_id", Id, ForeignKey("staff.id"), nullable=False, index=True),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
    created(),
)

staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("staff_id", Id, ForeignKey("staff.id"), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("address", String(45), nullable=False, comment="it was begun from"),
    Column("browser", String(300), nullable=False, comment="as it names itself"),
    Column("seen_at", UtcDateTime, nullable=False, comment="to the minute"),
    Column("ended_at", UtcDateTime),
    created(),
    Index("ix_staff_sessions_open", "staff_id", postgresql_where=_OPEN, sqlite_where=_OPEN),
)

# A role without a row may sign in from anywhere, without a second factor but for administrators.
role_rules = Table(
    "role_rules",
    metadata,
    Column("role", String(16), primary_key=True),
    Column("second_factor", Boolean, nullable=False, comment="it must be set up"),
    Column("networks", JSON, nullable=False, comment="in CIDR notation; empty: from anywhere"),
)

exports = Table(
    "exports",
    metadata,
    Column("id", Id, primary_key=True),
    Column(
        "staff_id",
        Id,
        ForeignKey("staff.id"),
        nullable=False,
        comment="who asked, and alone may take it",
    ),
    Column(
        "department_id", Id, ForeignKey("departments.id"), comment="theirs then; null: all senders"
    ),
    Column("filters", JSON, nullable=False, comment="as in the address of the list"),
    Column("unmasked", Boolean, nullable=False, comment="numbers and digits in full"),
    Column("reason", String(LONGEST_REASON), nullable=False),
    Column("conversations", Integer, nullable=False, comment="how many when asked for"),
    Column("approved", Boolean, comment="null: not decided yet"),
    Column("decided_by", Id, ForeignKey("staff.id")),
    Column("decided_at", UtcDateTime),
    created(),
    CheckConstraint("decided_by <> staff_id", name="by_another"),
    Index("ix_exports_undecided", "id", postgresql_where=_UNDECIDED, sqlite_where=_UNDECIDED),
    Index("ix_exports_staff_id", "staff_id", "id"),
)

# Append-only: the database refuses to change or delete a row.
audit_events = Table(
    "audit_events",
    metadata,
    Column("id", Id, primary_key=True),
    Column("actor", String(64), nullable=False, comment="staff:name, or nobody"),
    Column("act", String(32), nullable=False),
    Column("subject", String(64), nullable=False, comment="what by our own id; no personal data"),
    Column("conversation_id", Id, ForeignKey("conversations.id")),
    Column("reason", String(LONGEST_REASON), nullable=False, server_default=""),
    Column("details", JSON, nullable=False, comment="no personal data"),
    Column("address", String(45), nullable=False, server_default="", comment="it was done from"),
    created(),
    Index("ix_audit_events_actor", "actor", "id"),
    Index("ix_audit_events_act", "act", "id"),
    Index("ix_audit_events_created_at", "created_at"),
    Index("ix_audit_events_conversation_id", "conversation_id", "id"),
)
