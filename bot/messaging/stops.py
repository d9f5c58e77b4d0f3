"""A stop that reached us through the carrier instead of a text: record it and fall silent."""

from sqlalchemy import Connection, insert, select, update

from bot.dialogue.effects import Consent
from bot.messaging import claim
from bot.store.tables import consent_events, conversations, outbound_messages

# Twilio's code for a recipient who unsubscribed there; it comes from a send or from a callback.
UNSUBSCRIBED = 21610


def by_carrier(connection: Connection, outbound_id: int) -> None:
    """The carrier refused a message because its recipient unsubscribed: stop the conversation."""
    of_message = select(outbound_messages.c.conversation_id).where(
        outbound_messages.c.id == outbound_id
    )
    conversation_id: int = connection.execute(of_message).scalar_one()
    stopped = connection.execute(
        update(conversations)
        .where(conversations.c.id == conversation_id, conversations.c.consent != Consent.STOPPED)
        .values(consent=Consent.STOPPED, flow=None, state="start", slots={})
    )
    if stopped.rowcount:
        _record(connection, conversation_id)
    claim.cancel(connection, conversation_id, "the recipient unsubscribed at the carrier")


def _record(connection: Connection, conversation_id: int) -> None:
    connection.execute(
        insert(consent_events).values(
            conversation_id=conversation_id,
            consent=Consent.STOPPED,
            method="carrier",
            rule=f"carrier error {UNSUBSCRIBED}",
        )
    )
