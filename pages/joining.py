"""The screens of the opt-in form, and which sender of ours it speaks for."""

from dataclasses import dataclass
from typing import Any

from flask import Response, request

from bot.runtime import Runtime
from bot.senders.sender import Inbound, Sender
from bot.text import phone
from bot.text.language import Language
from pages.announcement import LONGEST_ASKED, Announcement
from pages.desk import wished_language
from pages.filled import Filled
from pages.screens import Screens
from pages.terms import Terms

LANGUAGES = {Language.JA: "日本語", Language.EN: "English"}


@dataclass(frozen=True)
class Asker:
    """The sender that the form speaks for, and the numbers of all of them."""

    sender: Sender
    ours: frozenset[str]


@dataclass(frozen=True)
class Joining:
    """Shows every screen in both languages."""

    screens: Screens

    @property
    def runtime(self) -> Runtime:
        """What this process holds."""
        return self.screens.runtime

    def asker(self) -> Asker | None:
        """The sender of `?sender=`, else our first; None where it cannot ask, or hear an answer."""
        told = Announcement.read(self.runtime)
        wished = told.find(request.args.get("sender", ""))
        able = [one.sender for one in told.in_use if _can_ask(one.sender)]
        if request.args.get("sender"):
            able = [one for one in able if wished and one == wished.sender]
        ours = frozenset(one.sender.number for one in told.announced)
        return Asker(able[0], ours) if able else None

    def show(
        self, asker: Asker, filled: Filled, problems: Any = None, status: int = 200
    ) -> Response:
        """The form with what was filled in, and what is wrong with it."""
        settings = self.runtime.settings
        return self._screen(
            "form",
            asker,
            status,
            what="join",
            terms=self.terms(),
            filled=filled,
            problems=problems or {},
            languages=LANGUAGES,
            policy_url=settings.HENJI_POLICY_URL,
        )

    def sent(self, asker: Asker) -> Response:
        """The same for every number: what happens next, and what to do if it does not."""
        return self._screen("sent", asker, 200, what="join_sent")

    def tell(self, what: str, status: int) -> Response:
        """A title and a sentence."""
        return self._screen("sentence", None, status, what=what)

    def terms(self) -> Terms:
        """What the form says, in the language of the page."""
        return Terms.of(self.screens.words, self.runtime.settings, wished_language())

    def _screen(self, name: str, asker: Asker | None, status: int, **values: Any) -> Response:
        language = wished_language()
        if asker is not None:
            company = asker.sender.company
            values |= {
                "company": company,
                "called": company.called(language),
                "sender": phone.notations(asker.sender.number).national,
            }
        chosen = request.args.get("sender", "")[:LONGEST_ASKED]
        page = self.screens.render(name, language, chosen=chosen, **values)
        return Response(page, status, mimetype="text/html")


def _can_ask(sender: Sender) -> bool:
    """Only a number that hears the yes can ask for it."""
    return sender.inbound is Inbound.ON and phone.is_e164(sender.number)
