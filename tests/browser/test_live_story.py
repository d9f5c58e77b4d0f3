"""A list that renews itself in a browser: by a stream, without room for one, and with it again."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest
import requests

from bot.text.language import Language
from console.conversations.watch import MOST_STREAMS
from console.screens import say
from tests.browser.browsing import DESKTOP, Screen
from tests.browser.console import ENGLISH, JAPANESE, PHONE, Words, check, sign_in, window
from tests.e2e.demo import Demo
from tests.e2e.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

EMI = "+819000000003"
STREAM_AGAIN_MS = 30_000


@pytest.mark.parametrize(
    ("words", "screen"), [(JAPANESE, PHONE), (ENGLISH, DESKTOP)], ids=["Japanese", "English"]
)
@pytest.mark.usefixtures("keys")
def test_without_room_for_a_stream_a_page_asks_says_so_and_tries_again(
    chrome: "Browser", demo: Demo, pages: str, words: Words, screen: Screen
) -> None:
    said = f"asked in {words.code}"
    with window(chrome, screen, words) as page:
        page.clock.install()
        sign_in(page, pages, words)
        page.goto(f"{pages}/console/account")
        with no_room(page, pages):
            page.goto(f"{pages}/console/conversations?words={said}")
            tells(page, words, "slow")
            demo.handset().phone(EMI).text(said)
            page.locator("#list [data-conversation]").wait_for()
            check(page, f"list-slow-{words.code}")
            page.clock.fast_forward(STREAM_AGAIN_MS)
            tells(page, words, "slow")
        assert until(lambda: is_live_after_a_while(page))
        tells(page, words, "on")


def tells(page: "Page", words: Words, state: str) -> None:
    """The page says so of itself, in these very words."""
    page.locator(f".live[data-state={state}]").wait_for()
    assert page.inner_text(".live") == say(Language(words.code), f"live_{state}")


def is_live_after_a_while(page: "Page") -> bool:
    """Whether there is a stream; the server finds out within seconds that others are gone."""
    page.clock.fast_forward(STREAM_AGAIN_MS)
    return page.get_attribute(".live", "data-state") == "on"


@contextmanager
def no_room(page: "Page", pages: str) -> Iterator[None]:
    """Streams of the same member elsewhere take all the room there is."""
    cookies = {each["name"]: each["value"] for each in page.context.cookies()}
    address = f"{pages}/console/conversations/stream"

    def one_more() -> requests.Response | None:
        stream = requests.get(address, cookies=cookies, stream=True, timeout=60)
        return stream if stream.status_code == HTTPStatus.OK else None

    with ExitStack() as streams:
        for _ in range(MOST_STREAMS):
            # That of the page before may not have ended yet.
            streams.enter_context(until(one_more) or requests.Response())
        yield
