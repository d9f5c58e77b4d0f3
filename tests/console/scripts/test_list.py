"""The list of scripts: what is found in it, and who is offered what."""

import re

import pytest

from bot.staff.roles import Role
from tests.console.scripts.desk import HELP, SHORT, Desk
from tests.console.working import Working
from tests.scripts.publishing import EN, publish

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_all_scripts_are_found_by_flow_key_text_and_note(desk: Desk) -> None:
    everything = desk.browser.get("/console/scripts").page
    for words in ("balance.answer", "keywords.STOP", "停止", "opt_out_url"):
        assert words in everything or words.partition(".")[2] in everything
    keys = re.compile(r'href="/console/scripts/([a-z_]+\.[\w.]+)"')

    assert keys.findall(desk.browser.get("/console/scripts?words=not_understood_ag").page) == [
        "common.not_understood_again"
    ]
    assert "common.paused" in keys.findall(desk.browser.get("/console/scripts?words=一時休止").page)
    assert set(
        key.partition(".")[0]
        for key in keys.findall(desk.browser.get("/console/scripts?flow=balance").page)
    ) == {"balance"}
    assert keys.findall(desk.browser.get("/console/scripts?only=changed").page) == []


def test_what_is_changed_shows_in_the_list_as_a_draft_and_then_as_published(desk: Desk) -> None:
    desk.opens()
    desk.saves(text_ja=SHORT)
    changed = desk.browser.get("/console/scripts?only=changed").page
    assert "common.help" in changed
    assert "In your draft" in changed

    publish(desk.working.runtime, desk.draft().id)
    assert "Published change" in desk.browser.get("/console/scripts?only=changed").page


def test_who_only_reads_is_offered_no_act(working: Working, desk: Desk) -> None:
    desk.opens()
    desk.saves(text_ja=SHORT)
    publish(working.runtime, desk.draft().id)
    reader = working.employs("Ito", Role.AUDITOR)

    for path in ("common.help", "keywords.STOP", "drafts", "publications", "publications/1"):
        page = reader.get(f"/console/scripts/{path}").page
        assert reader.status == 200
        assert '<button class="btn btn-primary' not in page
        assert "Roll back" not in page
    assert reader.post(HELP, text_ja="x").status == 403


def test_words_that_a_country_has_of_its_own_are_found_under_their_own_key(desk: Desk) -> None:
    shipped = desk.working.runtime.edition.shipped.scripts["us.common.help", EN]
    found = desk.browser.get(f"{HELP}/versions?revision={shipped.revision}").follow()

    assert "Versions of us.common.help" in found.page
    assert "version wanted" in found.page
