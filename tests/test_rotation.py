"""SECRET_KEY changes: everything opens and is found before, meanwhile and after."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Connection, Engine, func, select, update

from api import keys as api_keys
from api import repeats
from api.refusal import Refusal
from bot import rotation
from bot.billing import accounts as registered
from bot.billing import answers, resealing
from bot.billing.customer_file import CustomerFile
from bot.compliance import audit, ledger, proof
from bot.compliance.basis import Basis, Stated
from bot.compliance.ledger import Entry, Method
from bot.compliance.ledger_keys import LedgerKeys
from bot.compliance.proof import Wanted
from bot.dialogue.effects import Consent
from bot.errors import SettingError
from bot.messaging import debts
from bot.messaging.consent import imports
from bot.overview import names, search
from bot.runtime import Runtime
from bot.setting_types import Question
from bot.settings import load
from bot.staff.roles import Role
from bot.store import tables
from bot.store.crypto import Vault
from bot.store.session import transact
from bot.store.tables import accounts, consent_chain, consent_evidence, identity_answers, name_terms
from console.signing_in import recovery
from tests.cli.commands import henji
from tests.conftest import ENVIRONMENT
from tests.console.working import Browser, Working, code_of
from tests.people import OURS, Texting, add_customer

OLD, NEW = ENVIRONMENT["SECRET_KEY"], "the secret of the next year"
HANAKO, NUMBER = "+819000000001", "10001234"
BIRTH_DATE = {Question.BIRTH_DATE: "1980-01-05"}
WRONG = {Question.BIRTH_DATE: "1980-01-06"}
FORMER, BOTH, LATTER = Vault(OLD), Vault(NEW, OLD), Vault(NEW)

ANSWERS = (
    "Kept with SECRET_KEY_BEFORE: answers of identity, of 1 account: import again, or wait"
    " until their people have given them."
)

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def file_of(*numbers: str) -> CustomerFile:
    head = "phone,customer_number,name,language,amount_due,currency,due_date"
    rows = [f"090-0000-0001,{number},山田 花子,ja,12800,JPY,2026-12-31" for number in numbers]
    return CustomerFile("\n".join([head, *rows, ""]).encode())


@pytest.fixture
def company(texting: Texting) -> Runtime:
    """Hanako is registered, has a kept answer, can be found by name, and agreed by SMS.

    Her first entry is from before the ledger had keys of its own.
    """
    runtime = texting.runtime
    add_customer(runtime, HANAKO, NUMBER, 12800)
    with runtime.engine.begin() as connection:
        answers.keep(connection, FORMER, {FORMER.index(NUMBER): BIRTH_DATE})
        names.index_new(connection, FORMER, {})
        older = LedgerKeys((FORMER.seal_key,), FORMER.index_key.hex())
        connection.execute(update(consent_chain).values(sealed_keys=older.sealed(FORMER)))
    texting.says(HANAKO, "はい")
    with runtime.engine.begin() as connection:
        connection.execute(update(consent_chain).values(sealed_keys=None))
        connection.execute(update(identity_answers).values(key_id=None))
    texting.says(HANAKO, "はい")
    return runtime


def read(company: Runtime, vault: Vault) -> tuple[object, ...]:
    """What is told of Hanako: her account, where she is found, and what proves her consent."""

    def look(connection: Connection) -> tuple[object, ...]:
        (account,) = registered.of_number(connection, vault, HANAKO)
        wanted = proof.bundle(connection, vault, company.settings, Wanted(HANAKO))
        assert audit.verify(connection).broken is None
        return (
            (account.customer_number, account.name),
            search.of_person(connection, vault, NUMBER),
            search.of_person(connection, vault, "花子"),
            [entry["evidence"]["number"] for entry in wanted["entries"]],
            wanted["chain"]["head"],
        )

    return transact(company.engine, look)


@pytest.fixture
def working(runtime: Runtime) -> Working:
    return Working.at(runtime)


def proves(company: Runtime, vault: Vault, given: answers.Answers) -> bool:
    return transact(company.engine, lambda it: answers.proved(it, vault, [1], given)) == {1}


def left(engine: Engine, vault: Vault = BOTH) -> rotation.Left:
    return transact(engine, lambda connection: rotation.left(connection, vault))


def test_everything_opens_and_is_found_before_meanwhile_and_after(company: Runtime) -> None:
    before = read(company, FORMER)
    assert before[:3] == ((NUMBER, "山田 花子"), [1], [1])
    assert before[3] == [HANAKO] * len(before[3]) != []

    assert read(company, BOTH) == before
    assert read(company, Vault(OLD, NEW)) == before
    assert rotation.rotate(company.engine, BOTH) == 1
    assert read(company, BOTH) == before
    assert read(company, LATTER) == before
    assert list(left(company.engine).sealed) == []
    with pytest.raises(SettingError, match="SECRET_KEY is wrong"):
        read(company, FORMER)


def test_a_dump_shows_ciphertext(company: Runtime) -> None:
    def dumped() -> str:
        with company.engine.connect() as connection:
            tables = (accounts, name_terms, identity_answers, consent_evidence, consent_chain)
            rows = [row for table in tables for row in connection.execute(select(table))]
        return str([{**row._mapping, "number": ""} for row in rows])

    for _ in range(2):
        shown = dumped()
        for secret in ("花子", NUMBER, "1980-01-05", "はい", HANAKO, OLD, NEW, FORMER.seal_key):
            assert secret not in shown
        rotation.rotate(company.engine, BOTH)
    assert dumped() == shown


def test_entries_of_the_ledger_outlive_the_key_and_never_change(company: Runtime) -> None:
    def evidence() -> dict[str, str]:
        with company.engine.connect() as connection:
            kept = select(consent_evidence.c.hash, consent_evidence.c.sealed)
            return {row.hash: row.sealed for row in connection.execute(kept)}

    before = evidence()
    rotation.rotate(company.engine, BOTH)
    assert evidence() == before
    assert sum(map(FORMER.sealed_now, before.values())) == 1

    later = Entry(1, Consent.REFUSED, Method.PAPER, "form", "staff:sato", evidence={"name": "花子"})
    transact(company.engine, lambda connection: ledger.append(connection, LATTER, [later]))

    def look(connection: Connection) -> None:
        wanted = proof.bundle(connection, LATTER, company.settings, Wanted(HANAKO))
        assert wanted["entries"][-1]["evidence"] == {"name": "花子"}
        assert audit.verify(connection).broken is None

    transact(company.engine, look)
    (new,) = (sealed for key, sealed in evidence().items() if key not in before)
    assert not any(vault.sealed_now(new) for vault in (FORMER, LATTER))


def test_an_answer_is_right_under_both_keys_and_kept_with_the_new_one(company: Runtime) -> None:
    rotation.rotate(company.engine, BOTH)
    assert left(company.engine).answers == 1
    assert not proves(company, BOTH, WRONG)
    assert not proves(company, LATTER, BIRTH_DATE)

    assert proves(company, BOTH, BIRTH_DATE)

    assert left(company.engine).answers == 0
    assert proves(company, LATTER, BIRTH_DATE)
    assert not proves(company, LATTER, WRONG)


def test_a_rotation_that_broke_off_goes_on_beside_an_import(engine: Engine) -> None:
    numbers = [str(20_000_000 + number) for number in range(resealing.BATCH * 2 + 1)]
    debts.import_file(engine, FORMER, file_of(*numbers))
    transact(engine, lambda connection: resealing.reseal(connection, BOTH))
    assert left(engine).accounts == len(numbers) - resealing.BATCH

    removed = transact(engine, lambda it: debts.remove(it, BOTH, [numbers[-1]]))
    assert (removed.removed, removed.unknown) == (1, frozenset())
    imported = debts.import_file(engine, BOTH, file_of(*numbers, NUMBER))
    assert (imported.added, imported.changed, imported.unchanged) == (1, 1, len(numbers) - 1)
    assert rotation.rotate(engine, BOTH) == len(numbers) - resealing.BATCH

    assert rotation.rotate(engine, BOTH) == 0
    assert debts.import_file(engine, LATTER, file_of(*numbers, NUMBER)).unchanged == 202
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(accounts)) == 202


@on_sqlite
def test_a_statement_that_was_imported_is_known_under_every_key(company: Runtime) -> None:
    rows = [("+819000000002", Stated(("billing",), Basis.PAPER, date(2026, 4, 1)))]

    def known(vault: Vault) -> tuple[int, int]:
        source = imports.Source(OURS, "staff:sato")
        tally = imports.keep(company.engine, vault, company.settings, source, rows)
        return tally.recorded, tally.known

    def stated_by_api(vault: Vault) -> int:
        source = imports.Source(OURS, "staff:sato")
        settings = company.settings
        kept = transact(
            company.engine, lambda it: imports.keep_in(it, vault, settings, source, rows)
        )
        return kept.known

    assert known(FORMER) == (1, 0)
    assert stated_by_api(BOTH) == 1
    assert known(BOTH) == (0, 1)
    rotation.rotate(company.engine, BOTH)
    assert known(LATTER) == (0, 1)


@on_sqlite
def test_staff_and_programs_get_in_under_both_keys(working: Working) -> None:
    first, engine = working.employs("Hanako", Role.ADMINISTRATOR), working.runtime.engine
    secret = transact(
        engine, lambda it: api_keys.add(it, FORMER, "crm", ["192.0.2.0/24"], signed=True)
    )
    settings = load(environment={**ENVIRONMENT, "SECRET_KEY": NEW, "SECRET_KEY_BEFORE": OLD})
    both = Working.at(replace(working.runtime, vault=BOTH, settings=settings))

    carried = Browser(first.client, first.address)
    carried.client.application = both.browser().client.application
    assert carried.get("/console/conversations").status == 200
    assert secret in api_keys.secrets_of(BOTH, fingerprint_of(engine))
    for ahead in (0, 1):
        browser = both.browser()
        browser.sign_in("hanako@example.com").follow()
        browser.post("/console/sign-in/code", code=first.recovery_codes[ahead])
        assert browser.get("/console/conversations").status == 200
        rotation.rotate(engine, BOTH)
    after = left(engine)
    assert (after.second_factors, after.signed_keys, after.recovery_codes) == (0, 1, 1)

    latter = Working.at(replace(both.runtime, vault=LATTER))
    browser = latter.browser()
    browser.sign_in("hanako@example.com").follow()
    old = browser.post("/console/sign-in/code", code=first.recovery_codes[2])
    assert old.status == 422
    browser.post("/console/sign-in/code", code=code_of(first.key, ahead=1))
    assert browser.get("/console/conversations").status == 200
    with latter.console.app_context():
        recovery.renew(latter.runtime, 1)
    assert left(engine).recovery_codes == 0


@on_sqlite
def test_a_request_of_the_api_is_known_again_under_both_keys(engine: Engine) -> None:
    def ask(vault: Vault, body: bytes) -> bool:
        request = repeats.fingerprints(vault, "POST", "/stops", body)
        work = repeats.Answered(200, {})
        return transact(
            engine, lambda it: repeats.once(it, 1, "one of ours", request, lambda: work).again
        )

    transact(engine, lambda it: api_keys.add(it, FORMER, "crm", ["192.0.2.0/24"]))
    assert not ask(FORMER, b"{}")
    assert ask(BOTH, b"{}")
    with pytest.raises(Refusal):
        ask(BOTH, b"[]")


def fingerprint_of(engine: Engine) -> str:
    with engine.connect() as connection:
        return str(connection.execute(select(tables.api_keys.c.fingerprint)).scalar_one())


@on_sqlite
def test_the_command_seals_anew_and_the_doctor_tells_what_is_left(
    company: Runtime, environment: dict[str, str]
) -> None:
    both = {**environment, "SECRET_KEY": NEW, "SECRET_KEY_BEFORE": OLD}

    def told(environment: dict[str, str]) -> list[str]:
        lines = henji("doctor", environment=environment).out.splitlines()
        return [line[3:] for line in lines if "SECRET_KEY" in line]

    assert henji("keys", "rotate", environment=environment).err == (
        "henji: SECRET_KEY_BEFORE is missing: it must be the SECRET_KEY until now, of at least 16"
        " characters, while it is being changed (empty: it is not).\n"
    )
    assert told({**environment, "SECRET_KEY": NEW})[0].startswith("SECRET_KEY is wrong")
    assert told(both)[1:] == [
        "Sealed with SECRET_KEY_BEFORE: accounts: 1; the keys of the ledger."
        " Run henji keys rotate.",
        ANSWERS,
    ]

    ended = henji("keys", "rotate", environment=both)

    assert (ended.status, ended.out) == (
        0,
        f"The ledger's keys and 1 account are sealed with SECRET_KEY.\n{ANSWERS}\n",
    )
    assert told(both)[1:] == [ANSWERS]
    assert proves(company, BOTH, BIRTH_DATE)
    assert told(both)[1:] == ["Nothing needs SECRET_KEY_BEFORE any more: remove it, and restart."]
    assert told({**environment, "SECRET_KEY": NEW}) == ["SECRET_KEY opens the stored accounts."]
    assert told(environment)[0].startswith("SECRET_KEY is wrong")
