"""A stop that reached us through the carrier instead of a text: record it and fall silent."""

from sqlalchemy import Connection, select, update

from bot.compliance import ledger
from bot.compliance.ledger import Entry, Method
from bot.dialogue.effects import Consent
from bot.messaging import claim
from bot.runtime import Runtime
from bot.store.tables import contacts, conversations, outbound_messages

# Twilio's code for a recipient who unsubscribed there; it comes from a send or from a callback.
UNSUBSCRIBED = 21610


def by_carrier(connection: Connection, runtime: Runtime, outbound_id: int) -> None:
    """The carrier refused a message because its recipient unsubscribed: stop the conversation."""
    refused = connection.execute(
        select(
            outbound_messages.c.conversation_id,
            outbound_messages.c.provider_sid,
            conversations.c.contact_id,
            contacts.c.number,
        )
        .join(conversations, conversations.c.id == outbound_messages.c.conversation_id)
        .join(contacts, contacts.c.id == conversations.c.contact_id)
        .where(outbound_messages.c.id == outbound_id)
    ).one()
    stopped = connection.execute(
        update(conversations)
        .where(
            conversations.c.id == refused.conversation_id,
            conversations.c.consent != Consent.STOPPED,
        )
        .values(consent=Consent.STOPPED, flow=None, state="start", slots={})
    )
    claim.cancel(connection, refused.conversation_id, "the recipient unsubscribed at the carrier")
    if stopped.rowcount:
        entry = Entry(
            contact_id=refused.contact_id,
            conversation_id=refused.conversation_id,
            consent=Consent.STOPPED,
            method=Method.CARRIER,
            rule=f"carrier error {UNSUBSCRIBED}",
            actor="carrier",
            provider_sid=refused.provider_sid,
            evidence={"number": refused.number},
        )
        ledger.append(connection, runtime.vault, [entry])
