"""Which screen a person is shown, and with what on it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from flask import Response, request

from bot.billing import contents
from bot.billing.invoices import total
from bot.campaigns import page_message
from bot.campaigns.page_message import Message
from bot.dialogue.turn import Account
from bot.payments.link import Seen, Status, account_of, invoices_of
from bot.payments.offers import offered
from bot.payments.receipt import receipt_of
from bot.runtime import Runtime
from bot.setting_types import Question
from bot.settings import Settings
from bot.store.session import transact
from bot.text.language import Language
from pages import wording
from pages.asking import fields
from pages.screens import Screens
from pages.ways import named

# What is said above the pay button, by what came before.
NOTES = {Status.STARTED: "note_started", Status.FAILED: "note_failed"}

# The screens with nothing to do.
TELLING = frozenset({"nothing", "waiting", "overtaken"})

# What a person still reads on a phone, and a page of 30 KB holds.
MOST_LISTED = 20


@dataclass(frozen=True)
class Desk:
    """Shows every screen in both languages."""

    runtime: Runtime
    screens: Screens

    @classmethod
    def of(cls, runtime: Runtime) -> "Desk":
        """The desk of the payment page."""
        return cls(runtime, Screens(runtime, wording.load(), "payment", "page_title"))

    @property
    def settings(self) -> Settings:
        """The settings of this process."""
        return self.runtime.settings

    def gone(self) -> Response:
        """The same bytes for an unknown, an expired and a revoked link."""
        return self.tell("gone", wished_language(), status=404)

    def tell(
        self, what: str, language: Language, status: int = 200, link: Seen | None = None
    ) -> Response:
        """A title and a sentence, and nothing to do."""
        return self._screen("sentence", language, status, link, what=what)

    def too_often(self) -> Response:
        """The same bytes for every link, right or wrong."""
        return self.tell("too_often", wished_language(), status=429)

    def ask(
        self,
        link: Seen,
        problem: str | None = None,
        unreadable: Collection[Question] = (),
        **values: object,
    ) -> Response:
        """The question who is there, with status 422 after a `problem`; or that it is locked."""
        if link.tries_left == 0:
            return self.locked(link)
        shown = fields(link.questions, unreadable)
        bad = [field for field in shown if field.unreadable]
        return self._screen(
            "ask",
            wished_language(link.language),
            422 if problem else 200,
            link,
            problem=problem,
            values=values,
            fields=shown,
            any_unreadable=bool(bad),
            focus=(bad or shown)[0],
        )

    def locked(self, link: Seen, status: int = 200) -> Response:
        """Too many wrong answers."""
        return self.tell("locked", wished_language(link.language), status, link)

    def proven(
        self, link: Seen, returning: bool = False, note: str | None = None, status: int = 200
    ) -> Response:
        """The message of the link's campaign, and what is due, on its way or paid, for a person who
        proved who they are."""
        language = wished_language(link.language)
        if link.alone:
            return self._tell_alone(link, language)
        account = account_of(self.runtime, link)
        name = _screen_of(link, account, returning)
        if name in TELLING:
            return self._tell_how_it_stands(name, link, account, language, status)
        note = note or NOTES.get(link.status)
        begun = link.status is Status.STARTED
        # A payment that was begun goes on at its gateway.
        offers = {} if begun else offered(self.runtime, account.due)
        values: dict[str, Any] = {"account": account, "note": note, "offers": offers}
        if name == "pay":
            values["message"] = page_message.shown(self.runtime, link, account, language)
            values["invoices"] = invoices_of(self.runtime, link, account.due)
            values |= {"listed": MOST_LISTED, "total": total}
        if name == "receipt":
            values["receipt"] = receipt_of(self.runtime, link)
        return self._screen(name, language, status, link, ways=named, **values)

    def _tell_alone(self, link: Seen, language: Language) -> Response:
        """What one person alone is told, and nothing of any account."""
        vault = self.runtime.vault
        content = transact(
            self.runtime.engine, lambda connection: contents.of_link(connection, vault, link.id)
        )
        message = Message.of(link.language, content)
        return self._screen("message", language, 200, link, message=message, what="nothing")

    def _tell_how_it_stands(
        self, name: str, link: Seen, account: Account, language: Language, status: int
    ) -> Response:
        """There is nothing to pay here now; what a notice tells is of use all the same."""
        if link.notice and (told := page_message.shown(self.runtime, link, account, language)):
            return self._screen("message", language, status, link, message=told, what=name)
        return self.tell(name, language, status, link)

    def _screen(
        self,
        name: str,
        language: Language,
        status: int,
        link: Seen | None = None,
        **values: Any,
    ) -> Response:
        tells = link is not None and link.notice and name != "checking"
        screens = replace(self.screens, purpose="notice_purpose") if tells else self.screens
        page = screens.render(
            name,
            language,
            link.company if link else None,
            link=link,
            day=partial(wording.full_day, language=language),
            moment=partial(wording.full_moment, language=language),
            issued=partial(wording.day_in_japan, language=language),
            senders=f"{self.settings.needed('PUBLIC_URL')}/senders?lang={language}",
            **values,
        )
        return Response(page, status, mimetype="text/html")


def wished_language(otherwise: Language | None = None) -> Language:
    """The language of `?lang=`, else the link's, else the browser's."""
    wished = request.args.get("lang")
    if wished in set(Language):
        return Language(wished)
    return otherwise or Language(
        request.accept_languages.best_match(list(Language), default=Language.JA)
    )


def _screen_of(link: Seen, account: Account, returning: bool) -> str:
    if link.status is Status.PAID:
        return "receipt"
    if link.status is Status.PENDING:
        return "pending"
    if link.status is Status.STARTED:
        return "checking" if returning else _begun(link, account)
    return _not_begun(account)


def _not_begun(account: Account) -> str:
    """What is awaited at a store through another link is not asked for again."""
    if account.pending:
        return "waiting"
    return "pay" if account.due.minor > 0 else "nothing"


def _begun(link: Seen, account: Account) -> str:
    """A payment that was begun may go on while the amount is still the one it began with."""
    return "pay" if link.quoted == account.due else "overtaken"
