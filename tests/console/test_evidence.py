"""Auditors open the evidence of consent and take the proof along; others see that there is one."""

import io
import json
import zipfile

import pytest
from sqlalchemy import insert

from bot.compliance import ledger
from bot.compliance.ledger import Entry, Method
from bot.dialogue.effects import Consent
from bot.staff import departments
from bot.staff.roles import WORKING, Role
from bot.store.tables import senders
from tests.console.working import Working
from tests.people import Texting

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

HANAKO = "+819000000001"
ONE = "/console/conversations/1"
SCAN = "5e" * 32
PAPER = {
    "number": HANAKO,
    "name": "山田 花子",
    "shown": "料金のお知らせをSMSで受け取ります。",
    "ip": "198.51.100.7",
    "file_sha256": SCAN,
    "note": "<script>alert(1)</script>",
}
MAY = (Role.ADMINISTRATOR, Role.AUDITOR)


@pytest.fixture
def agreed(working: Working, texting: Texting) -> Working:
    """Hanako agreed by SMS and on paper."""
    texting.says(HANAKO, "はい")
    texting.says(HANAKO, "はい")
    paper = Entry(
        1, Consent.GRANTED, Method.PAPER, "form", "staff:sato", conversation_id=1, evidence=PAPER
    )
    with working.runtime.engine.begin() as connection:
        ledger.append(connection, working.runtime.vault, [paper])
    return working


@pytest.mark.parametrize("role", sorted(WORKING))
def test_every_role_sees_that_there_is_evidence_and_two_of_them_what_it_is(
    agreed: Working, role: Role
) -> None:
    browser = agreed.employs("Jiro", role)
    beside = browser.get(ONE).page
    assert ("See the evidence" in beside, "Evidence is kept sealed" in beside) == (
        role in MAY,
        role not in MAY,
    )
    assert not [value for value in PAPER.values() if value in beside]

    page = browser.get(f"{ONE}/evidence")
    taken = browser.get(ONE).post(f"{ONE}/proof")

    acts = [(act.act, act.actor, act.conversation_id) for act in agreed.acts()]
    if role not in MAY:
        assert (page.status, taken.status) == (403, 403)
        assert not [act for act in acts if act[0] in {"evidence_view", "proof_export"}]
    else:
        assert acts[-2:] == [("evidence_view", "staff:Jiro", 1), ("proof_export", "staff:Jiro", 1)]


def test_an_auditor_reads_the_evidence_of_each_step(agreed: Working) -> None:
    browser = agreed.employs("Aiko", Role.AUDITOR).get(f"{ONE}/evidence")

    for shown in (HANAKO, "山田 花子", PAPER["shown"], "198.51.100.7", SCAN, "はい"):
        assert shown in browser.page
    assert "<script>alert(1)" not in browser.answer.get_data(as_text=True)
    assert browser.answer.headers["Cache-Control"] == "no-store"


def test_the_bundle_is_what_the_command_writes(agreed: Working) -> None:
    browser = agreed.employs("Aiko", Role.AUDITOR).get(f"{ONE}/evidence").post(f"{ONE}/proof")

    with zipfile.ZipFile(io.BytesIO(browser.answer.get_data())) as archive:
        made = json.loads(archive.read("proof.json"))
        printed = archive.read("proof.html").decode()
    assert made["chain"]["broken"] is None
    assert made["entries"][-1]["evidence"] == PAPER
    assert "山田 花子" in printed
    assert "Record of consent" in printed


def test_an_auditor_of_a_department_opens_what_its_senders_heard(agreed: Working) -> None:
    with agreed.runtime.engine.begin() as connection:
        connection.execute(insert(senders).values(number="+815000000002"))
        for name, sender_id in (("請求", 1), ("営業", 2)):
            made = departments.add(connection, name)
            departments.change(connection, made, name, [sender_id])
        note = Entry(1, Consent.STOPPED, Method.STORE, "a stop", "x", evidence={"note": "内密"})
        ledger.append(connection, agreed.runtime.vault, [note])

    kept_out = agreed.employs("Eri", Role.AUDITOR, department_id=2)
    assert kept_out.get(f"{ONE}/evidence").status == 404
    assert not [act for act in agreed.acts() if act.act == "evidence_view"]
    page = agreed.employs("Hana", Role.AUDITOR, department_id=1).get(f"{ONE}/evidence").page
    assert (SCAN in page, "内密" in page) == (True, False)
    whole = agreed.employs("Aiko", Role.AUDITOR).get(f"{ONE}/evidence").page
    assert (SCAN in whole, "内密" in whole) == (True, True)
