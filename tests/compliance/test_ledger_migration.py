"""A ledger from before the chain is chained where it stands, and goes down and up again."""

from alembic import command
from sqlalchemy import Engine, text

from bot.compliance import audit
from bot.store import schema

BEFORE = (
    "INSERT INTO senders (id, number, created_at) VALUES (1, '+815000000001', '2026-01-01')",
    "INSERT INTO contacts (id, number, verification_failures, created_at)"
    " VALUES (1, '+819000000001', 0, '2026-01-01')",
    "INSERT INTO conversations (id, sender_id, contact_id, language, language_chosen, state, slots,"
    " consent, helped_since_stop, misunderstood, heard_at, created_at)"
    " VALUES (1, 1, 1, 'ja', false, 'start', '{}', 'stopped', false, 0, '2026-01-01',"
    " '2026-01-01')",
    "INSERT INTO consent_events (conversation_id, consent, method, rule, created_at)"
    " VALUES (1, 'asked', 'sms', '質問', '2026-01-02 03:04:05.123456')",
    "INSERT INTO consent_events (conversation_id, consent, method, rule, created_at)"
    " VALUES (1, 'stopped', 'carrier', 'carrier error 21610', '2026-01-03 00:00:00.000000')",
)


def test_entries_from_before_the_chain_are_chained(engine: Engine) -> None:
    with engine.begin() as connection:
        command.downgrade(schema.configuration(connection), "0001")
        for statement in BEFORE:
            connection.execute(text(statement))
    for _ in range(2):
        schema.upgrade(engine)
        with engine.begin() as connection:
            found = audit.verify(connection)
            assert (found.entries, found.broken) == (2, None)
            command.downgrade(schema.configuration(connection), "0001")
