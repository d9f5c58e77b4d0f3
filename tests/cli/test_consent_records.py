"""`henji consent record`, `stop` and `show`: what staff may do, and what a person's word undoes."""

import hashlib
import json
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.commands.consent_records import METHODS
from bot.compliance.ledger import ELSEWHERE
from bot.store.tables import consent_events, contacts, opt_outs
from tests.cli.commands import NO_DATABASE, Ended, henji
from tests.messaging.campaign import people, queue
from tests.people import Texting

HANAKO = "+819000000001"
WRITTEN = "０９０-0000-0001"
BILLING = ("--purposes", "billing", "--method", "verbal", "--by", "sato")


def consent(environment: dict[str, str], *arguments: str) -> Ended:
    return henji("consent", *arguments, environment=environment)


def entries(texting: Texting) -> list[tuple[str, str | None, str, str]]:
    with texting.runtime.engine.begin() as connection:
        rows = connection.execute(select(consent_events).order_by(consent_events.c.id)).all()
    return [(row.consent, row.purpose, row.method, row.actor) for row in rows]


WRONG = [
    (["record", "letters", *BILLING], "NUMBER is not a telephone number"),
    (["record", WRITTEN, "--purposes", "billing", "--by", "sato"], "Missing option '--method'"),
    (["record", WRITTEN, "--purposes", "billing", "--method", "sms", "--by", "x"], "'sms' is not"),
    (["record", WRITTEN, "--method", "paper", "--by", "sato"], "Say with --purposes"),
    (["record", WRITTEN, "--purposes", "none", "--method", "paper", "--by", "s"], "--purposes"),
    (["record", WRITTEN, "--purposes", "gossip", "--method", "paper", "--by", "s"], "--purposes"),
    (["record", WRITTEN, "--purposes", "billing", "--method", "paper"], "Missing option '--by'"),
    (["record", WRITTEN, *BILLING, "--basis", "hearsay"], "'hearsay' is not one of"),
    (["record", WRITTEN, *BILLING, "--obtained-on", "2999-01-01"], "lies in the future"),
    (["record", WRITTEN, *BILLING, "--evidence-file", "nowhere.pdf"], "does not exist"),
    (["stop", WRITTEN, "--by", "sato"], "Missing option '--reason'"),
    (["stop", WRITTEN, "--reason", "asked"], "Missing option '--by'"),
    (["stop", WRITTEN, "--by", "sato", "--reason", " "], "--reason must be a sentence"),
    (["stop", WRITTEN, "--by", "sa\x07to", "--reason", "asked"], "--by must be a name"),
    (["stop", "123", "--by", "sato", "--reason", "asked"], "NUMBER is not a telephone number"),
    (["show", "+8190000000"], "NUMBER is not a telephone number"),
]


@pytest.mark.parametrize(("arguments", "complaint"), WRONG)
def test_a_wrong_call_comes_near_no_database(arguments: list[str], complaint: str) -> None:
    ended = consent(NO_DATABASE, *arguments)

    assert (ended.status, ended.out) == (2, "")
    assert complaint in ended.err
    assert ended.err.count("\n") == 1


def test_what_staff_hear_is_recorded_with_its_proof(
    environment: dict[str, str], texting: Texting, tmp_path: Path
) -> None:
    scan = tmp_path / "form.pdf"
    scan.write_bytes(b"signed")
    proof = ("--evidence-file", str(scan), "--evidence-kind", "deemed", "--note", "form 12")
    ended = consent(environment, "record", WRITTEN, *BILLING, "--basis", "store", *proof)

    assert (ended.status, ended.err) == (0, "")
    assert ended.out == "+8190****0001: billing granted.\n"
    assert entries(texting) == [("granted", "billing", "verbal", "staff:sato")]
    consent(environment, "export", "--number", WRITTEN, "--into", str(tmp_path), "--lang", "en")
    [entry] = json.loads((tmp_path / "proof.json").read_text("utf-8"))["entries"]
    assert entry["basis"] == "store"
    assert entry["evidence"]["note"] == "form 12"
    assert entry["evidence"]["file_sha256"] == hashlib.sha256(b"signed").hexdigest()
    assert entry["weak_evidence"]
    assert "weaker than an express yes" in (tmp_path / "proof.html").read_text("utf-8")


