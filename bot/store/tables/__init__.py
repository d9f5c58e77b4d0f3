"""Every table. Names are those of docs/glossary.md; changes come with a migration."""

from bot.store.tables.alerts import alerts
from bot.store.tables.api import api_keys, api_requests
from bot.store.tables.base import metadata
from bot.store.tables.billing import (
    accounts,
    balance_lookups,
    gateway_events,
    identity_answers,
    invoices,
    link_contents,
    payment_links,
    verification_locks,
)
from bot.store.tables.campaigns import campaign_recipients, campaigns
from bot.store.tables.consent import (
    consent_pushes,
    holds,
    opt_out_links,
    opt_outs,
    purpose_consents,
)
from bot.store.tables.delivery import (
    clock_rounds,
    delivery_counts,
    delivery_reports,
    earlier_attempts,
)
from bot.store.tables.ledger import consent_chain, consent_events, consent_evidence
from bot.store.tables.messages import inbound_messages, outbound_messages
from bot.store.tables.overview import (
    canned_replies,
    conversation_cards,
    conversation_notes,
    daily_figures,
    message_terms,
    name_terms,
    takeovers,
)
from bot.store.tables.payments import (
    checkouts,
    payment_events,
    payments,
    promises,
    reconciliations,
    refunds,
)
from bot.store.tables.people import contacts, conversations, senders
from bot.store.tables.scripts import (
    script_draft_items,
    script_drafts,
    script_publications,
    script_talks,
    script_versions,
)
from bot.store.tables.sending import circuits, outbox_acts, sender_paces
from bot.store.tables.staff import (
    audit_events,
    department_senders,
    departments,
    exports,
    role_rules,
    staff,
    staff_invitations,
    staff_sessions,
)

__all__ = [
    "accounts",
    "alerts",
    "api_keys",
    "api_requests",
    "audit_events",
    "balance_lookups",
    "campaign_recipients",
    "campaigns",
    "canned_replies",
    "checkouts",
    "circuits",
    "clock_rounds",
    "consent_chain",
    "consent_events",
    "consent_evidence",
    "consent_pushes",
    "contacts",
    "conversation_cards",
    "conversation_notes",
    "conversations",
    "daily_figures",
    "delivery_counts",
    "delivery_reports",
    "department_senders",
    "departments",
    "earlier_attempts",
    "exports",
    "gateway_events",
    "holds",
    "identity_answers",
    "inbound_messages",
    "invoices",
    "link_contents",
    "message_terms",
    "metadata",
    "name_terms",
    "opt_out_links",
    "opt_outs",
    "outbound_messages",
    "outbox_acts",
    "payment_events",
    "payment_links",
    "payments",
    "promises",
    "purpose_consents",
    "reconciliations",
    "refunds",
    "role_rules",
    "script_draft_items",
    "script_drafts",
    "script_publications",
    "script_talks",
    "script_versions",
    "sender_paces",
    "senders",
    "staff",
    "staff_invitations",
    "staff_sessions",
    "takeovers",
    "verification_locks",
]
