"""Pages of the console that no story looks at closely, in both languages and three widths."""

from typing import TYPE_CHECKING

import pytest

from bot.messaging.taking_over import canned
from bot.messaging.taking_over.canned import Canned
from bot.store.session import opened as opened_database
from tests.browser.browsing import DESKTOP, Screen
from tests.browser.console import ENGLISH, JAPANESE, PHONE, TABLET, Words, check, sign_in, window
from tests.e2e.demo import Demo

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

KEN = "+819000000002"
EMI = "+819000000003"


@pytest.fixture(scope="module")
def thanks(demo: Demo) -> None:
    """A canned reply in each language."""
    with opened_database(demo.database_url()) as engine, engine.begin() as connection:
        canned.add(connection, Canned("お礼", "ご連絡ありがとうございます。{brand}です。", "ja"))
        canned.add(connection, Canned("Thanks", "Thank you for writing to {brand}.", "en"))


@pytest.mark.parametrize(
    ("words", "screen"),
    [(words, screen) for words in (JAPANESE, ENGLISH) for screen in (PHONE, TABLET, DESKTOP)],
    ids=lambda it: it.code if isinstance(it, Words) else str(it.width),
)
@pytest.mark.usefixtures("keys", "thanks")
def test_a_member_writes_first_and_is_told_why_not(
    chrome: "Browser", pages: str, words: Words, screen: Screen
) -> None:
    size = f"{words.code}-{screen.width}"
    with window(chrome, screen, words) as page:
        sign_in(page, pages, words)
        page.goto(f"{pages}/console/conversations/new")
        page.locator("#count", has_text="UCS-2" if words is JAPANESE else "GSM-7").wait_for()
        page.locator("[data-canned]").fill("お礼" if words is JAPANESE else "Thanks")
        page.keyboard.press("Enter")
        page.wait_for_function("document.getElementById('text').value.length > 40")
        page.fill("#number", "090-0000-0009")
        page.fill("#content", "受付番号は見本77です。")
        page.fill("#password", "Ajisai-42")
        with page.expect_request("**/conversations/new/count") as counted:
            page.locator("#text").press_sequentially("{url}")
        assert "Ajisai-42" not in (counted.value.post_data or "")
        check(page, f"first-{size}")
        page.click("main form button")
        page.locator(".alert-danger").wait_for()
        assert page.input_value("#content") == "受付番号は見本77です。"
        assert page.input_value("#password") == ""
        check(page, f"first-refused-{size}")
        for path in ("exports", "exports/new", "canned-replies", "campaigns/new", "account"):
            page.goto(f"{pages}/console/{path}")
            check(page, f"{path.replace('/', '-')}-{size}")


@pytest.mark.parametrize(
    ("words", "screen"),
    [(JAPANESE, PHONE), (ENGLISH, TABLET), (JAPANESE, DESKTOP)],
    ids=["Japanese phone", "English tablet in the dark", "Japanese desktop"],
)
@pytest.mark.usefixtures("keys")
def test_a_campaign_is_made_its_people_are_uploaded_and_it_is_checked(
    chrome: "Browser", pages: str, words: Words, screen: Screen
) -> None:
    size = f"{words.code}-{screen.width}"
    with window(chrome, screen, words) as page:
        sign_in(page, pages, words)
        page.goto(f"{pages}/console/campaigns/new")
        page.fill("#name", f"december {size}")
        page.locator("[name=script]").first.check()
        page.click("main form button")
        page.locator("[name=file]").wait_for()
        rows = b"customer_number\nC0009999\n"
        file = {"name": "people.csv", "mimeType": "text/csv", "buffer": rows}
        page.locator("[name=file]").set_input_files([file])
        page.locator("form[enctype] button").click()
        page.locator(".alert-warning li").wait_for()
        check(page, f"campaign-lines-{size}")
        page.fill("[name=due_by]", "2099-12-31")
        page.locator("form:has([name=due_by]) button").click()
        page.locator("a[href*='check=1']").click()
        page.locator("#checked + dl").wait_for()
        check(page, f"campaign-checked-{size}")
        page.goto(f"{pages}/console/campaigns")
        check(page, f"campaigns-{size}")


@pytest.mark.usefixtures("keys", "thanks")
def test_a_canned_reply_is_found_and_sent_by_keys_alone(
    chrome: "Browser", demo: Demo, pages: str
) -> None:
    phone = demo.handset().phone(KEN)
    phone.asks("担当者をお願いします")
    with window(chrome, DESKTOP, JAPANESE) as page:
        sign_in(page, pages, JAPANESE)
        page.goto(f"{pages}/console/conversations?words=担当者をお願い")
        page.keyboard.press("j")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        page.keyboard.press("t")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        page.keyboard.press("r")
        page.keyboard.press("/")
        page.keyboard.type("ありがとう")
        page.keyboard.press("Enter")
        assert "ご連絡ありがとうございます。" in page.input_value("#text")
        page.keyboard.press("Control+Enter")
        page.locator(".bubble.ours", has_text="ご連絡ありがとうございます。").wait_for()


@pytest.mark.usefixtures("keys")
def test_a_reply_that_is_sent_twice_leaves_once(chrome: "Browser", demo: Demo, pages: str) -> None:
    demo.handset().phone(EMI).asks("担当者をお願いします")
    with window(chrome, DESKTOP, JAPANESE) as page:
        sign_in(page, pages, JAPANESE)
        page.locator(".line", has_text=f"-{EMI[-4:]}").click()
        page.get_by_role("button", name=JAPANESE.take).click()
        page.fill("#text", "担当です")
        page.route("**/send", lambda route: route.fulfill(status=204))
        with page.expect_request("**/send"):
            page.keyboard.press("Control+Enter")
        assert not page.evaluate(
            "document.getElementById('reply')"
            ".dispatchEvent(new SubmitEvent('submit', { cancelable: true }))"
        )
