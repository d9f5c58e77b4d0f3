"""The page of our sender numbers: everybody may look them up, and check a text that came."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from bot.runtime import Runtime
from bot.senders.company import Company
from bot.senders.pasted import LONGEST
from bot.senders.sender import CARRIERS
from bot.text.language import Language
from bot.text.segments import outgoing
from pages import protection, wording
from pages.announcement import LONGEST_ASKED, Announcement
from pages.desk import wished_language
from pages.outcome import judged, looked_up
from pages.screens import Screens, tell_errors

ROBOTS = {"robots.txt": "text/plain", "sitemap.xml": "application/xml"}


def door(runtime: Runtime) -> Blueprint:
    """`/senders`, the same as JSON, and the way there for search engines."""
    pages = Blueprint("senders", __name__, template_folder="templates")
    pages.before_request(partial(protection.check_origin, runtime.settings))
    pages.after_request(partial(protection.publish, runtime))
    board = Board(runtime, Screens(runtime, wording.load(), "senders", "senders_purpose"))
    tell_errors(pages, board.tell, "senders_refused")
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
    screens: Screens

    def show(self, told: Announcement, **values: Any) -> str:
        """The whole page, with what came of a search or a check."""
        return self._screen("page", told=told, carriers=CARRIERS, **values)

    def tell(self, what: str, status: int) -> Response:
        """A title and a sentence."""
        return Response(self._screen("sentence", what=what), status, mimetype="text/html")

    def _screen(self, name: str, **values: Any) -> str:
        language = wished_language()
        settings = self.runtime.settings
        return self.screens.render(
            name,
            language,
            languages=tuple(Language),
            day=partial(wording.day_in_japan, language=language),
            called=Company.of(settings).called(language),
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
