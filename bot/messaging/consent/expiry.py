"""Questions of consent that nobody answered in time are closed, and that is a step as well."""

from sqlalchemy import Connection, select

from bot.compliance import ledger, standing
from bot.compliance.ledger import Entry, Method
from bot.messaging.consent import consents
from bot.runtime import Runtime
from bot.store.tables import contacts, conversations

BATCH = 100


def expire(connection: Connection, runtime: Runtime) -> None:
    """Close what is due, a hundred at once; a question that was put is not put again."""
    entries = []
    for conversation_id, changed in standing.expire(connection, BATCH):
        who = connection.execute(
            select(conversations.c.contact_id, contacts.c.number)
            .join(contacts, contacts.c.id == conversations.c.contact_id)
            .where(conversations.c.id == conversation_id)
        ).one()
        entry = Entry(
            contact_id=who.contact_id,
            conversation_id=conversation_id,
            consent=changed.consent,
            method=Method.CLOCK,
            rule=f"unanswered for {standing.ANSWER_WITHIN_S // 3600} hours",
            actor="clock",
            evidence={"number": who.number},
        )
        entries += consents.entries([changed], entry, runtime.settings)
    ledger.append(connection, runtime.vault, entries)
