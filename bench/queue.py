"""Messages that wait to leave, put into the outbox at once: answers, which need no consent."""

from sqlalchemy import delete, text

from bench import texts
from bot.runtime import Runtime
from bot.store.tables import circuits, contacts, conversations, outbound_messages, sender_paces

# The first message of everybody, then the second of everybody, and so on; each says its number.
_CONTACTS = text(
    "INSERT INTO contacts (number, verification_failures, created_at) VALUES (:number, 0, now())"
)
_CONVERSATIONS = text(
    "INSERT INTO conversations (sender_id, contact_id, language, language_chosen, state, slots,"
    " consent, helped_since_stop, misunderstood, heard_at, created_at)"
    " SELECT 1, id, 'ja', false, 'start', '{}', 'unknown', false, 0, now(), now() FROM contacts"
)
_MESSAGES = text(
    "INSERT INTO outbound_messages (conversation_id, sender_id, position, message_class, priority,"
    " script_key, language, revision, body, encoding, segments, status, not_before, expires_at,"
    " attempts, absences, created_at)"
    " SELECT conversations.id, 1, 0, 'reply', 0, 'common.help', 'ja', 'r', turn::text, 'GSM-7', 1,"
    " 'queued', now(), now() + interval '1 hour', 0, 0, now()"
    " FROM generate_series(1, :each) AS turn, conversations ORDER BY turn.turn, conversations.id"
)
_TABLES = (outbound_messages, sender_paces, circuits, conversations, contacts)


def fill(runtime: Runtime, people: int, each: int = 1) -> None:
    """Empty the outbox, and put so many messages into the line of each of so many people."""
    with runtime.engine.begin() as connection:
        for table in _TABLES:
            connection.execute(delete(table))
        connection.execute(_CONTACTS, [{"number": texts.number(index)} for index in range(people)])
        connection.execute(_CONVERSATIONS)
        connection.execute(_MESSAGES, {"each": each})
    with runtime.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
