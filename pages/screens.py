"""What every screen of every page is made of: a template, the words, the company, the language."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from flask import Blueprint, Response, render_template
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from bot.errors import Crowded
from bot.runtime import Runtime
from bot.senders.company import Company
from bot.text import phone, template
from bot.text.format import shown
from bot.text.language import Language
from pages import wording
from pages.wording import Words

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Screens:
    """The screens of one page: the templates of a folder, and the key of what the page is for."""

    runtime: Runtime
    words: Words
    folder: str
    purpose: str

    def render(
        self, name: str, language: Language, company: Company | None = None, **values: Any
    ) -> str:
        """One screen, which speaks for the company of the settings unless told otherwise."""
        speaker = company or Company.of(self.runtime.settings)
        return render_template(
            f"{self.folder}/{name}.html",
            language=language,
            other=next(each for each in Language if each is not language),
            purpose=self.purpose,
            say=partial(
                wording.say, self.words[language], language, self._contact(speaker, language)
            ),
            shown=partial(shown, language=language),
            brand=speaker.brand(language),
            responsible=speaker.legal_name or speaker.brand(language),
            support_phone=speaker.support_phone,
            postal_address=speaker.postal_address,
            dial=phone.parse,
            **values,
        )

    def _contact(self, company: Company, language: Language) -> str:
        """How to reach the company, as part of a sentence."""
        number = company.support_phone
        text = self.words[language]["contact_phone" if number else "contact_sms"]
        return template.render(text, {"support_phone": number})


def tell_errors(pages: Blueprint, tell: Callable[[str, int], Response], refused: str) -> None:
    """Answer what goes wrong on a page in a sentence of its own: what is refused, and `busy`."""

    def refuse(error: HTTPException) -> Response:
        return tell(refused, error.code or 500)

    def stay_away(error: Exception) -> Response:
        log.error("page.failed", error=type(error).__name__)
        return tell("busy", 503)

    pages.register_error_handler(HTTPException, refuse)
    for away in (DBAPIError, PoolTimeout, Crowded):
        pages.register_error_handler(away, stay_away)
