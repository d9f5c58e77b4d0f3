"""Reports from before each was kept once are merged; going down and up again loses no message."""

from alembic import command
from sqlalchemy import Engine, text

from bot.store import schema

BEFORE = (
    "INSERT INTO senders (id, number, brand, brand_en, legal_name, support_phone, postal_address,"
    " purposes_ja, purposes_en, route, inbound, displays, link_domains, approval, created_at)"
    " VALUES (1, '+815000000001', '', '', '', '', '', '', '', 'domestic', 'on', '{}', '[]',"
    " 'draft', '2026-01-01')",
    "INSERT INTO contacts (id, number, verification_failures, created_at)"
    " VALUES (1, '+819000000001', 0, '2026-01-01')",
    "INSERT INTO conversations (id, sender_id, contact_id, language, language_chosen, state, slots,"
    " consent, helped_since_stop, misunderstood, heard_at, created_at)"
    " VALUES (1, 1, 1, 'ja', false, 'start', '{}', 'unknown', false, 0, '2026-01-01',"
    " '2026-01-01')",
    "INSERT INTO outbound_messages (id, conversation_id, position, message_class, script_key,"
    " language, revision, body, encoding, segments, status, not_before, expires_at, attempts,"
    " absences, provider_sid, delivery_status, created_at) VALUES (1, 1, 0, 'reply', 'common.help',"
    " 'ja', 'r', 'x', 'GSM-7', 1, 'sent', '2026-01-01', '2026-01-01', 1, 0, 'SM1', 'delivered',"
    " '2026-01-01')",
)
REPORT = (
    "INSERT INTO delivery_reports (outbound_id, provider, provider_sid, status, error_code,"
    " created_at) VALUES (1, 'twilio', 'SM1', '{}', {}, '2026-01-01')"
)


def test_equal_reports_become_one(engine: Engine) -> None:
    with engine.begin() as connection:
        command.downgrade(schema.configuration(connection), "0010")
        for statement in BEFORE:
            connection.execute(text(statement))
        for status, code in (("sent", "NULL"), ("sent", "NULL"), ("undelivered", "30003")):
            connection.execute(text(REPORT.format(status, code)))
    for _ in range(2):
        schema.upgrade(engine)
        with engine.begin() as connection:
            found = connection.execute(text("SELECT status, error_code FROM delivery_reports"))
            assert sorted(map(tuple, found)) == [("sent", 0), ("undelivered", 30003)]
            shown = connection.execute(text("SELECT delivery_status FROM outbound_messages"))
            assert shown.scalar_one() == "delivered"
            command.downgrade(schema.configuration(connection), "0010")
