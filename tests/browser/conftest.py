"""A browser and a demo for the tests of this folder; skipped where there is no browser."""

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from bench.processes import free_port
from tests.browser.browsing import DESKTOP, browser, chromium
from tests.browser.console import JAPANESE, check, window
from tests.console.working import PASSWORD, code_of
from tests.e2e.demo import Demo

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_INVITATION = re.compile(r"http://\S+/console/welcome/\S+")


@pytest.fixture(scope="session")
def chrome() -> Iterator["Browser"]:
    """A Chromium for all tests."""
    pytest.importorskip("playwright", reason="playwright is not installed: make test-browser")
    if chromium() is None:
        pytest.skip("there is no Chromium: install chromium and fonts-noto-cjk, or their like")
    with browser() as running:
        yield running


@pytest.fixture(scope="module")
def demo(chrome: "Browser", tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A fresh demo of this file's own: what one story does to people is not felt by another."""
    folder = tmp_path_factory.mktemp("demo") / "var"
    folder.mkdir()
    # Of two demos that start at the same time, both would find the same port free.
    (folder / "demo_ports.json").write_text(json.dumps({"phone": 0, "bot": free_port()}))
    running = Demo(folder, "--port", str(free_port()))
    running.address()
    yield running
    running.kill()


@pytest.fixture(scope="module")
def address(demo: Demo) -> str:
    """The address that the demo tells to open: the handset's."""
    return demo.address()


@pytest.fixture(scope="module")
def pages(demo: Demo) -> str:
    """The address of the demo's own pages."""
    return demo.pages()


@pytest.fixture(scope="module")
def doors(demo: Demo) -> dict[str, str]:
    """Where the demo's operator and administrator choose their passwords."""
    operator, administrator = _INVITATION.findall(demo.said())
    return {"operator": operator, "administrator": administrator}


@pytest.fixture(scope="module")
def keys(chrome: "Browser", doors: dict[str, str]) -> dict[str, str]:
    """Both have chosen a password; the administrator has set up the app with this key."""
    found: dict[str, str] = {}
    for who, address in doors.items():
        with window(chrome, DESKTOP, JAPANESE) as page:
            page.goto(address)
            check(page, f"welcome-{who}")
            page.fill("#password", PASSWORD)
            page.click("main button")
            page.wait_for_url("**/sign-in")
            if who == "administrator":
                page.fill("#email", "admin@example.com")
                page.fill("#password", PASSWORD)
                page.click("main button")
                found["key"] = page.inner_text("#key")
                check(page, "set-up")
                page.fill("#code", code_of(found["key"]))
                page.click("main button")
                page.wait_for_selector("#recovery-codes")
                check(page, "recovery-codes")
    return found
