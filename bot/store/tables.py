"""Every table. Names are those of docs/glossary.md; changes come with a migration."""

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    event,
    insert,
    text,
)

from bot.store.columns import Id, UtcDateTime, utc_now

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _created() -> Column[object]:
    return Column("created_at", UtcDateTime, nullable=False, default=utc_now())


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
    Column("approval", String(16), nullable=False, default="draft", comment="the carriers'"),
    Column("override_reason", String(200), comment="why it may be a name"),
    Column("enabled_at", UtcDateTime),
    Column("retired_at", UtcDateTime),
    _created(),
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
    _created(),
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
    Column("heard_at", UtcDateTime, nullable=False, default=utc_now()),
    _created(),
    UniqueConstraint("sender_id", "contact_id"),
    Index("ix_conversations_contact_id", "contact_id"),
)

inbound_messages = Table(
    "inbound_messages",
    metadata,
    Column("id", Id, primary_key=True),
    Column("provider", String(32), nullable=False),
    Column("provider_sid", String(128), nullable=False),
    Column("conversation_id", Id, ForeignKey("conversations.id"), comment="null: unrouted"),
    Column("sender", String(64), nullable=False),
    Column("recipient", String(64), nullable=False),
    Column("body", Text, nullable=False),
    Column("carrier_intent", String(16), comment="the carrier already answered it as this"),
    Column("status", String(16), nullable=False, comment="waiting, answered, failed, ignored"),
    Column("attempts", Integer, nullable=False, default=0),
    Column("error", String(200)),
    Column("intent", String(16)),
    Column("trace", JSON),
    _created(),
    UniqueConstraint("provider", "provider_sid"),
    CheckConstraint(
        "status IN ('waiting', 'answered', 'failed', 'ignored', 'unrouted')", name="status"
    ),
    Index(
        "ix_inbound_messages_waiting",
        "conversation_id",
        "id",
        postgresql_where=text("status = 'waiting'"),
        sqlite_where=text("status = 'waiting'"),
    ),
    Index("ix_inbound_messages_conversation_id", "conversation_id", "id"),
)

_UNSOLICITED = text("message_class IN ('reminder', 'promotional', 'legal')")
_OPEN = text("status IN ('queued', 'sending', 'unknown')")

outbound_messages = Table(
    "outbound_messages",
    metadata,
    Column("id", Id, primary_key=True),
    Column("conversation_id", Id, ForeignKey("conversations.id"), nullable=False),
    Column("inbound_id", Id, ForeignKey("inbound_messages.id")),
    Column("position", Integer, nullable=False, default=0, comment="order within one answer"),
    Column("message_class", String(16), nullable=False),
    Column("purpose", String(32), comment="null: an answer, for no purpose of its own"),
    Column("exemption", String(32), comment="why it needs no consent, or passes a stop"),
    Column("exemption_note", String(200), comment="the ground in words"),
    Column("approved_by", String(64), comment="staff:name, of a legal notice"),
    Column("verdict", String(16), comment="the gate's last: allowed, later, blocked"),
    Column("verdict_reasons", JSON, comment="all of them: rule and words"),
    Column(
        "sent_by",
        String(16),
        nullable=False,
        server_default="bot",
        comment="bot, or carrier: it answered by itself",
    ),
    Column("script_key", String(128), nullable=False),
    Column("language", String(2), nullable=False),
    Column("revision", String(16), nullable=False),
    Column("body", Text, nullable=False),
    Column("encoding", String(8), nullable=False),
    Column("segments", Integer, nullable=False),
    Column("status", String(16), nullable=False, default="queued"),
    Column("reason", String(200), comment="why it failed, waits, or was taken back"),
    Column("not_before", UtcDateTime, nullable=False, default=utc_now()),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("attempt_token", String(32)),
    Column("attempted_at", UtcDateTime, comment="when it was last claimed"),
    Column("lease_until", UtcDateTime),
    Column("absences", Integer, nullable=False, default=0, comment="look-ups that missed it"),
    Column("provider", String(32)),
    Column("provider_sid", String(128)),
    Column("error_code", Integer),
    Column("delivery_status", String(16)),
    Column("sent_at", UtcDateTime),
    _created(),
    UniqueConstraint("inbound_id", "position"),
    Index("ix_outbound_messages_provider_sid", "provider_sid"),
    CheckConstraint(
        "status IN ('queued', 'sending', 'sent', 'failed', 'canceled', 'unknown', 'parked')",
        name="status",
    ),
    Index(
        "ix_outbound_messages_open",
        "conversation_id",
        "id",
        postgresql_where=_OPEN,
        sqlite_where=_OPEN,
    ),
    Index(
        "ix_outbound_messages_due",
        "not_before",
        postgresql_where=text("status = 'queued'"),
        sqlite_where=text("status = 'queued'"),
    ),
    Index("ix_outbound_messages_conversation_id", "conversation_id", "id"),
    Index(
        "ix_outbound_messages_unsolicited",
        "conversation_id",
        "attempted_at",
        postgresql_where=_UNSOLICITED,
        sqlite_where=_UNSOLICITED,
    ),
)

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
    _created(),
    Index(
        "uq_holds_active",
        "contact_id",
        "kind",
        unique=True,
        postgresql_where=text("released_at IS NULL"),
        sqlite_where=text("released_at IS NULL"),
    ),
)

