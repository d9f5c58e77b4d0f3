"""Every table. Names are those of docs/glossary.md; changes come with a migration."""

from bot.store.tables.alerts import alerts
from bot.store.tables.base import metadata
from bot.store.tables.billing import accounts, gateway_events, payment_links
from bot.store.tables.consent import (
    consent_pushes,
    holds,
    opt_out_links,
    opt_outs,
    purpose_consents,
)
from bot.store.tables.ledger import consent_chain, consent_events, consent_evidence
from bot.store.tables.messages import delivery_reports, inbound_messages, outbound_messages
from bot.store.tables.payments import checkouts, payments, reconciliations, refunds
from bot.store.tables.people import contacts, conversations, senders

__all__ = [
    "accounts",
    "alerts",
    "checkouts",
    "consent_chain",
    "consent_events",
    "consent_evidence",
    "consent_pushes",
    "contacts",
    "conversations",
    "delivery_reports",
    "gateway_events",
    "holds",
    "inbound_messages",
    "metadata",
    "opt_out_links",
    "opt_outs",
    "outbound_messages",
    "payment_links",
    "payments",
    "purpose_consents",
    "reconciliations",
    "refunds",
    "senders",
]
