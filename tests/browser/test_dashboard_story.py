"""The dashboard in a browser: charts drawn under the strict policy, tables, the other theme."""

from typing import TYPE_CHECKING

import pytest

from tests.browser.browsing import DESKTOP, Screen
from tests.browser.console import ENGLISH, JAPANESE, PHONE, TABLET, Words, check, sign_in, window

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("words", "screen"),
    [(words, screen) for words in (JAPANESE, ENGLISH) for screen in (PHONE, TABLET, DESKTOP)],
    ids=lambda it: it.code if isinstance(it, Words) else str(it.width),
)
@pytest.mark.usefixtures("keys")
def test_the_figures_are_drawn_and_written(
    chrome: "Browser", pages: str, words: Words, screen: Screen
) -> None:
    with window(chrome, screen, words) as page:
        sign_in(page, pages, words)
        page.goto(f"{pages}/console/dashboard")
        page.locator(".uplot canvas").last.wait_for()
        page.locator(".figures-late[hx-get] a").wait_for(state="detached")
        page.locator(".chart ~ details").first.evaluate("one => one.open = true")
        check(page, f"dashboard-{words.code}-{screen.width}")
        page.locator("[data-theme-next]").evaluate("one => one.click()")
        page.locator(".uplot canvas").last.wait_for()
