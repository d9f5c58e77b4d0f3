"""Payments from before attempts had a table of their own are taken over, down and up again."""

from alembic import command
from sqlalchemy import Engine, text

from bot.store import schema

LINK = (
    "INSERT INTO payment_links (id, token_hash, conversation_id, account_id, language, status,"
    " failures, due_minor, currency, gateway, gateway_session, gateway_payment, receipt_number,"
    " expires_at, paid_at, created_at) VALUES"
)
TIMES = "'2026-01-02 00:00:00+00:00'", "'2026-01-01 12:00:00+00:00'", "'2026-01-01 00:00:00+00:00'"
EXPIRES, PAID, MADE = TIMES
BEFORE = (
    "INSERT INTO senders (id, number, created_at) VALUES (1, '+815000000001', '2026-01-01')",
    "INSERT INTO contacts (id, number, verification_failures, created_at)"
    " VALUES (1, '+819000000001', 0, '2026-01-01')",
    "INSERT INTO conversations (id, sender_id, contact_id, language, language_chosen, state, slots,"
    " consent, helped_since_stop, misunderstood, heard_at, created_at)"
    " VALUES (1, 1, 1, 'ja', false, 'start', '{}', 'unknown', false, 0, '2026-01-01',"
    " '2026-01-01')",
    "INSERT INTO accounts (id, number, customer_number, customer_number_index, name, due_minor,"
    " currency, updated_at, created_at)"
    " VALUES (1, '+819000000001', 'x', 'x', 'x', 0, 'JPY', '2026-01-01', '2026-01-01')",
    f"{LINK} (1, 'a', 1, 1, 'ja', 'paid', 1, 500, 'JPY', 'local', 'cs_1', 'pay_1', 'R1',"
    f" {EXPIRES}, {PAID}, {MADE})",
    f"{LINK} (2, 'b', 1, 1, 'ja', 'started', 0, 600, 'JPY', 'local', 'cs_2', NULL, NULL,"
    f" {EXPIRES}, NULL, {MADE})",
    f"{LINK} (3, 'c', 1, 1, 'en', 'failed', 2, 700, 'JPY', 'local', NULL, NULL, NULL,"
    f" {EXPIRES}, NULL, {MADE})",
    f"{LINK} (4, 'd', 1, 1, 'ja', 'open', 0, NULL, NULL, NULL, NULL, NULL, NULL,"
    f" {EXPIRES}, NULL, {MADE})",
    "INSERT INTO gateway_events (id, gateway, event_id, kind, payment_link_id, outcome, created_at)"
    " VALUES (1, 'local', 'evt_1', 'paid', 1, 'paid', '2026-01-01')",
)
ATTEMPTS = (
    "SELECT payment_link_id, attempt, status, amount_minor, session FROM checkouts"
    " ORDER BY payment_link_id, attempt"
)
LINKS = "SELECT id, due_minor, gateway, gateway_session, gateway_payment FROM payment_links"


def test_attempts_and_payments_are_taken_over_and_given_back(engine: Engine) -> None:
    with engine.begin() as connection:
        command.downgrade(schema.configuration(connection), "0008")
        for statement in BEFORE:
            connection.execute(text(statement))
        old = connection.execute(text(f"{LINKS} ORDER BY id")).all()
    for _ in range(2):
        schema.upgrade(engine)
        with engine.begin() as connection:
            assert [tuple(row) for row in connection.execute(text(ATTEMPTS))] == [
                (1, 1, "over", 500, None),
                (1, 2, "paid", 500, "cs_1"),
                (2, 1, "open", 600, "cs_2"),
                (3, 1, "over", 700, None),
                (3, 2, "over", 700, None),
            ]
            [payment] = connection.execute(text("SELECT * FROM payments")).mappings()
            assert (payment["payment_link_id"], payment["gateway_payment"]) == (1, "pay_1")
            assert (payment["amount_minor"], payment["credited"]) == (500, True)
            [event] = connection.execute(text("SELECT payment_link_id FROM gateway_events"))
            assert event.payment_link_id == 1
        with engine.begin() as connection:
            command.downgrade(schema.configuration(connection), "0008")
            assert connection.execute(text(f"{LINKS} ORDER BY id")).all() == old
