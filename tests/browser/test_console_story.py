"""A whole day in the console, walked in both languages: from the sign-in with an authenticator app
to the audit log that tells of all of it."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bot.staff import invitations, members
from bot.staff.members import Details
from bot.staff.roles import Role
from bot.store.session import opened as opened_database
from bot.text.language import Language
from console.screens import say
from tests.browser.browsing import DESKTOP, Screen
from tests.browser.console import ENGLISH, JAPANESE, PHONE, Words, check, window
from tests.console.working import PASSWORD, code_of
from tests.e2e.demo import Demo

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

# The navigation, where everything in it has room.
ONE_LINE_PX = 70
ACTS = (
    "sign_in",
    "take_over",
    "send",
    "hand_back",
    "unmask",
    "export_ask",
    "export_approve",
    "export",
    "record_export",
)


@dataclass(frozen=True)
class Administrator:
    """Somebody with an authenticator app: its key, and the session in which it was set up."""

    email: str
    key: str
    session: Any


def told(words: Words, key: str, **values: object) -> str:
    """What the console says in a language."""
    return say(Language(words.code), key, **values)


@pytest.fixture(scope="module")
def administrators(chrome: "Browser", demo: Demo, pages: str) -> Mapping[str, Administrator]:
    """One for each language, by its code; each has set up the app."""
    return {words.code: _set_up(chrome, demo, pages, words) for words in (JAPANESE, ENGLISH)}


def _set_up(chrome: "Browser", demo: Demo, pages: str, words: Words) -> Administrator:
    email = f"{words.code}@example.com"
    details = Details(f"Chief {words.code}", email, Role.ADMINISTRATOR, None, Language(words.code))
    with opened_database(demo.database_url()) as engine, engine.begin() as connection:
        member_id = members.add(connection, details)
        path = invitations.path(invitations.invite(connection, member_id))
    with window(chrome, DESKTOP, words) as page:
        page.goto(f"{pages}{path}")
        page.fill("#password", PASSWORD)
        page.click("main button")
        _enter_password(page, email)
        key = page.inner_text("#key")
        page.fill("#code", code_of(key))
        page.click("main button")
        page.wait_for_selector("#recovery-codes")
        return Administrator(email, key, page.context.storage_state())


def _enter_password(page: "Page", email: str) -> None:
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    page.click("main button")


@pytest.mark.parametrize(
    ("words", "screen", "number"),
    [(JAPANESE, DESKTOP, "+819000000001"), (ENGLISH, PHONE, "+819000000004")],
    ids=["Japanese desktop", "English phone"],
)
def test_a_day_from_the_sign_in_to_the_audit_log(
    chrome: "Browser",
    demo: Demo,
    pages: str,
    administrators: Mapping[str, Administrator],
    words: Words,
    screen: Screen,
    number: str,
    tmp_path: Path,
) -> None:
    me = administrators[words.code]
    other = administrators["en" if words is JAPANESE else "ja"]
    with window(chrome, screen, words) as page:
        day = Day(page, demo, pages, words, number)
        day.sign_in_with_the_app(me)
        day.watch_a_text_arrive_and_read_why()
        day.take_over_reply_and_hand_back()
        day.search_and_filter()
        day.unmask_with_a_reason()
        day.change_a_canned_reply()
        day.ask_for_an_export()
        with window(chrome, DESKTOP, words, other.session) as second:
            approve(second, pages)
        day.take_the_export(tmp_path)
        day.take_the_record()
        day.find_all_of_it_in_the_audit_log()
        day.look_at_what_administrators_arrange()


@dataclass(frozen=True)
class Day:
    """What an administrator does in a window, one thing after another."""

    page: "Page"
    demo: Demo
    pages: str
    words: Words
    number: str

    def sign_in_with_the_app(self, me: Administrator) -> None:
        self.page.goto(f"{self.pages}/console/sign-in?lang={self.words.code}")
        _enter_password(self.page, me.email)
        self.page.fill("#code", code_of(me.key, ahead=1))
        self._look("day-code")
        self.page.click("main button")
        self.page.wait_for_url("**/console/conversations")
        self.page.goto(f"{self.pages}/console/conversations")
        self.page.locator(".live", has_text=self.words.live).wait_for()

    def watch_a_text_arrive_and_read_why(self) -> None:
        self.demo.handset().phone(self.number).text("残高")
        self._line().wait_for()
        self._look("day-list")
        self._line().click()
        theirs = self.page.locator(".bubble.theirs", has_text="残高").last
        theirs.locator("summary").click()
        theirs.get_by_text(told(self.words, "why_understood")).wait_for()
        ours = self.page.locator(".bubble.ours").last
        ours.locator("summary").click()
        ours.get_by_text(told(self.words, "verdict"), exact=True).wait_for()
        self._look("day-why")

    def take_over_reply_and_hand_back(self) -> None:
        self.page.get_by_role("button", name=self.words.take).click()
        self.page.fill("#text", "担当です")
        self.page.keyboard.press("Control+Enter")
        self.page.locator(".bubble.ours", has_text="担当です").wait_for()
        self.page.get_by_role("button", name=self.words.hand_back).click()
        self.page.get_by_role("button", name=self.words.take).wait_for()

    def search_and_filter(self) -> None:
        self.page.goto(f"{self.pages}/console/conversations")
        self.page.keyboard.press("/")
        self.page.keyboard.type("残高")
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**words=*")
        self._line().wait_for()
        self.page.locator("summary", has_text=told(self.words, "filters")).click()
        self.page.select_option("#language", "ja")
        self.page.get_by_role("button", name=told(self.words, "apply")).click()
        self.page.wait_for_url("**language=ja*")
        self._line().wait_for()
        self._look("day-filtered")

    def unmask_with_a_reason(self) -> None:
        self._line().click()
        self.page.locator("summary", has_text=told(self.words, "unmask")).click()
        form = self.page.locator("form[hx-target='#number']")
        form.locator("[name=reason]").fill("   ")
        form.locator("button").click()
        self.page.locator(
            "#no-reason", has_text=told(self.words, "act_refused_no_reason")
        ).wait_for()
        form.locator("[name=reason]").fill("call back")
        form.locator("button").click()
        self.page.locator("[data-unmasked]").wait_for()
        assert self.page.inner_text("#no-reason") == ""

    def change_a_canned_reply(self) -> None:
        self.page.goto(f"{self.pages}/console/canned-replies")
        for text in ("ありがとうございます。", "ありがとうございました。"):
            self.page.fill("#title", "お礼")
            self.page.fill("#body", text)
            self.page.locator("main form.card button").click()
            self.page.locator(".alert-success").wait_for()
            self.page.get_by_role("link", name=told(self.words, "canned_change")).first.click()
            self.page.wait_for_url("**change=*")
            assert self.page.input_value("#body") == text
        self._look("day-canned")

    def ask_for_an_export(self) -> None:
        self.page.goto(f"{self.pages}/console/conversations?words=残高&language=ja")
        self.page.get_by_role("link", name=told(self.words, "export_link")).click()
        self.page.fill("#reason", "monthly report")
        self._look("day-export-new")
        self.page.locator("main form button").click()
        self.page.wait_for_url("**/console/exports")
        self.page.get_by_text(told(self.words, "export_waits")).last.wait_for()
        self._look("day-export-waits")

    def take_the_export(self, folder: Path) -> None:
        self.page.goto(f"{self.pages}/console/exports")
        self._look("day-export-open")
        with self.page.expect_download() as download:
            self.page.get_by_role("button", name=told(self.words, "export_take")).first.click()
        file = folder / "export.csv"
        download.value.save_as(file)
        with file.open(encoding="utf-8-sig", newline="") as lines:
            numbers = {row[told(self.words, "column_number")] for row in csv.DictReader(lines)}
        assert f"090-****-{self.number[-4:]}" in numbers

    def take_the_record(self) -> None:
        self.page.goto(f"{self.pages}/console/conversations?words=残高&language=ja")
        self._line().click()
        self.page.locator("summary", has_text=told(self.words, "record")).click()
        form = self.page.locator("form[action$='/record']")
        form.locator("[name=reason]").fill("asked by the person")
        form.locator("button").first.click()
        self.page.locator("td", has_text=told(self.words, "record_taken")).first.wait_for()
        self._look("day-record")

    def find_all_of_it_in_the_audit_log(self) -> None:
        self.page.goto(f"{self.pages}/console/audit")
        for act in ACTS:
            cell = self.page.get_by_role("cell", name=told(self.words, f"act_{act}"), exact=True)
            cell.first.wait_for()
        self._look("day-audit")

    def look_at_what_administrators_arrange(self) -> None:
        for path in ("staff", "staff/new", "staff/rules", "departments", "account"):
            self.page.goto(f"{self.pages}/console/{path}")
            self._look(f"day-{path.replace('/', '-')}")

    def _line(self) -> Any:
        return self.page.locator(".line", has_text=f"-{self.number[-4:]}").first

    def _look(self, name: str) -> None:
        check(self.page, f"{name}-{self.words.code}")


def approve(page: "Page", pages: str) -> None:
    """A second administrator allows what the first asked for."""
    page.goto(f"{pages}/console/exports")
    page.locator("nav .badge").first.wait_for()
    assert page.locator("nav.navbar").evaluate("nav => nav.clientHeight") < ONE_LINE_PX
    check(page, f"day-export-decide-{page.locator('html').get_attribute('lang')}")
    page.locator("form[action$='/approve'] button").first.click()
    page.locator(".alert-success").wait_for()
