"""`henji consent`: the chain is checked and proved from the command line."""

import hashlib
import json
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import insert

from bot.compliance import ledger
from bot.compliance.ledger import Entry, Method
from bot.dialogue.effects import Consent
from bot.store.tables import consent_pushes
from bot.text.format import TOKYO
from tests.cli.commands import henji
from tests.compliance.test_ledger import by_force
from tests.people import Texting
from tests.server import says_json, serving

MARKUP = "<script>alert(1)</script>"
HANAKO = "+819000000001"
TARO = "+819000000002"


@pytest.fixture
def history(texting: Texting) -> Texting:
    """Somebody who started, stopped, started again, and has markup for a name."""
    for words in ("はい", "はい", "配信停止", "START"):
        texting.says(HANAKO, words)
    form = Entry(1, Consent.ASKED, Method.WEB, "form", "person", evidence={"name": MARKUP})
    with texting.runtime.engine.begin() as connection:
        ledger.append(connection, texting.runtime.vault, [form])
    return texting


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "Give --number, or --from and --to"),
        (["--number", "letters"], "--number is not a telephone number"),
        (["--from", "yesterday"], "does not match the format"),
    ],
)
def test_an_export_of_nobody_was_called_wrongly(
    environment: dict[str, str], arguments: list[str], complaint: str
) -> None:
    ended = henji("consent", "export", *arguments, environment=environment)

    assert ended.status == 2
    assert complaint in ended.err


def test_a_flipped_byte_is_found_and_named(history: Texting, environment: dict[str, str]) -> None:
    assert henji("consent", "verify", environment=environment).out.startswith("The chain holds: 5")
    by_force(history.runtime.engine, "UPDATE consent_events SET rule = 'x' WHERE id = 3")
    ended = henji("consent", "verify", environment=environment)

    assert (ended.status, ended.out) == (1, "")
    assert ended.err == "henji: entry 3 is broken: it was changed\n"


def test_an_export_proves_one_persons_history(
    history: Texting, environment: dict[str, str], tmp_path: Path
) -> None:
    ended = henji(
        "consent", "export", "--number", "０９０-0000-0001", "--into", str(tmp_path / "out"),
        environment=environment,
    )  # fmt: skip
    proof = json.loads((tmp_path / "out" / "proof.json").read_text("utf-8"))
    page = (tmp_path / "out" / "proof.html").read_text("utf-8")

    assert (ended.status, ended.err) == (0, "")
    assert [one["consent"] for one in proof["entries"]] == [
        "asked", "granted", "stopped", "granted", "asked",
    ]  # fmt: skip
    assert {one["number"] for one in proof["entries"]} == {HANAKO}
    assert proof["entries"][2]["evidence"]["text"] == "配信停止"
    assert proof["chain"]["broken"] is None
    for one in proof["entries"]:
        assert hashlib.sha256(one["canonical"].encode()).hexdigest() == one["hash"]
    assert "配信停止" in page
    assert TARO not in page


def test_the_page_reads_in_words_and_by_the_clock_of_japan(
    history: Texting, environment: dict[str, str], tmp_path: Path
) -> None:
    arguments = ("--number", HANAKO, "--into", str(tmp_path))
    henji("consent", "export", *arguments, environment=environment)
    page = (tmp_path / "proof.html").read_text("utf-8")
    at = json.loads((tmp_path / "proof.json").read_text("utf-8"))["entries"][0]["created_at"]

    written = datetime.fromisoformat(at).astimezone(TOKYO)
    shown = (
        "日時（日本時間）",
        "ご本人",
        "受信した本文",
        "すべてのご案内",
        "停止の範囲: すべての番号",
    )
    for words in (f"{written:%Y-%m-%d %H:%M:%S}", "お支払いのご案内", "SMS", *shown):
        assert words in page
    for raw in (at, "script_key", "(person)", "text:", "number:"):
        assert raw not in page


def test_an_export_of_a_period_escapes_what_people_wrote(
    history: Texting, environment: dict[str, str], tmp_path: Path
) -> None:
    arguments = ("--from", "2020-01-01", "--to", "2999-12-31", "--lang", "en")
    henji("consent", "export", *arguments, "--into", str(tmp_path), environment=environment)
    page = (tmp_path / "proof.html").read_text("utf-8")

    assert "Record of consent" in page
    assert "&lt;script&gt;" in page
    assert "<script" not in page


def test_an_export_of_somebody_unknown_is_empty(
    environment: dict[str, str], tmp_path: Path, engine: object
) -> None:
    arguments = ("--number", TARO, "--into", str(tmp_path))
    ended = henji("consent", "export", *arguments, environment=environment)

    assert ended.out.startswith("0 entries")
    assert "該当する記録はありません" in (tmp_path / "proof.html").read_text("utf-8")


def test_drift_names_what_the_provider_was_not_told(
    history: Texting, environment: dict[str, str]
) -> None:
    with serving(says_json({"messages": []})) as twilio:
        environment["TWILIO_API_BASE"] = twilio.base
        assert henji("consent", "drift", environment=environment).out == "0 differences.\n"
        with history.runtime.engine.begin() as connection:
            row = {"conversation_id": 1, "status": "opt-out", "correlation": "ab" * 16}
            connection.execute(insert(consent_pushes).values(row))
        ended = henji("consent", "drift", "--days", "3", environment=environment)

    assert (ended.status, ended.out) == (1, "1 difference.\n")
    assert ended.err == "henji: +8190****0001: the provider has not taken our opt-out (pending)\n"
