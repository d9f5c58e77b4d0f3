"""The screens of an opt-out link: what may be chosen, that it is done, and other ways to stop."""

from dataclasses import dataclass

from flask import Response

from bot.compliance import purposes
from bot.dialogue.effects import Consent
from bot.messaging.consent.choices import Choices
from bot.runtime import Runtime
from bot.setting_types import OptOutScope
from bot.text import phone
from bot.text.language import Language
from pages import wording
from pages.desk import wished_language
from pages.screens import Screens

STATES = {
    state: {Consent.GRANTED: "state_granted", Consent.STOPPED: "state_stopped"}.get(
        state, "state_other"
    )
    for state in Consent
}
NARROW = {OptOutScope.PAIR, OptOutScope.SENDER}
NOTES = {"start": "opt_out_note_started", "change": "opt_out_note_changed"}


@dataclass(frozen=True)
class Leaving:
    """Shows every screen in both languages."""

    screens: Screens

    @property
    def runtime(self) -> Runtime:
        """What this process holds."""
        return self.screens.runtime

    def choose(
        self,
        found: Choices,
        problem: str | None = None,
        status: int = 200,
        done: str | None = None,
    ) -> Response:
        """The buttons of what is open to the holder of a link, and what came of the last one."""
        language = wished_language(found.language)
        documents = purposes.shipped()
        shown = [purposes.current(documents, key) for key in documents]
        page = self.screens.render(
            "stopped" if found.stopped else "choices",
            language,
            company=found.company,
            what="opt_out_stopped" if found.stopped else "opt_out",
            called=found.company.called(language),
            sender=phone.notations(found.sender).national,
            purposes=shown,
            main=purposes.current(documents, purposes.MAIN),
            states=found.states,
            this_number_only=self.runtime.settings.HENJI_OPTOUT_SCOPE in NARROW,
            some_stopped=Consent.STOPPED in found.states.values(),
            words_of_state=STATES,
            problem=problem,
            note=NOTES.get(done or ""),
        )
        return Response(page, status, mimetype="text/html")

    def blind(self, status: int) -> Response:
        """One button that stops, and nothing that tells a right token from a wrong one."""
        page = self.screens.render("blind", wished_language(), what="opt_out_blind")
        return Response(page, status, mimetype="text/html")

    def tell(self, what: str, status: int) -> Response:
        """A title and a sentence, and how to stop by other means."""
        page = self.screens.render("sentence", wished_language(), what=what)
        return Response(page, status, mimetype="text/html")

    def words_of(self, act: str, purpose: str | None, language: Language) -> str:
        """What stood on the button and beside it: the words that somebody agreed to."""
        texts = self.screens.words[language]
        document = purposes.current(purposes.shipped(), purpose or purposes.MAIN)
        key = f"opt_out_{act}_one" if purpose else {"stop": "opt_out_all"}.get(act, "opt_out_start")
        button = wording.say(texts, language, "", key, purpose=document.title[language])
        if act == "stop":
            return button
        terms = (document.title, document.frequency, document.wording)
        return " / ".join([*(text[language] for text in terms), button])
