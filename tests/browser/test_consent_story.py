"""Consent in a browser: join on the form, say yes by text, stop on the page, and start again."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.browser.browsing import DESKTOP, SMALL, HandsetPage, Screen, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Story:
    """Who joins, in a language, and what is tapped, texted and read."""

    locale: str
    person: str
    number: str
    join: str
    unreadable: str
    confirm: str
    yes: str
    agreed: str
    stop_all: str
    stopped: str
    balance: str
    start: str
    started: str
    help: str
    helped: str


JAPANESE = Story(
    "ja-JP",
    "鈴木 さくら",
    "０８０ー００００ー０００３",
    "同意して申し込む",
    "番号を読み取れませんでした",
    "お申し込みを受け付けました",
    "はい",
    "ご登録ありがとうございます",
    "すべてのSMSを停止する",
    "SMSの配信を停止しました",
    "残高",
    "同意して配信を再開する",
    "SMSの配信を再開しました",
    "ヘルプ",
    "残高のご確認は",
)
ENGLISH = Story(
    "en-US",
    "髙橋 陽太",
    "+81 70-0000-0006",
    "Agree and sign up",
    "We could not read that number",
    "You asked for texts",
    "YES",
    "you are subscribed",
    "Stop all texts",
    "Texts are stopped",
    "BALANCE",
    "Agree and start texts again",
    "You will receive our texts again",
    "HELP",
    "Reply BALANCE",
)


@contextmanager
def without_complaints(page: "Page") -> Iterator["Page"]:
    """A page that the browser finds nothing wrong with, and that is not too wide for its screen."""
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield page
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")
    # The browser itself reports every answer that is no 200; what it reports else would be ours.
    assert [said for said in complaints if "status of 422" not in said] == []


@pytest.mark.parametrize(
    ("story", "screen"),
    [(JAPANESE, SMALL), (ENGLISH, DESKTOP)],
    ids=["Japanese small phone", "English desktop"],
)
def test_a_person_joins_stops_and_starts_again(
    chrome: "Browser", address: str, pages: str, story: Story, screen: Screen
) -> None:
    with opened(chrome, f"{pages}/join", story.locale, screen) as page, without_complaints(page):
        join(page, story)
    with opened(chrome, address, story.locale, screen) as page:
        handset = HandsetPage(page)
        handset.pick(story.person)
        handset.theirs().filter(has_text=story.confirm).wait_for()
        assert story.agreed in handset.write(story.yes)
        with page.context.expect_page() as opening:
            handset.theirs().locator("a").last.click()
        with without_complaints(opening.value) as leaving:
            stop(leaving, story)
            handset.say(story.balance)
            start(leaving, story)
        assert story.helped in handset.write(story.help)


def join(page: "Page", story: Story) -> None:
    """Tick one box, mistype the number, mend it, and send the form."""
    boxes = page.get_by_role("checkbox")
    assert [boxes.nth(each).is_checked() for each in range(boxes.count())] == [False, False]
    boxes.nth(1).check()
    number = page.get_by_role("textbox")
    number.fill("090")
    page.get_by_role("button", name=story.join).click()
    page.get_by_role("alert").get_by_text(story.unreadable).click()
    assert number.input_value() == "090"
    number.fill(story.number)
    page.get_by_role("button", name=story.join).click()
    page.wait_for_url("**/join/sent?**")


def stop(page: "Page", story: Story) -> None:
    page.get_by_role("button", name=story.stop_all).click()
    page.get_by_role("heading", name=story.stopped).wait_for()


def start(page: "Page", story: Story) -> None:
    page.get_by_role("button", name=story.start).click()
    page.get_by_role("status").get_by_text(story.started).wait_for()
