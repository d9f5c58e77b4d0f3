"""The opt-out page behind a link in a text: it shows where things stand, and one tap stops."""

from dataclasses import dataclass
from functools import partial

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from bot import limits
from bot.compliance import purposes
from bot.compliance.ledger import Method
from bot.limits import Limit, Room
from bot.messaging.consent import choices, orders
from bot.messaging.consent.choices import Choices
from bot.messaging.consent.orders import Order
from bot.runtime import Runtime
from pages import evidence, protection, wording
from pages.desk import wished_language
from pages.leaving import Leaving
from pages.screens import Screens, tell_errors

# Wrong tokens from one address. A carrier puts many people behind one, so more of them does not
# keep anybody from stopping: see `_blindness`.
GUESSES = Limit("opt_out_guesses", 20, 600)
# Starts through one link: each is an entry of the ledger, and no person needs more.
STARTS = Limit("opt_out_starts", 10, 3600)


@dataclass(frozen=True)
class Choice:
    """What a button says: stop or start, and for one purpose or for all (None)."""

    act: str
    purpose: str | None

    @classmethod
    def read(cls) -> "Choice | None":
        """The button that was tapped; None for what is none. A form without one is a stop."""
        act, colon, key = request.form.get("choice", "stop").partition(":")
        if act not in {"stop", "start"} or (colon and key not in purposes.shipped()):
            return None
        return cls(act, key or None)

    @property
    def stops(self) -> bool:
        """Whether something shall stop."""
        return self.act == "stop"


def door(runtime: Runtime) -> Blueprint:
    """`/o/<token>`.

    A form from elsewhere is not refused, unlike on the other pages. Nothing but the token gives any
    power here: no cookie does, and whoever could forge a form knows the token already. Refusing
    would only keep people from stopping whose browser or mail program names no origin.
    """
    pages = Blueprint("opt_out", __name__, template_folder="templates")
    pages.after_request(partial(protection.harden, runtime))
    leaving = Leaving(Screens(runtime, wording.load(), "opt_out", "opt_out_purpose"))
    tell_errors(pages, leaving.tell, "opt_out_refused")
    pages.add_url_rule("/o/<path:token>", "page", partial(show, leaving))
    pages.add_url_rule("/o/<path:token>", "act", partial(act, leaving), methods=["POST"])
    return pages


def show(leaving: Leaving, token: str) -> ResponseReturnValue:
    """Where things stand. Changes nothing: previews, scanners and prefetching come here too."""
    blindness = _blindness(leaving.runtime)
    if blindness is not None:
        return leaving.blind(blindness)
    found = choices.look(leaving.runtime, token)
    return leaving.choose(found, done=request.args.get("done")) if found else _gone(leaving)


def act(leaving: Leaving, token: str) -> ResponseReturnValue:
    """Do what the button says, and show how things stand then."""
    choice = Choice.read()
    blindness = _blindness(leaving.runtime)
    if blindness is not None:
        return _act_blindly(leaving, token, choice, blindness)
    found = choices.look(leaving.runtime, token)
    if found is None:
        return _gone(leaving)
    if choice is None:
        return leaving.choose(found, problem="opt_out_unreadable", status=422)
    return _carry_out(leaving, token, found, choice)


def _carry_out(leaving: Leaving, token: str, found: Choices, choice: Choice) -> ResponseReturnValue:
    runtime = leaving.runtime
    if not choice.stops and limits.spend(runtime, STARTS, token) is not Room.LEFT:
        return leaving.choose(found, problem="opt_out_too_often", status=429)
    order = _order(leaving, found, choice)
    carry_out = orders.stop_by_link if choice.stops else orders.start_by_link
    if not carry_out(runtime, token, order):
        return _gone(leaving)
    done = "change" if choice.purpose else choice.act
    return redirect(f"{request.path}?lang={wished_language(found.language)}&done={done}", 303)


def _act_blindly(
    leaving: Leaving, token: str, choice: Choice | None, status: int
) -> ResponseReturnValue:
    """A stop is done without telling whether the token was right; nothing else is."""
    if choice is None or not choice.stops:
        return leaving.blind(status)
    orders.stop_by_link(leaving.runtime, token, _order(leaving, None, choice))
    return leaving.tell("opt_out_accepted", status)


def _blindness(runtime: Runtime) -> int | None:
    """The status to say the same with to everybody, right token or wrong; None to tell them apart.

    Who guessed too often learns nothing any more, nor does anybody while guesses cannot be counted.
    A stop goes through all the same.
    """
    match limits.room(runtime, GUESSES, protection.visitor()):
        case Room.LEFT:
            return None
        case Room.NONE:
            return 429
        case Room.UNKNOWN:
            return 200


def _gone(leaving: Leaving) -> Response:
    limits.spend(leaving.runtime, GUESSES, protection.visitor())
    return leaving.tell("opt_out_gone", 404)


def _order(leaving: Leaving, found: Choices | None, choice: Choice) -> Order:
    language = wished_language(found.language if found else None)
    return Order(
        Method.WEB,
        "person",
        f"page /o/: {choice.act}",
        (choice.purpose,) if choice.purpose else (),
        evidence={
            **evidence.of_request(language),
            "shown": leaving.words_of(choice.act, choice.purpose, language),
            "url": f"{leaving.runtime.settings.link_url}/o/",
        },
    )
