"""The story of the README in a browser: from the first text to the receipt, then STOP and START."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from bot.settings import ROOT
from tests.browser.browsing import DESKTOP, PHONE, HandsetPage, Screen, opened

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

SCREENSHOTS = ROOT / "var" / "screenshots"


@dataclass(frozen=True)
class Story:
    """What is texted in a language, and words of the answers."""

    locale: str
    hello: str
    balance: str
    pay: str
    stop: str
    start: str
    asked: str
    receipt: str
    stopped: str
    restarted: str


JAPANESE = Story(
    "ja-JP",
    "はい",
    "残高",
    "支払い",
    "ＳＴＯＰ。",
    "配信開始",
    "下4桁",
    "お支払いを確認",
    "停止いたしました",
    "再開",
)
ENGLISH = Story(
    "en-US",
    "YES",
    "BALANCE",
    "PAY",
    "Stop!",
    "START",
    "last 4 digits",
    "your payment of",
    "unsubscribed",
    "again",
)


@dataclass(frozen=True)
class Person:
    """Somebody of the sample: their name, the last digits of their number, and what is due."""

    name: str
    digits: str
    amount: str


@pytest.mark.parametrize(
    ("story", "screen", "person"),
    [
        (JAPANESE, PHONE, Person("山田 花子", "1234", "12,800円")),
        (JAPANESE, DESKTOP, Person("佐藤 健一", "5678", "4,980円")),
        (ENGLISH, PHONE, Person("Emily Carter", "4321", "$45.50")),
        (ENGLISH, DESKTOP, Person("Liam Johnson", "8765", "¥33,000")),
    ],
    ids=["Japanese phone", "Japanese desktop", "English phone", "English desktop"],
)
def test_a_person_pays_then_stops_then_starts_again(
    chrome: "Browser",
    address: str,
    story: Story,
    screen: Screen,
    person: Person,
    request: pytest.FixtureRequest,
) -> None:
    with opened(chrome, address, story.locale, screen) as page:
        handset = HandsetPage(page)
        handset.pick(person.name)

        handset.tap(story.hello)
        assert story.asked in handset.tap(story.balance)
        assert person.amount in handset.tap(person.digits)
        handset.tap(story.pay)
        handset.pay(person.digits, person.amount)
        handset.theirs().filter(has_text=story.receipt).wait_for()
        photograph(page, request.node.callspec.id)

        assert story.stopped in handset.write(story.stop)
        handset.say(story.balance)
        assert story.restarted in handset.write(story.start)


def photograph(page: "Page", name: str, whole: bool = False) -> None:
    """Keep what the page, or the whole of it, looks like under var/screenshots/."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    path = SCREENSHOTS / f"{name.replace(' ', '-')}.png"
    page.screenshot(path=path, animations="disabled", full_page=whole)
