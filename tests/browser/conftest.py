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


@pytest.fixture(scope="module")
def demo(chrome: "Browser", tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A fresh demo of this file's own: what one story does to people is not felt by another."""
    running = Demo(tmp_path_factory.mktemp("demo") / "var", "--port", str(free_port()))
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
