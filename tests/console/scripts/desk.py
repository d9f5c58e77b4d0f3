"""An editor's desk, for the stories about scripts in the console."""

import html
import re

from bot.scripts import drafts
from bot.scripts.drafts import Draft
from bot.staff.roles import Role
from bot.text.language import Language
from tests.console.working import Browser, Working
from tests.scripts.publishing import EN, JA

HELP = "/console/scripts/common.help"
OTHER = "【{brand}】別の案内。停止は「配信停止」へ。"
SHORT = "【{brand}】停止は「配信停止」へ。"


class Desk:
    """An editor before the page of a script."""

    def __init__(self, working: Working, name: str = "Sato", language: Language = EN) -> None:
        self.working, self.name = working, name
        self.browser = working.employs(name, Role.EDITOR, language=language)

    def opens(self, key: str = "common.help") -> Browser:
        return self.browser.get(f"/console/scripts/{key}")

    def fields(self) -> dict[str, str]:
        """What the form at hand would send as it stands."""
        page = self.browser.answer.get_data(as_text=True)
        hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
        texts = re.findall(r'<textarea[^>]* name="(\w+)"[^>]*>\n?([^<]*)</textarea>', page)
        notes = re.findall(r' name="(note_\w+)" value="([^"]*)"', page)
        found = dict([*hidden, *texts, *notes])
        return {name: html.unescape(value) for name, value in found.items() if name != "csrf_token"}

    def saves(self, key: str = "common.help", **changed: object) -> Browser:
        """Send the form at hand with other words."""
        return self.browser.post(f"/console/scripts/{key}", **{**self.fields(), **changed})

    def looks(self, key: str = "common.help", **changed: object) -> Browser:
        return self.browser.post(f"/console/scripts/{key}/look", **{**self.fields(), **changed})

    def draft(self) -> Draft:
        """The newest draft that the editor is at."""
        who = f"staff:{self.name}"
        with self.working.runtime.engine.connect() as connection:
            number = drafts.at_work(connection, who)
            assert number is not None
            return drafts.read(connection, number, who)


def seen(browser: Browser, language: Language = JA) -> str:
    """What the page says below the field of a language."""
    page = browser.page
    return page[page.index(f'id="look-{language}"') :].partition("</section>")[0]


def kept(desk: Desk, language: Language = JA) -> list[str]:
    found = re.findall(rf' name="keep_{language}" value="([^"]*)"(?: checked)?>', desk.browser.page)
    return [html.unescape(word) for word in found]
