"""The queues in a browser: what waits for staff is read, sent again, ended and settled."""

from typing import TYPE_CHECKING

import pytest

from bot import alerts
from bot.alerts import Kind
from bot.store.session import opened as opened_database
from tests.browser.browsing import DESKTOP, Screen
from tests.browser.console import (
    ENGLISH,
    JAPANESE,
    PHONE,
    TABLET,
    Words,
    check,
    sign_in,
    window,
)
from tests.e2e.demo import Demo

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

QUEUES = ("people", "questions", "messages", "holds", "alerts")


@pytest.fixture(scope="module")
def waiting(demo: Demo) -> None:
    """Something waits in every queue: what people wrote, and what the carrier refused."""
    handset = demo.handset()
    failing = "+819000000003"
    handset.faults(refused={failing: 21612})
    handset.phone(failing).text("残高")
    for number, text in {
        "+819000000002": "弁護士に依頼しましたので、連絡は弁護士にお願いします",
        "+819000000004": "オペレーターと話したいです",
        "+819000000005": "しつこい",
    }.items():
        handset.phone(number).asks(text)
    with opened_database(demo.database_url()) as engine, engine.begin() as connection:
        alerts.alert(connection, Kind.ACCOUNT, "account", "Messages wait: code 20003")
        alerts.alert(connection, Kind.LOOP, "1", "The bot is silent in a conversation.", 1)


@pytest.mark.parametrize(
    ("words", "screen"),
    [(JAPANESE, PHONE), (JAPANESE, DESKTOP), (ENGLISH, PHONE), (ENGLISH, DESKTOP)],
    ids=["Japanese phone", "Japanese desktop", "English phone", "English desktop"],
)
@pytest.mark.usefixtures("keys", "waiting")
def test_every_queue_can_be_read(
    chrome: "Browser", pages: str, words: Words, screen: Screen
) -> None:
    with window(chrome, screen, words) as page:
        sign_in(page, pages, words)
        page.locator("nav .badge").wait_for(state="attached")
        for queue in QUEUES:
            page.goto(f"{pages}/console/queues/{queue}")
            page.locator("#list .line, #list .item").first.wait_for()
            for each in page.locator("#list details").all()[:1]:
                each.evaluate("one => one.open = true")
            check(page, f"queue-{queue}-{words.code}-{screen.width}")


@pytest.mark.usefixtures("keys", "waiting")
def test_what_failed_is_sent_again_and_the_rest_is_settled(
    chrome: "Browser", demo: Demo, pages: str
) -> None:
    demo.handset().calm()
    with window(chrome, TABLET, ENGLISH) as page:
        sign_in(page, pages, ENGLISH)
        page.goto(f"{pages}/console/queues/messages?kind=failed")
        page.keyboard.press("j")
        page.keyboard.press("x")
        assert page.locator("[name=message]").first.is_checked()
        page.fill("#reason", "the account is a full one now")
        check(page, "queue-messages-chosen-dark")
        page.get_by_role("button", name="Send again").click()
        page.locator(".alert-success").wait_for()
        for queue, button in (("holds", "End this hold"), ("alerts", "Settle")):
            page.goto(f"{pages}/console/queues/{queue}")
            page.locator("#list summary").first.click()
            check(page, f"queue-{queue}-dark")
            page.locator("#list [name=reason]").first.fill("looked at it")
            page.locator("#list").get_by_role("button", name=button).first.click()
            page.locator(".alert-success").wait_for()
