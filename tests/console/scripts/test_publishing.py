"""Words are reviewed, published, planned and taken back in the console."""

import re
from dataclasses import replace

import pytest

from bot.runtime import Runtime
from bot.scripts import script
from bot.setting_types import Review
from tests.console.scripts.desk import HELP, SHORT, Desk
from tests.console.working import Browser, Working
from tests.scripts.publishing import JA

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
OTHER = "【{brand}】別の案内。停止は「配信停止」へ。"
_MARK = re.compile(r'name="mark" value="(\w+)"')


class Publishing:
    """An editor with a draft, and a colleague."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.colleague = desk, Desk(desk.working, "Suzuki")
        desk.opens()
        desk.saves(text_ja=SHORT)
        self.draft_id = desk.draft().id
        self.path = f"/console/scripts/drafts/{self.draft_id}"

    def asks(self, **form: str) -> Browser:
        browser = self.desk.browser.get(self.path)
        return browser.post(f"{self.path}/ask", reason="to be shorter", **form)

    def colleague_sees(self) -> dict[str, str]:
        """The colleague opens the draft; what its form says of the words on the page."""
        page = self.colleague.browser.get(self.path).page
        return {"mark": found[1] if (found := _MARK.search(page)) else ""}

    def colleague_does(self, act: str, **form: str) -> Browser:
        seen = self.colleague_sees()
        return self.colleague.browser.post(f"{self.path}/{act}", **seen, **form)

    def in_force(self) -> str:
        runtime = self.desk.working.runtime
        return runtime.shelf.look(runtime.engine).scripts["common.help", JA].text


@pytest.fixture
def publishing(desk: Desk) -> Publishing:
    return Publishing(desk)


def test_a_second_person_approves_and_publishes_and_takes_it_back(publishing: Publishing) -> None:
    before = publishing.in_force()
    own = publishing.asks().follow().post(f"{publishing.path}/approve")
    assert own.status == 409
    assert "a second person must look at it" in own.page
    assert publishing.colleague_does("publish").status == 409
    assert publishing.colleague_does("approve").status == 303
    published = publishing.colleague_does("publish")
    assert published.status == 303, published.page
    assert publishing.in_force() == SHORT
    page = published.follow()
    for told in ("Sato", "Suzuki", "to be shorter", "<del>", "common.help"):
        assert told in page.page
    assert page.post("/console/scripts/publications/1/take-back", reason="").status == 409
    back = page.post("/console/scripts/publications/1/take-back", reason="people missed the rest")
    assert "Rolls 1 back" in back.follow().page
    assert publishing.in_force() == before
    acts = [(row.actor, row.act) for row in publishing.desk.working.acts()]
    for act in ("scripts_approve", "scripts_publish", "scripts_take_back"):
        assert ("staff:Suzuki", act) in acts


@pytest.mark.parametrize("act", ["approve", "send-back"])
def test_words_that_changed_since_they_were_shown_are_not_reviewed(
    publishing: Publishing, act: str
) -> None:
    publishing.asks()
    old = publishing.colleague_sees()
    publishing.desk.opens()
    publishing.desk.browser.get(f"{HELP}?draft={publishing.draft_id}")
    publishing.desk.saves(text_ja=OTHER)
    publishing.asks()
    colleague = publishing.colleague.browser
    refused = colleague.post(f"{publishing.path}/{act}", note="fine", **old)

    assert refused.status == 409
    assert "was changed meanwhile: look at it again" in refused.page
    assert "別の案内" in refused.page
    assert "Waiting for a review" in refused.page
    assert publishing.colleague_does(act, note="fine").status == 303


def test_words_that_changed_since_they_were_shown_are_not_published(
    publishing: Publishing,
) -> None:
    publishing.asks()
    publishing.colleague_does("approve")
    old = publishing.colleague_sees()
    publishing.desk.browser.get(f"{HELP}?draft={publishing.draft_id}")
    publishing.desk.saves(text_ja=OTHER)
    publishing.asks()
    page = publishing.colleague_does("approve").follow()
    refused = page.post(f"{publishing.path}/publish", **old)

    assert refused.status == 409
    assert "was changed meanwhile" in refused.page
    assert publishing.colleague_does("publish").status == 303


def test_a_reason_that_is_missing_can_be_given_without_changing_the_words(
    publishing: Publishing,
) -> None:
    publishing.desk.opens()
    publishing.desk.saves(text_ja="【{brand}】至急ご確認ください。停止は「配信停止」へ。")
    publishing.asks()
    publishing.colleague_does("approve")
    assert publishing.colleague_does("publish").status == 409

    page = publishing.desk.browser.get(publishing.path).page
    assert 'name="accept_threat"' in page
    assert publishing.asks(accept_threat="the city calls it so").status == 303
    assert 'name="accept_threat"' not in publishing.desk.browser.get(publishing.path).page
    publishing.colleague_does("approve")
    assert publishing.colleague_does("publish").status == 303


def test_a_draft_is_sent_back_with_a_note(publishing: Publishing) -> None:
    publishing.asks()
    assert publishing.colleague_does("send-back").status == 409
    assert publishing.colleague_does("send-back", note="the way to pay is missing").status == 303
    page = publishing.desk.browser.get(publishing.path).page
    assert "the way to pay is missing" in page
    assert "Being written" in page


def test_a_warning_wants_its_reason(publishing: Publishing) -> None:
    desk = publishing.desk
    desk.opens()
    desk.saves(text_ja="【{brand}】至急ご確認ください。停止は「配信停止」へ。")
    publishing.asks()
    publishing.colleague_does("approve")
    refused = publishing.colleague_does("publish")
    assert refused.status == 409
    assert "say why the warning “Wording” may stand" in refused.page

    desk.browser.get(publishing.path)
    desk.opens()
    desk.saves(note_ja="once more")
    publishing.asks(accept_threat="the city calls it so")
    publishing.colleague_does("approve")
    assert publishing.colleague_does("publish").status == 303


def test_a_publication_waits_for_its_time_in_japan_and_is_called_off(
    publishing: Publishing,
) -> None:
    before = publishing.in_force()
    publishing.asks()
    publishing.colleague_does("approve")
    for wrong in ("tomorrow", "0001-01-01T00:00", "2026-13-01T09:00"):
        assert publishing.colleague_does("publish", at=wrong).status == 422
    assert publishing.colleague_does("publish", at="2020-01-01T09:00").status == 409
    timed = publishing.colleague_does("publish", at="2099-01-01T09:00").follow()
    assert "Jan 1, 2099 09:00" in timed.page
    assert publishing.in_force() == before
    assert "Jan 1, 2099" in timed.get("/console/scripts/drafts").page
    timed.get("/console/scripts/publications/1")
    timed.post("/console/scripts/publications/1/cancel").follow()
    assert "Called off" in timed.page


def test_a_message_leads_to_the_version_that_it_was_made_from(publishing: Publishing) -> None:
    publishing.asks()
    publishing.colleague_does("approve")
    publishing.colleague_does("publish")
    browser, revision = publishing.desk.browser, script.revision(SHORT)
    page = browser.get(f"{HELP}/versions?revision={revision}").page

    assert 'class="version wanted"' in page
    assert "Publication 1" in page
    assert "abc" in browser.get(f"{HELP}/versions?revision=abc").page
    assert browser.get("/console/scripts/common.helpp/versions").status == 404


def test_a_company_may_spare_the_second_person(runtime: Runtime) -> None:
    alone = runtime.settings.model_copy(update={"HENJI_SCRIPTS_REVIEW": Review.OFF})
    desk = Desk(Working.at(replace(runtime, settings=alone)))
    desk.opens()
    desk.saves(text_ja=SHORT)
    path = f"/console/scripts/drafts/{desk.draft().id}"
    page = desk.browser.get(path).post(f"{path}/ask", reason="to be shorter").follow()
    found = _MARK.search(page.page)
    assert found
    assert page.post(f"{path}/publish", mark=found[1]).status == 303

    done = page.get(path).page
    assert "Published" in done
    assert "<ins>" in done or "<del>" in done
    assert "Merge both changes" not in done