def test_a_refusal_is_recorded_and_an_earlier_yes_does_not_undo_it(
    environment: dict[str, str], texting: Texting
) -> None:
    assert consent(environment, "record", WRITTEN, *BILLING, "--refuse").status == 0
    earlier = consent(environment, "record", WRITTEN, *BILLING, "--obtained-on", "2026-04-01")
    assert (earlier.status, earlier.out) == (1, "")
    assert earlier.err.startswith("henji: They refused or stopped on that day or later")

    assert consent(environment, "record", WRITTEN, *BILLING).status == 0
    assert [step for step, *_ in entries(texting)] == ["refused", "granted"]


def test_staff_can_start_nothing_for_somebody_who_stopped(
    environment: dict[str, str], texting: Texting
) -> None:
    texting.says(HANAKO, "配信停止")
    ended = consent(environment, "record", WRITTEN, *BILLING)

    assert (ended.status, ended.out) == (1, "")
    assert ended.err.startswith("henji: They stopped messages, and only START from their own")
    assert entries(texting) == [("stopped", None, "sms", "person")]
    texting.says(HANAKO, "配信開始")
    assert consent(environment, "record", WRITTEN, *BILLING).status == 0


def test_a_stop_that_staff_hear_takes_back_what_waits(
    environment: dict[str, str], texting: Texting
) -> None:
    with texting.runtime.engine.begin() as connection:
        queue(connection, people(connection, [HANAKO])[0])
    ended = consent(environment, "stop", WRITTEN, "--by", "sato", "--reason", "asked by telephone")
    texting.sends()

    assert (ended.status, ended.err) == (0, "")
    assert ended.out == "+8190****0001: all messages stopped.\n"
    assert texting.new_keys() == []
    assert texting.says(HANAKO, "残高") == []
    assert entries(texting) == [("stopped", None, "verbal", "staff:sato")]


def test_one_purpose_is_stopped_for_a_number_never_heard_of(
    environment: dict[str, str], texting: Texting
) -> None:
    arguments = ("--purposes", "promotions", "--method", "paper", "--by", "sato", "--reason", "fax")

    assert consent(environment, "stop", WRITTEN, *arguments).status == 0
    assert texting.says(HANAKO, "ヘルプ") == ["common.help"]
    with texting.runtime.engine.begin() as connection:
        stop = connection.execute(select(opt_outs)).one()
    assert (stop.purpose, stop.method, stop.sender_id) == ("promotions", "paper", None)


def test_a_stop_without_a_sender_reaches_all_of_them_in_a_narrow_scope(
    environment: dict[str, str], texting: Texting
) -> None:
    narrow = {**environment, "HENJI_OPTOUT_SCOPE": "pair", "HENJI_LEGAL_NAME": "例示商会株式会社"}
    henji("senders", "add", "050-0000-0002", environment=narrow)
    assert consent(narrow, "stop", WRITTEN, "--by", "sato", "--reason", "asked").status == 0

    with texting.runtime.engine.begin() as connection:
        stops = connection.execute(select(opt_outs.c.sender_id).order_by(opt_outs.c.sender_id))
        assert list(stops.scalars()) == [1, 2]


def test_where_a_person_stands_is_told_with_the_why_and_no_whole_number(
    environment: dict[str, str], texting: Texting
) -> None:
    unknown = consent(environment, "show", WRITTEN).out
    assert unknown.splitlines()[1:] == [
        "  nothing is known: no consent, nothing unsolicited may be sent"
    ]
    consent(environment, "record", WRITTEN, *BILLING, "--basis", "ivr")
    texting.says(HANAKO, "来月末に払います")
    texting.says(HANAKO, "広告だけ停止")
    ended = consent(environment, "show", WRITTEN)
    lines = ended.out.splitlines()

    assert ended.status == 0
    assert lines[0] == "+8190****0001:"
    assert lines[1].startswith("  billing: granted since ")
    assert lines[1].endswith(
        "by verbal (recorded by staff: verbal; staff:sato), basis ivr, +815000000001"
    )
    assert lines[2].startswith("  promotions: stopped since ")
    assert lines[3].startswith("  stopped promotions from every sender since ")
    assert lines[4].startswith("  on hold: id:1  +8190****0001  promise  since ")
    assert HANAKO not in ended.out


def test_showing_a_number_writes_nothing(environment: dict[str, str], texting: Texting) -> None:
    consent(environment, "show", WRITTEN)

    with texting.runtime.engine.begin() as connection:
        assert connection.execute(select(contacts)).all() == []


def test_the_methods_of_the_command_are_those_of_the_ledger() -> None:
    assert METHODS == ELSEWHERE
