"""An operator's day in a browser: sign in, watch a text arrive, take over, reply, hand back."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from bot import alerts
from bot.alerts import Kind
from bot.settings import ROOT
from bot.store.session import opened as opened_database
from tests.browser.browsing import DESKTOP, Screen
from tests.console.working import PASSWORD, code_of
from tests.e2e.demo import Demo

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

PHONE = Screen(360, 740, scale=2, touch=True)
TABLET = Screen(768, 1024)
SCREENSHOTS = ROOT / "var" / "screenshots"
SERIOUS = {"serious", "critical"}
PATIENCE_MS = 15_000
_INVITATION = re.compile(r"http://\S+/console/welcome/\S+")


@dataclass(frozen=True)
class Words:
    """What is read and pressed in a language."""

    locale: str
    code: str
    take: str
    send: str
    hand_back: str
    live: str
    show: str


JAPANESE = Words("ja-JP", "ja", "対応を引き受ける", "送信", "自動応答に戻す", "自動更新中", "表示")
ENGLISH = Words("en-US", "en", "Take over", "Send", "Hand back to the bot", "Live", "Show")


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


@contextmanager
def window(chrome: "Browser", screen: Screen, words: Words) -> Iterator["Page"]:
    """A window of its own, whose page the browser must find nothing wrong with."""
    context = chrome.new_context(
        locale=words.locale,
        timezone_id="Asia/Tokyo",
        viewport={"width": screen.width, "height": screen.height},
        device_scale_factor=screen.scale,
        has_touch=screen.touch,
        color_scheme="dark" if screen is TABLET else "light",
    )
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield page
    context.close()
    assert [said for said in complaints if "status of 4" not in said] == []


def check(page: "Page", name: str) -> None:
    """Take a picture; nothing is too wide, and axe finds nothing serious."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - not everyone has it

    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"console-{name}.png", full_page=True)
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"), name
    found = Axe().run(page).response["violations"]
    serious = [
        (each["id"], [node["html"] for node in each["nodes"]][:3])
        for each in found
        if each["impact"] in SERIOUS
    ]
    assert serious == [], name


def sign_in(page: "Page", pages: str, words: Words) -> None:
    """Sign in as the operator, in a language."""
    page.goto(f"{pages}/console/sign-in?lang={words.code}")
    page.fill("#email", "operator@example.com")
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.wait_for_url("**/console/conversations")
    page.goto(f"{pages}/console/account")
    page.select_option("select[name=language]", words.code)
    page.locator("form", has=page.locator("select[name=language]")).locator("button").click()
    page.wait_for_url("**/console/account")
    page.goto(f"{pages}/console/conversations")
    page.locator(".live", has_text=words.live).wait_for()


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
