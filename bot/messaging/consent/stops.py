"""A stop that reached us through the carrier instead of a text: record it and fall silent."""

from typing import Any

from sqlalchemy import Connection, Row, select

from bot.compliance import ledger, opt_outs
from bot.compliance.ledger import Entry, Method
from bot.compliance.standing import Pair
from bot.dialogue.effects import Consent
from bot.messaging.consent import consents
from bot.runtime import Runtime
from bot.store.tables import contacts, conversations, outbound_messages


def by_carrier(
    connection: Connection, runtime: Runtime, outbound_id: int, code: int | None
) -> None:
    """The carrier refused a message because its recipient unsubscribed: stop, as far as stops go.

    `code` is the carrier's own for that. A stop that we know already is not recorded again.
    """
    refused = _refused(connection, outbound_id)
    if opt_outs.is_stopped(connection, refused.contact_id, refused.sender_id):
        return
    pair = Pair(refused.conversation_id, refused.contact_id, refused.sender_id)
    changed = consents.stop(connection, runtime.settings, pair, None, Method.CARRIER)
    entry = Entry(
        contact_id=refused.contact_id,
        conversation_id=refused.conversation_id,
        consent=Consent.STOPPED,
        method=Method.CARRIER,
        rule=f"carrier error {code}",
        actor="carrier",
        provider_sid=refused.provider_sid,
        evidence={"number": refused.number},
    )
    entries = consents.entries([changed], entry, runtime.settings)
    ledger.append(connection, runtime.vault, entries)


def _refused(connection: Connection, outbound_id: int) -> Row[Any]:
    """The message with its people; the contact is locked, as for every step of consent."""
    return connection.execute(
        select(
            outbound_messages.c.conversation_id,
            outbound_messages.c.provider_sid,
            conversations.c.contact_id,
            conversations.c.sender_id,
            contacts.c.number,
        )
        .join(conversations, conversations.c.id == outbound_messages.c.conversation_id)
        .join(contacts, contacts.c.id == conversations.c.contact_id)
        .where(outbound_messages.c.id == outbound_id)
        .with_for_update(of=contacts)
    ).one()
