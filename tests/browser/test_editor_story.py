"""An editor changes what the bot says, in a browser: typed, shown, approved, said, taken back."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, select

from bot.staff import invitations, members
from bot.staff.members import Details
from bot.staff.roles import Role
from bot.store.session import opened as opened_database
from bot.store.tables import outbound_messages, script_publications, script_talks
from bot.text.language import Language
from tests.browser.browsing import DESKTOP, Screen
from tests.browser.console import ENGLISH, JAPANESE, PHONE, TABLET, Words, check, window
from tests.console.working import PASSWORD
from tests.e2e.demo import Demo
from tests.e2e.waiting import until

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

# What a publication promises.
EVERYWHERE_WITHIN = timedelta(seconds=2)
# Every saved talk is played, which takes a busy machine its time.
TALKS_WITHIN_MS = 60_000


@dataclass(frozen=True)
class Story:
    """One run through the story: who texts what, and which words are changed how."""

    words: Words
    screen: Screen
    author: str
    reviewer: str
    number: str
    text: str
    added: str
    mended: str
    two: str
    one: str

    @property
    def size(self) -> str:
        """What tells its pictures from others."""
        return f"{self.words.code}-{self.screen.width}"


STORIES = [
    Story(
        JAPANESE, PHONE, "Sato", "Suzuki", "+819000000001", "ヘルプ",
        "営業時間は平日の午前9時から午後6時まで、土日祝日と年末年始はお休みです。",
        "平日9～18時。", "2通", "1通",
    ),
    Story(
        ENGLISH, DESKTOP, "Tanaka", "Ito", "+817000000006", "help",
        " We are there from Monday to Friday, from 9:00 to 18:00 in Japan, and closed on holidays.",
        " Mon-Fri 9-18.", "2 segments", "1 segment (",
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def talk(demo: Demo) -> None:
    """A saved talk that says what the stories change, so that each publication plays it."""
    turn = {"text": "ヘルプ", "keys": ["common.help"], "intent": "HELP", "state": None}
    kept = {"name": "asks for help", "persona": "blunt", "author": "staff:Sato", "turns": [turn]}
    with opened_database(demo.database_url()) as engine, engine.begin() as connection:
        connection.execute(insert(script_talks).values(kept))


@pytest.fixture(scope="module")
def employed(chrome: "Browser", demo: Demo, pages: str) -> None:
    """Four editors who have chosen a password."""
    with opened_database(demo.database_url()) as engine, engine.begin() as connection:
        doors = []
        for story in STORIES:
            for name in (story.author, story.reviewer):
                language = Language(story.words.code)
                details = Details(name, f"{name}@example.com", Role.EDITOR, None, language)
                member = members.add(connection, details)
                doors.append(invitations.path(invitations.invite(connection, member)))
    with window(chrome, DESKTOP, JAPANESE) as page:
        for path in doors:
            page.goto(f"{pages}{path}")
            page.fill("#password", PASSWORD)
            page.click("main button")
            page.wait_for_url("**/sign-in")


def sign_in(page: "Page", pages: str, name: str) -> None:
    page.goto(f"{pages}/console/sign-in")
    page.fill("#email", f"{name}@example.com")
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.wait_for_url("**/console/dashboard*")


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.words.code)
@pytest.mark.usefixtures("employed", "talk")
def test_words_are_changed_shown_approved_said_and_taken_back(
    chrome: "Browser", demo: Demo, pages: str, story: Story
) -> None:
    phone = demo.handset().phone(story.number)
    old = phone.asks(story.text)
    with window(chrome, story.screen, story.words) as page:
        sign_in(page, pages, story.author)
        draft = write(page, pages, story)
    with window(chrome, story.screen, story.words) as page:
        sign_in(page, pages, story.reviewer)
        page.goto(draft)
        number = publish(page, story)
        until(lambda: phone.asks(story.text) == [f"{old[0]}{story.mended}"])
        assert said_old_words_for(demo, number) <= EVERYWHERE_WITHIN
        page.fill("#reason", "they are on the page already")
        page.locator("form[action$=take-back] button").click()
        page.wait_for_url(f"**/publications/{number + 1}")
        until(lambda: phone.asks(story.text) == old)
        find_both_versions(page, pages, story)


def write(page: "Page", pages: str, story: Story) -> str:
    """Find a script, see one segment become two, mend it, and ask for a review of the draft."""
    code = story.words.code
    page.goto(f"{pages}/console/scripts?flow=common")
    check(page, f"scripts-{story.size}")
    page.locator("a.item", has_text="help").first.click()
    check(page, f"script-{story.size}")
    field, look = page.locator(f"#text-{code}"), page.locator(f"#look-{code}")
    before = field.input_value()
    field.fill(before + story.added)
    look.locator(".facts", has_text=story.two).first.wait_for()
    look.locator(".finding.error").first.wait_for()
    check(page, f"script-long-{story.size}")
    field.fill(before + story.mended)
    look.locator(".facts", has_text=story.one).first.wait_for()
    page.locator(".decide .btn-primary").click()
    page.locator(".alert-success").wait_for()
    page.locator("a[href*='/scripts/drafts/']").first.click()
    page.locator("#talks .badge", has_text="✓ asks for help").wait_for(timeout=TALKS_WITHIN_MS)
    page.fill("#reason", "opening hours")
    for why in page.locator("[name^=accept_]").all():
        why.fill("looked at it")
    check(page, f"draft-{story.size}")
    page.locator("form", has=page.locator("#reason")).locator("button").click()
    page.locator(".alert-success").wait_for()
    return page.url


def publish(page: "Page", story: Story) -> int:
    """Approve the draft at hand and publish it; the number of the publication."""
    check(page, f"review-{story.size}")
    page.locator("form[action$=approve] .btn-primary").click()
    page.locator("form[action$=publish] .btn-primary").click(no_wait_after=True)
    page.wait_for_url("**/publications/*", timeout=TALKS_WITHIN_MS)
    check(page, f"publication-{story.size}")
    return int(page.url.rpartition("/")[2])


def find_both_versions(page: "Page", pages: str, story: Story) -> None:
    """From a conversation, whose messages name their versions, to the words of one of them."""
    page.goto(f"{pages}/console/conversations")
    page.locator(".line", has_text=f"-{story.number[-4:]}").first.click()
    versions = page.locator(".bubble.ours a[href*='common.help/versions']")
    versions.first.wait_for(state="attached")
    told = [str(one.get_attribute("href")) for one in versions.all()]
    assert told[0] == told[-1]
    (other,) = set(told) - {told[0]}
    details = page.locator(".bubble.ours details", has=page.locator(f"a[href='{other}']")).first
    details.evaluate("one => one.open = true")
    check(page, f"talk-versions-{story.size}")
    details.locator("a").click()
    page.locator(".version.wanted", has_text=story.mended.strip()).first.wait_for()
    check(page, f"versions-{story.size}")


def said_old_words_for(demo: Demo, number: int) -> timedelta:
    """For how long after a publication somebody was still told the words before it, by the clock
    of the database."""
    message = outbound_messages.c
    with opened_database(demo.database_url()) as engine, engine.connect() as connection:
        since = connection.execute(
            select(script_publications.c.effective_at).where(script_publications.c.id == number)
        ).scalar_one()
        later = select(message.created_at, message.publication_id).where(
            message.script_key == "common.help", message.created_at >= since
        )
        rows = connection.execute(later.order_by(message.id)).all()
    assert any(row.publication_id == number for row in rows)
    old = [row.created_at - since for row in rows if row.publication_id != number]
    return max(old, default=timedelta())


@pytest.mark.usefixtures("employed")
def test_keywords_drafts_and_what_was_published_can_be_read_in_the_dark(
    chrome: "Browser", pages: str
) -> None:
    with window(chrome, TABLET, JAPANESE) as page:
        sign_in(page, pages, STORIES[0].author)
        page.goto(f"{pages}/console/scripts/keywords.PAY")
        page.fill("#add-ja", "残高")
        page.locator("#look-ja .finding.error", has_text="残高").wait_for()
        check(page, "keywords-dark")
        page.fill("#add-ja", "お会計")
        page.locator(".decide .btn-primary").click()
        page.locator(".alert-success").wait_for()
        for path in ("scripts", "scripts/balance.answer", "scripts/drafts", "scripts/publications"):
            page.goto(f"{pages}/console/{path}")
            check(page, f"{path.replace('/', '-')}-dark")