delivery_reports = Table(
    "delivery_reports",
    metadata,
    Column("id", Id, primary_key=True),
    Column("outbound_id", Id, ForeignKey("outbound_messages.id"), comment="null: not ours"),
    Column("provider", String(32), nullable=False),
    Column("provider_sid", String(128), nullable=False),
    Column("status", String(32), nullable=False),
    Column("error_code", Integer),
    _created(),
    Index("ix_delivery_reports_outbound_id", "outbound_id"),
)

consent_events = Table(
    "consent_events",
    metadata,
    Column("id", Id, primary_key=True),
    Column("contact_id", Id, ForeignKey("contacts.id"), nullable=False),
    Column("conversation_id", Id, ForeignKey("conversations.id")),
    Column("inbound_id", Id, ForeignKey("inbound_messages.id")),
    Column("consent", String(16), nullable=False),
    Column("purpose", String(32), comment="null: every purpose"),
    Column("purpose_version", String(40), comment="version and revision of its document"),
    Column("scope", String(8), comment="of a stop: pair, sender, brand, all"),
    Column("method", String(16), nullable=False, comment="sms, carrier"),
    Column("rule", String(128), nullable=False),
    Column("script_key", String(128), comment="the words shown with it"),
    Column("revision", String(16)),
    Column("policy_version", String(64), comment="the terms and privacy policy shown"),
    Column("provider_sid", String(128)),
    Column("actor", String(64), nullable=False, comment="person, carrier, clock, staff:name"),
    Column("basis", String(64), comment="the stated ground of an import"),
    Column("evidence_hash", String(64), nullable=False, comment="SHA-256 of the sealed evidence"),
    Column("previous", String(64), nullable=False, unique=True, comment="no chain can fork"),
    Column("hash", String(64), nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_consent_events_conversation_id", "conversation_id", "id"),
    Index("ix_consent_events_contact_id", "contact_id", "id"),
)

consent_evidence = Table(
    "consent_evidence",
    metadata,
    Column("hash", String(64), primary_key=True, comment="of the ledger's entry"),
    Column("sealed", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

consent_chain = Table(
    "consent_chain",
    metadata,
    Column("id", Integer, primary_key=True, comment="1: there is one chain"),
    Column("entries", Id, nullable=False),
    Column("hash", String(64), nullable=False, comment="of the last entry"),
)


@event.listens_for(consent_chain, "after_create")
def _begin_chain(table: Table, connection: Connection, **_: object) -> None:
    """Tables that are made without migrations, for a talk in the terminal, have a chain too."""
    connection.execute(insert(table).values(id=1, entries=0, hash="0" * 64))


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
    _created(),
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
    _created(),
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
    Column("expires_at", UtcDateTime, nullable=False),
    _created(),
)

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
    _created(),
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
    Column("due_minor", Id, comment="the amount quoted when the payment began"),
    Column("currency", String(3)),
    Column("gateway", String(32)),
    Column("gateway_session", String(128), unique=True),
    Column("gateway_payment", String(128), unique=True),
    Column("receipt_number", String(16), unique=True),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("verified_at", UtcDateTime),
    Column("paid_at", UtcDateTime),
    _created(),
    CheckConstraint(
        "status IN ('open', 'started', 'pending', 'paid', 'failed', 'revoked')", name="status"
    ),
    Index("ix_payment_links_account_id", "account_id"),
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
    _created(),
    UniqueConstraint("gateway", "event_id"),
)
