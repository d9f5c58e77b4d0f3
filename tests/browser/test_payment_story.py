"""From the balance to the receipt on a small phone, with cash at a store, in both languages."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.browser.browsing import SMALL, HandsetPage, opened
from tests.browser.console import examine
from tests.browser.test_consent_story import without_complaints
from tests.browser.test_story import photograph

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Story:
    """Who pays, in a language: what is tapped, and words of what is read."""

    locale: str
    person: str
    digits: str
    amount: str
    yes: str
    balance: str
    pay: str
    asked: str
    wrong: str
    begun: str
    pending_text: str
    pending: str
    receipt_text: str
    paid: str
    receipt: str


JAPANESE = Story(
    "ja-JP",
    "山田 花子",
    "1234",
    "12,800円",
    "はい",
    "残高",
    "支払い",
    "ご本人の確認",
    "一致しませんでした",
    "お手続きの途中",
    "コンビニの店頭でお支払いください",
    "店頭でのお支払いをお待ちしています",
    "のお支払いを確認いたしました",
    "お支払いが完了しました",
    "領収書",
)
ENGLISH = Story(
    "en-US",
    "Liam Johnson",
    "8765",
    "¥33,000",
    "YES",
    "BALANCE",
    "PAY",
    "Please confirm it is you",
    "did not match",
    "You have started a payment",
    "Please pay at a convenience store",
    "Waiting for your payment at the store",
    "received your payment of",
    "Your payment is complete",
    "Receipt",
)


@pytest.mark.parametrize("story", [JAPANESE, ENGLISH], ids=["Japanese", "English"])
def test_a_person_pays_at_a_store(chrome: "Browser", address: str, story: Story) -> None:
    with opened(chrome, address, story.locale, SMALL) as phone:
        handset = HandsetPage(phone)
        handset.pick(story.person)
        handset.tap(story.yes)
        handset.tap(story.balance)
        assert story.amount in handset.tap(story.digits)
        handset.tap(story.pay)
        with phone.context.expect_page() as opening:
            handset.theirs().locator("a").last.click()
        page = opening.value
        with without_complaints(page):
            link = prove(page, story)
            at_the_gateway = begin(page, story)
            twice(chrome, link, at_the_gateway, story)
            choose_store(page)
            handset.theirs().filter(has_text=story.pending_text).wait_for()
            see_pending(page, link, at_the_gateway, story)
            page.locator("button[value=store]").click()
            handset.theirs().filter(has_text=story.receipt_text).wait_for()
            page.goto(link)
            see_receipt(page, story)
        photograph(phone, f"paid {story.locale}")


def prove(page: "Page", story: Story) -> str:
    """Answer wrongly, then rightly; the link's address."""
    page.get_by_role("heading", name=story.asked).wait_for()
    look_at(page, f"ask {story.locale}")
    assert story.amount not in page.content()
    assert size_of(page, "h2") < size_of(page, "h1")
    digits = page.locator("#digits")
    digits.fill("0000")
    page.locator("main button").click()
    page.get_by_role("alert").filter(has_text=story.wrong).wait_for()
    assert digits.evaluate("each => each === document.activeElement")
    look_at(page, f"wrong {story.locale}")
    digits.fill(story.digits)
    page.keyboard.press("Enter")
    page.locator(".amount", has_text=story.amount).wait_for()
    look_at(page, f"pay {story.locale}")
    return page.url


def look_at(page: "Page", name: str) -> None:
    """Photograph a page of ours, of which nothing is too wide or out of reach of anybody."""
    photograph(page, name, whole=True)
    examine(page, name)


def size_of(page: "Page", heading: str) -> float:
    """How large the first heading of a kind is written, in CSS pixels."""
    size: float = page.locator(heading).first.evaluate(
        "each => parseFloat(getComputedStyle(each).fontSize)"
    )
    return size


def begin(page: "Page", story: Story) -> str:
    """Tap the button twice, go back, and tap again: always the same page of the gateway."""
    page.locator("main button").dblclick()
    page.locator("button[value=konbini]").wait_for()
    first = page.url
    page.go_back()
    page.reload()
    page.get_by_role("status").filter(has_text=story.begun).wait_for()
    page.locator("main button").click()
    page.locator("button[value=konbini]").wait_for()
    assert page.url == first
    return first


def twice(chrome: "Browser", link: str, at_the_gateway: str, story: Story) -> None:
    """A second device proves who it is, and one whose proof has gone is asked again: one page."""
    with opened(chrome, link, story.locale, SMALL) as other:
        other.locator("#digits").fill(story.digits)
        other.locator("main button").click()
        other.get_by_role("status").filter(has_text=story.begun).wait_for()
        other.context.clear_cookies()
        other.locator("main button").click()
        other.locator("#digits").fill(story.digits)
        other.locator("main button").click()
        other.goto(link)
        other.locator("main button").click()
        other.locator("button[value=konbini]").wait_for()
        assert other.url == at_the_gateway


def choose_store(page: "Page") -> None:
    page.locator("button[value=konbini]").click()
    page.locator("button[value=store]").wait_for()


def see_pending(page: "Page", link: str, at_the_gateway: str, story: Story) -> None:
    """The link shows that cash is awaited, and leads to the payment number again."""
    page.goto(link)
    page.get_by_role("heading", name=story.pending).wait_for()
    look_at(page, f"pending {story.locale}")
    page.locator("main button").click()
    page.wait_for_url(at_the_gateway)


def see_receipt(page: "Page", story: Story) -> None:
    page.get_by_role("heading", name=story.paid).wait_for()
    page.get_by_role("heading", name=story.receipt, exact=True).wait_for()
    assert story.amount in page.locator(".receipt").inner_text()
    look_at(page, f"receipt {story.locale}")
