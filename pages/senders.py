"""The page of our sender numbers: everybody may look them up, and check a text that came."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException

from bot.runtime import Runtime
from bot.senders.company import Company
from bot.senders.pasted import LONGEST
from bot.senders.sender import CARRIERS
from bot.text import phone
from bot.text.language import Language
from bot.text.segments import outgoing
from pages import protection, wording
from pages.announcement import LONGEST_ASKED, Announcement
from pages.desk import wished_language
from pages.outcome import judged, looked_up
from pages.wording import Words

ROBOTS = {"robots.txt": "text/plain", "sitemap.xml": "application/xml"}

log = structlog.get_logger(__name__)


def door(runtime: Runtime) -> Blueprint:
    """`/senders`, the same as JSON, and the way there for search engines."""
    pages = Blueprint("senders", __name__, template_folder="templates")
    pages.before_request(partial(protection.check_origin, runtime.settings))
    pages.after_request(partial(protection.publish, runtime))
    board = Board(runtime, wording.load())
    for error in (DBAPIError, PoolTimeout):
        pages.register_error_handler(error, partial(_stay_away, board))
    pages.register_error_handler(HTTPException, partial(_refuse, board))
    pages.add_url_rule("/senders", "page", partial(show, board))
    pages.add_url_rule("/senders", "check", partial(check, board), methods=["POST"])
    pages.add_url_rule("/senders.json", "data", partial(data, runtime))
    for name in ("robots.txt", "sitemap.xml"):
        pages.add_url_rule(f"/{name}", name.replace(".", "_"), partial(_for_robots, board, name))
    return pages


@dataclass(frozen=True)
class Board:
    """Shows every screen in both languages."""

    runtime: Runtime
    words: Words

    def show(self, told: Announcement, **values: Any) -> str:
        """The whole page, with what came of a search or a check."""
        return self._screen("page", told=told, carriers=CARRIERS, **values)

    def tell(self, what: str, status: int) -> Response:
        """A title and a sentence."""
        return Response(self._screen("sentence", what=what), status, mimetype="text/html")

    def _screen(self, name: str, **values: object) -> str:
        language = wished_language()
        settings = self.runtime.settings
        company = Company.of(settings)
        return render_template(
            f"senders/{name}.html",
            language=language,
            languages=tuple(Language),
            other=next(each for each in Language if each is not language),
            say=partial(wording.say, self.words[language], language, ""),
            day=partial(wording.day_in_japan, language=language),
            dial=phone.parse,
            brand=company.brand(language),
            company=company.legal_name or company.brand(language),
            called=company.called(language),
            support_phone=company.support_phone,
            address=f"{settings.needed('PUBLIC_URL')}/senders",
            **values,
        )


def show(board: Board) -> ResponseReturnValue:
    """The page, and what came of looking up `?q=`."""
    asked = outgoing(request.args.get("q", "")[:LONGEST_ASKED]).strip()
    told = Announcement.read(board.runtime)
    return board.show(told, asked=asked, found=asked and looked_up(told, asked, wished_language()))


def check(board: Board) -> ResponseReturnValue:
    """The page, and what a pasted text looks like; the text goes nowhere but back to the person."""
    text = request.form.get("text", "")
    told = Announcement.read(board.runtime)
    again = outgoing(text) if len(text) <= LONGEST else ""
    return board.show(told, pasted=again, judged=judged(told, text, wished_language()))


def data(runtime: Runtime) -> ResponseReturnValue:
    """What the page tells, for programs."""
    return jsonify(Announcement.read(runtime).as_json())


def _for_robots(board: Board, name: str) -> ResponseReturnValue:
    address = board.runtime.settings.needed("PUBLIC_URL")
    text = render_template(f"senders/{name}", address=address, languages=tuple(Language))
    return Response(text, mimetype=ROBOTS[name])


def _refuse(board: Board, error: HTTPException) -> ResponseReturnValue:
    return board.tell("senders_refused", error.code or 500)


def _stay_away(board: Board, error: Exception) -> Response:
    log.error("page.failed", error=type(error).__name__)
    return board.tell("busy", 503)
