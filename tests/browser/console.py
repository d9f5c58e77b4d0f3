"""The console in a browser: its words, windows onto it, and a look at each of its pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bot.settings import ROOT
from tests.browser.browsing import Screen
from tests.console.working import PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PHONE = Screen(360, 740, scale=2, touch=True)
TABLET = Screen(768, 1024)
SCREENSHOTS = ROOT / "var" / "screenshots"
SERIOUS = {"serious", "critical"}
PATIENCE_MS = 15_000


@dataclass(frozen=True)
class Words:
    """What is read and pressed in a language."""

    locale: str
    code: str
    take: str
    send: str
    hand_back: str
    live: str
    show: str


JAPANESE = Words("ja-JP", "ja", "対応を引き受ける", "送信", "自動応答に戻す", "自動更新中", "表示")
ENGLISH = Words("en-US", "en", "Take over", "Send", "Hand back to the bot", "Live", "Show")


@contextmanager
def window(
    chrome: "Browser", screen: Screen, words: Words, session: Any = None
) -> Iterator["Page"]:
    """A window of its own, in which the browser must find nothing wrong; `session` is that of
    another, whose member is signed in here too."""
    context = chrome.new_context(
        locale=words.locale,
        timezone_id="Asia/Tokyo",
        viewport={"width": screen.width, "height": screen.height},
        device_scale_factor=screen.scale,
        has_touch=screen.touch,
        color_scheme="dark" if screen is TABLET else "light",
        storage_state=session,
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield page
    context.close()
    assert [said for said in complaints if "status of 4" not in said] == []


def check(page: "Page", name: str) -> None:
    """Take a picture; nothing is too wide, and axe finds nothing serious."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"console-{name}.png", full_page=True)
    examine(page, name)


def examine(page: "Page", name: str) -> None:
    """Nothing of a page is too wide, and axe finds nothing serious."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - not everyone has it

    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"), name
    found = Axe().run(page).response["violations"]
    serious = [
        (each["id"], [node["html"] for node in each["nodes"]][:3])
        for each in found
        if each["impact"] in SERIOUS
    ]
    assert serious == [], name


def sign_in(page: "Page", pages: str, words: Words) -> None:
    """Sign in as the operator, in a language."""
    page.goto(f"{pages}/console/sign-in?lang={words.code}")
    page.fill("#email", "operator@example.com")
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.wait_for_url("**/console/conversations")
    page.goto(f"{pages}/console/account")
    page.select_option("select[name=language]", words.code)
    page.locator("form", has=page.locator("select[name=language]")).locator("button").click()
    page.wait_for_url("**/console/account")
    page.goto(f"{pages}/console/conversations")
    page.locator(".live", has_text=words.live).wait_for()
