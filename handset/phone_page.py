"""The page at /: a phone to text from."""

from flask import Blueprint, Response, make_response, render_template, request

from bot.text.language import Language
from handset import messages, words
from handset.faults import Fault
from handset.runtime import current

page = Blueprint("phone_page", __name__)


@page.get("/")
def show() -> Response:
    """The phone in the language of the person who looks at it."""
    runtime, language = current(), words.wanted_language()
    with runtime.store.transaction() as db:
        revision = messages.revision(db)
    response = make_response(
        render_template(
            "phone.html",
            language=language,
            words=words.words(language)["phone"],
            suggestions={each: words.words(each)["suggestions"] for each in Language},
            number=runtime.settings.number,
            brand=runtime.settings.brand_in(language),
            faults=[fault.value for fault in Fault],
            revision=revision,
        )
    )
    if "lang" in request.args:
        response.set_cookie(words.COOKIE, language, max_age=31_536_000, samesite="Lax")
    return response


@page.get("/healthz")
def health() -> dict[str, str]:
    """200 while the process lives."""
    return {"status": "ok"}
