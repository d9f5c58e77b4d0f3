"""An editor tries words out in a browser: a talk, the same on a draft, real texts, flows."""

from typing import TYPE_CHECKING

import pytest

from bot.scripts import drafts
from bot.scripts.edition import as_it_ships
from bot.scripts.shipped import LOCALES, load_all
from bot.staff import invitations, members
from bot.staff.members import Details
from bot.staff.roles import Role
from bot.store.session import opened as opened_database
from bot.text.language import Language
from tests.browser.browsing import DESKTOP, Screen
from tests.browser.console import ENGLISH, JAPANESE, PHONE, TABLET, Words, check, window
from tests.console.working import PASSWORD
from tests.e2e.demo import Demo

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

EMAIL, NAME = "editor@example.com", "Sato"
TARO = "+819000000002"


@pytest.fixture(scope="module")
def draft(demo: Demo) -> int:
    """Sato's draft, with which お会計 means PAY; somebody has texted just that."""
    demo.handset().phone(TARO).asks("お会計")
    edition = as_it_ships(load_all([LOCALES]))
    words = [*edition.keywords[Language.JA]["PAY"], "お会計"]
    with opened_database(demo.database_url()) as engine, engine.begin() as connection:
        changes = {("keywords.PAY", Language.JA): {"words": words}}
        return drafts.of_changes(connection, f"staff:{NAME}", changes, edition)


@pytest.fixture(scope="module")
def employed(chrome: "Browser", demo: Demo, pages: str) -> None:
    """Sato is an editor, and has chosen a password."""
    with opened_database(demo.database_url()) as engine, engine.begin() as connection:
        member = members.add(connection, Details(NAME, EMAIL, Role.EDITOR, None, Language.JA))
        path = invitations.path(invitations.invite(connection, member))
    with window(chrome, DESKTOP, JAPANESE) as page:
        page.goto(f"{pages}{path}")
        page.fill("#password", PASSWORD)
        page.click("main button")
        page.wait_for_url("**/sign-in")


@pytest.mark.parametrize(
    ("words", "screen"),
    [(JAPANESE, DESKTOP), (ENGLISH, PHONE), (JAPANESE, TABLET)],
    ids=["Japanese desktop", "English phone", "Japanese tablet in the dark"],
)
def test_an_editor_tries_words_before_anybody_gets_them(
    chrome: "Browser",
    pages: str,
    employed: None,
    draft: int,
    words: Words,
    screen: Screen,
) -> None:
    size = f"{words.code}-{screen.width}"
    with window(chrome, screen, words) as page:
        sign_in(page, pages, words)
        page.goto(f"{pages}/console/rehearsal")
        page.select_option("#who", "blunt")
        text_the_bot(page, "お会計", "common.not_understood")
        text_the_bot(page, "残高", "balance.ask_digits")
        page.select_option("#draft", str(draft))
        # The same said again, with the words of the draft.
        page.locator("#say button").click()
        page.locator(".tried", has_text="payment.").first.wait_for()
        check(page, f"simulator-{size}")
        page.fill("#name", size)
        page.locator("form", has=page.locator("#name")).locator("button").click()
        page.wait_for_url("**/rehearsal/talks")
        page.locator(".badge.text-bg-danger").wait_for()
        check(page, f"talks-{size}")
        page.locator("li", has_text=size).locator("form button").click()
        page.locator(".alert-success").wait_for()

        page.goto(f"{pages}/console/rehearsal/dry-run?draft={draft}")
        page.locator("td", has_text="お会計").wait_for()
        check(page, f"dry-run-{size}")
        page.goto(f"{pages}/console/rehearsal/replay?draft={draft}")
        page.locator("article del").first.wait_for()
        check(page, f"replay-{size}")
        page.goto(f"{pages}/console/rehearsal/flows/balance?state=ask_digits")
        page.locator("svg .current").wait_for()
        check(page, f"flow-{size}")
        page.goto(f"{pages}/console/rehearsal/gallery")
        check(page, f"gallery-{size}")


def sign_in(page: "Page", pages: str, words: Words) -> None:
    """Sign in as Sato, in a language."""
    page.goto(f"{pages}/console/sign-in?lang={words.code}")
    page.fill("#email", EMAIL)
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.wait_for_url("**/console/dashboard")
    page.goto(f"{pages}/console/account")
    page.select_option("select[name=language]", words.code)
    page.locator("form", has=page.locator("select[name=language]")).locator("button").click()
    page.locator(f"html[lang={words.code}]").wait_for()


def text_the_bot(page: "Page", text: str, key: str) -> None:
    """Say something as the invented person, and wait for the answer of a key."""
    page.fill("#end input", text)
    page.keyboard.press("Enter")
    page.locator(".tried", has_text=key).last.wait_for()
