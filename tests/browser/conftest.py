"""A browser and a demo for the tests of this folder; skipped where there is no browser."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from bench.processes import free_port
from tests.browser.browsing import browser, chromium
from tests.e2e.demo import Demo

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def chrome() -> Iterator["Browser"]:
    """A Chromium for all tests."""
    pytest.importorskip("playwright", reason="playwright is not installed: make test-browser")
    if chromium() is None:
        pytest.skip("there is no Chromium: install chromium and fonts-noto-cjk, or their like")
    with browser() as running:
        yield running


@pytest.fixture(scope="session")
def address(chrome: "Browser", tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address that a fresh demo tells to open."""
    demo = Demo(tmp_path_factory.mktemp("demo") / "var", "--port", str(free_port()))
    yield demo.address()
    demo.kill()
