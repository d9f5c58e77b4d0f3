"""The ledger: what is in it, that nobody can change it, and that a change by force is found."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, insert, select, text
from sqlalchemy.exc import DBAPIError

from bot.compliance import audit, chain, ledger
from bot.compliance.audit import Broken
from bot.compliance.ledger import Entry, Method
from bot.compliance.ledger_keys import LedgerKeys
from bot.dialogue.effects import Consent
from bot.store.crypto import Vault
from bot.store.session import transact
from bot.store.tables import consent_events, consent_evidence, contacts
from tests.people import Texting

HANAKO = "+819000000001"
VAULT = Vault("a secret of the tests only")


def step(consent: Consent = Consent.GRANTED, **more: object) -> Entry:
    return Entry(1, consent, Method.WEB, "form", "person", **more)  # type: ignore[arg-type]


@pytest.fixture
def ledgered(engine: Engine) -> Engine:
    """A database with a contact and three entries about them."""
    with engine.begin() as connection:
        connection.execute(insert(contacts).values(number=HANAKO))
        for consent in (Consent.ASKED, Consent.GRANTED, Consent.STOPPED):
            ledger.append(connection, VAULT, [step(consent, evidence={"text": "はい"})])
    return engine


def by_force(engine: Engine, *statements: str) -> None:
    """Change the ledger as somebody would who owns the database: without its triggers."""
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = replica"))
        else:
            names = connection.execute(text("SELECT name FROM sqlite_master WHERE type='trigger'"))
            for name in list(names.scalars()):
                connection.execute(text(f"DROP TRIGGER {name}"))
        for statement in statements:
            connection.execute(text(statement))
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = origin"))


def audited(engine: Engine) -> audit.Audit:
    with engine.begin() as connection:
        return audit.verify(connection)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE consent_events SET consent = 'granted' WHERE id = 3",
        "DELETE FROM consent_events WHERE id = 3",
        "DELETE FROM consent_events",
        "UPDATE consent_evidence SET sealed = ''",
        "DELETE FROM consent_evidence",
    ],
)
def test_the_database_refuses_to_change_the_ledger(ledgered: Engine, statement: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"), ledgered.begin() as connection:
        connection.execute(text(statement))

    assert audited(ledgered).broken is None


def test_an_untouched_chain_holds(ledgered: Engine) -> None:
    found = audited(ledgered)

    assert (found.entries, found.erased, found.broken) == (3, 0, None)


FORGERIES = {
    "a word": ("UPDATE consent_events SET consent = 'granted' WHERE id = 3", 3, "changed"),
    "the time": (
        "UPDATE consent_events SET created_at = '2020-01-01 00:00:00+00' WHERE id = 2",
        2,
        "changed",
    ),
    "a field that was empty": ("UPDATE consent_events SET basis = 'x' WHERE id = 1", 1, "changed"),
    "its own hash too": (
        f"UPDATE consent_events SET consent = 'x', hash = '{'1' * 64}' WHERE id = 2",
        2,
        "changed",
    ),
    "one taken out": ("DELETE FROM consent_events WHERE id = 2", 3, "missing"),
    "the first taken out": ("DELETE FROM consent_events WHERE id = 1", 2, "missing"),
    "the last taken out": ("DELETE FROM consent_events WHERE id = 3", 2, "ends here"),
    "all taken out": ("DELETE FROM consent_events", 0, "ends here"),
    "a byte of evidence": (
        "UPDATE consent_evidence SET sealed = 'x' || sealed WHERE hash ="
        " (SELECT hash FROM consent_events WHERE id = 2)",
        2,
        "evidence was changed",
    ),
    "evidence taken out": (
        "DELETE FROM consent_evidence WHERE hash = (SELECT hash FROM consent_events WHERE id = 2)",
        2,
        "evidence is missing",
    ),
}


@pytest.mark.parametrize(("forgery", "entry", "why"), FORGERIES.values(), ids=FORGERIES)
def test_a_change_by_force_is_found_and_named(
    ledgered: Engine, forgery: str, entry: int, why: str
) -> None:
    by_force(ledgered, forgery)
    broken = audited(ledgered).broken

    assert isinstance(broken, Broken)
    assert broken.entry == entry
    assert why in broken.why


def test_many_writers_at_once_make_one_chain(ledgered: Engine) -> None:
    def write(number: int) -> None:
        entries = [step(rule_of) for rule_of in (Consent.ASKED, Consent.GRANTED)]
        transact(ledgered, lambda connection: ledger.append(connection, VAULT, entries))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(40)))

    assert audited(ledgered) == audit.Audit(83, audited(ledgered).head, 0, None)


def test_what_is_undone_leaves_no_gap(ledgered: Engine) -> None:
    with ledgered.connect() as connection:
        ledger.append(connection, VAULT, [step()])
        connection.rollback()
    transact(ledgered, lambda connection: ledger.append(connection, VAULT, [step()]))

    assert audited(ledgered).entries == 4
    assert audited(ledgered).broken is None


def test_evidence_is_sealed(ledgered: Engine) -> None:
    with ledgered.begin() as connection:
        kept = connection.execute(select(consent_evidence.c.sealed)).scalars().all()
        keys = LedgerKeys.of(connection, VAULT)

    assert all("はい" not in sealed for sealed in kept)
    assert all("はい" in keys.open(sealed) for sealed in kept)


def test_a_hash_can_be_computed_by_anybody() -> None:
    """SHA-256 over plain JSON: these bytes must never change, or old ledgers break."""
    entry = {
        "contact_id": 1,
        "consent": Consent.GRANTED,
        "method": Method.SMS,
        "rule": "キーワード",
        "basis": None,
        "created_at": datetime(2026, 11, 21, 9, 30, tzinfo=UTC),
        "previous": chain.GENESIS,
        "id": 7,
    }

    assert chain.canonical(entry) == (
        '{"consent":"granted","contact_id":1,"created_at":"2026-11-21T09:30:00.000000+00:00",'
        f'"method":"sms","previous":"{chain.GENESIS}","rule":"キーワード"}}'
    )
    assert chain.digest("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_a_step_by_text_carries_all_that_the_law_asks_for(texting: Texting) -> None:
    texting.says(HANAKO, "配信停止")

    with texting.runtime.engine.begin() as connection:
        row = connection.execute(select(consent_events)).one()
        sealed = connection.execute(select(consent_evidence.c.sealed)).scalar_one()
        evidence = LedgerKeys.of(connection, texting.runtime.vault).open(sealed)
    assert (row.consent, row.method, row.actor, row.rule) == (
        "stopped",
        "sms",
        "person",
        "keyword STOP",
    )
    assert row.provider_sid.startswith("SM")
    assert row.revision
    assert '"text": "配信停止"' in evidence
    assert HANAKO in evidence
    assert '"shown": "【例示商会】SMSの配信を停止' in evidence
