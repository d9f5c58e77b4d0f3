"""Chromium as this machine has it, and the handset's page as a person uses it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
PATIENCE_MS = 15_000


def chromium() -> str | None:
    """Where this machine has a Chromium, if it has one."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@contextmanager
def browser() -> Iterator["Browser"]:
    """A running Chromium without windows."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - not everyone has it

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield running
        running.close()


@dataclass(frozen=True)
class Screen:
    """A size of window, in CSS pixels; `scale` is how many of the device's make one."""

    width: int
    height: int
    scale: float = 1
    touch: bool = False


PHONE = Screen(390, 844, scale=2, touch=True)
SMALL = Screen(360, 740, scale=2, touch=True)
DESKTOP = Screen(1280, 800)


@contextmanager
def opened(browser: "Browser", address: str, locale: str, screen: Screen) -> Iterator["Page"]:
    """A page of the browser at an address."""
    context = browser.new_context(
        locale=locale,
        timezone_id="Asia/Tokyo",
        viewport={"width": screen.width, "height": screen.height},
        device_scale_factor=screen.scale,
        has_touch=screen.touch,
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    page.goto(address)
    yield page
    context.close()


@dataclass(frozen=True)
class HandsetPage:
    """The page of the handset, with somebody's phone in the hand."""

    page: "Page"

    def pick(self, name: str) -> None:
        """Take the phone of one of the seeded people, and see their conversation alone."""
        self.page.locator("#people button", has_text=name).click()
        self.page.locator("#owner", has_text=name).wait_for()
        self.page.locator("#log:not([aria-busy])").wait_for()

    def tap(self, body: str) -> str:
        """Tap a suggested text; the company's next text."""
        before = self.theirs().count()
        self.page.get_by_role("button", name=body, exact=True).click()
        return self._text_after(before)

    def write(self, body: str) -> str:
        """Write a text and send it; the company's next text."""
        before = self.theirs().count()
        self.say(body)
        return self._text_after(before)

    def say(self, body: str) -> None:
        """Write a text, send it, and wait until the bot has taken it."""
        self.page.locator("#text").fill(body)
        self.page.locator("button.send").click()
        mine = self.page.locator('.message.mine[data-tick="delivered"]', has_text=body)
        mine.last.wait_for()

    def pay(self, digits: str, amount: str) -> None:
        """Tap the last link, prove who one is, look at the amount, and pay by card."""
        with self.page.context.expect_page() as opening:
            self.page.locator(".message.theirs .bubble a").last.click()
        shop = opening.value
        shop.locator("#digits").fill(digits)
        shop.locator("main button").click()
        shop.locator(".amount", has_text=amount).wait_for()
        shop.locator("main button").click()
        shop.locator("button[value=card]").click()
        shop.locator(".facts .number").wait_for()
        shop.close()

    def theirs(self) -> "Locator":
        """The company's bubbles, oldest first."""
        return self.page.locator(".message.theirs .bubble")

    def _text_after(self, count: int) -> str:
        return self.theirs().nth(count).inner_text()
