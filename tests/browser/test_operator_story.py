"""An operator's day in a browser: sign in, watch a text arrive, take over, reply, hand back."""

import time
from typing import TYPE_CHECKING

import pytest

from tests.browser.browsing import DESKTOP, Screen
from tests.browser.console import (
    ENGLISH,
    JAPANESE,
    PATIENCE_MS,
    PHONE,
    TABLET,
    Words,
    check,
    sign_in,
    window,
)
from tests.console.working import PASSWORD, code_of
from tests.e2e.demo import Demo

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("words", "screen", "number", "text"),
    [
        (JAPANESE, PHONE, "+819000000001", "残高について相談です"),
        (ENGLISH, DESKTOP, "+12025550105", "Please let me speak to a person"),
        (JAPANESE, TABLET, "+817000000006", "担当者をお願いします"),
    ],
    ids=["Japanese phone", "English desktop", "Japanese tablet in the dark"],
)
def test_an_operator_takes_over_replies_and_hands_back(
    chrome: "Browser",
    demo: Demo,
    pages: str,
    keys: dict[str, str],
    words: Words,
    screen: Screen,
    number: str,
    text: str,
) -> None:
    size = f"{words.code}-{screen.width}"
    phone = demo.handset().phone(number)
    with window(chrome, screen, words) as page:
        sign_in(page, pages, words)
        before = page.locator("#list [data-conversation]").count()
        began = time.monotonic()
        phone.text(text)
        line = page.locator(".line", has_text=f"-{number[-4:]}")
        line.wait_for()
        took = time.monotonic() - began
        assert page.locator("#list [data-conversation]").count() >= before
        assert took < PATIENCE_MS / 1000
        check(page, f"list-{size}")

        line.click()
        page.locator(".bubble.theirs", has_text=text).last.wait_for()
        page.locator(".bubble.theirs details").last.evaluate("one => one.open = true")
        check(page, f"talk-{size}")
        page.get_by_role("button", name=words.take).click()
        page.fill("#text", "担当の者です。どうされましたか。")
        page.locator("#count", has_text="16").wait_for()
        check(page, f"composer-{size}")
        received = len(phone.received())
        page.get_by_role("button", name=words.send, exact=True).click()
        page.locator(".bubble.ours", has_text="どうされましたか").wait_for()
        phone.text("<b>ありがとう</b>")
        page.locator(".bubble.theirs", has_text="<b>ありがとう</b>").wait_for()
        assert phone.received()[received:] == ["担当の者です。どうされましたか。"]

        page.locator("details", has=page.locator("[name=reason]")).evaluate(
            "one => one.open = true"
        )
        page.fill("[name=reason]", "test")
        page.get_by_role("button", name=words.show, exact=True).click()
        page.locator("[data-unmasked]").wait_for()
        page.get_by_role("button", name=words.hand_back).click()
        page.get_by_role("button", name=words.take).wait_for()

        page.goto(f"{pages}/console/conversations?words=どうされ")
        page.locator(".line", has_text=f"-{number[-4:]}").wait_for()
        page.keyboard.press("j")
        page.keyboard.press("Enter")
        page.locator("#talk").wait_for()
        page.goto(f"{pages}/console/canned-replies")
        check(page, f"canned-{size}")


def test_an_administrator_finds_all_of_it_in_the_audit_log(
    chrome: "Browser", pages: str, keys: dict[str, str]
) -> None:
    with window(chrome, DESKTOP, JAPANESE) as page:
        page.goto(f"{pages}/console/audit")
        page.fill("#email", "admin@example.com")
        page.fill("#password", PASSWORD)
        page.click("main button")
        check(page, "code")
        page.fill("#code", code_of(keys["key"], ahead=1))
        page.click("main button")
        page.wait_for_url("**/console/audit")
        for act in ("対応の引き受け", "送信", "番号の表示", "対応の終了"):
            page.locator("tbody td", has_text=act).first.wait_for()
        for path in ("audit", "staff", "staff/new", "staff/rules", "departments", "account"):
            page.goto(f"{pages}/console/{path}")
            check(page, f"{path.replace('/', '-')}-1280")
