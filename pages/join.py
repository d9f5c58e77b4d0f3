"""The opt-in form: a box for each purpose, and an SMS that asks the owner of the number."""

from dataclasses import replace
from functools import partial

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from bot import limits
from bot.compliance.ledger import Method
from bot.limits import Limit, Room
from bot.messaging.consent import orders
from bot.messaging.consent.orders import Order
from bot.runtime import Runtime
from pages import evidence, protection, terms, wording
from pages.desk import wished_language
from pages.filled import Filled
from pages.joining import Asker, Joining
from pages.screens import Screens, tell_errors

# From one address: a tablet in a shop signs up one customer after another.
FROM_ONE_ADDRESS = Limit("joins", 20, 3600)
# From all together: each costs an SMS, and some carriers share what numbers of theirs cost others.
FROM_ALL = Limit("all_joins", 1000, 3600)
REFUSED = {Room.NONE: ("join_too_many", 429), Room.UNKNOWN: ("join_away", 503)}


def door(runtime: Runtime) -> Blueprint:
    """`/join`, and `/join/sent`, which says the same of every number.

    A form of another site is refused: a visitor there, and their address, would be made to look as
    if they had signed somebody up.
    """
    pages = Blueprint("join", __name__, template_folder="templates")
    pages.before_request(partial(protection.check_origin, runtime.settings))
    pages.after_request(partial(protection.harden, runtime))
    joining = Joining(Screens(runtime, wording.load(), "join", "join_purpose"))
    tell_errors(pages, joining.tell, "join_refused")
    pages.add_url_rule("/join", "page", partial(show, joining))
    pages.add_url_rule("/join", "fill_in", partial(fill_in, joining), methods=["POST"])
    pages.add_url_rule("/join/sent", "sent", partial(sent, joining))
    return pages


def show(joining: Joining) -> ResponseReturnValue:
    """The empty form."""
    asker = joining.asker()
    if asker is None:
        return joining.tell("join_closed", 404)
    return joining.show(asker, Filled.nothing(wished_language()))


def fill_in(joining: Joining) -> ResponseReturnValue:
    """Have the owner of the number asked; a form with mistakes comes back as it was filled in."""
    asker = joining.asker()
    if asker is None:
        return joining.tell("join_closed", 404)
    filled = Filled.read(wished_language())
    if filled.reference != joining.terms().reference:
        again = replace(filled, topics=())
        return joining.show(asker, again, {"topics": "join_changed"}, 409)
    if problems := filled.problems(asker.ours):
        return joining.show(asker, filled, problems, 422)
    if refusal := REFUSED.get(_room(joining.runtime)):
        return joining.show(asker, filled, {"number": refusal[0]}, refusal[1])
    _ask(joining, asker, filled)
    to = url_for("join.sent", lang=wished_language(), sender=request.args.get("sender"))
    return redirect(to, 303)


def sent(joining: Joining) -> ResponseReturnValue:
    """What follows; nothing here depends on the number."""
    asker = joining.asker()
    return joining.sent(asker) if asker else joining.tell("join_closed", 404)


def _room(runtime: Runtime) -> Room:
    """Whether one more form may be taken, from this address and from everybody."""
    room = limits.spend(runtime, FROM_ONE_ADDRESS, protection.visitor())
    return limits.spend(runtime, FROM_ALL) if room is Room.LEFT else room


def _ask(joining: Joining, asker: Asker, filled: Filled) -> None:
    shown = joining.terms()
    settings = joining.runtime.settings
    told = {
        "kind": "checkbox",
        "boxes": ", ".join(filled.topics),
        "form_version": terms.form_version(),
        "wording": shown.text,
        "wording_hash": shown.hash,
        "url": f"{settings.needed('PUBLIC_URL')}/join",
    }
    proof = {**evidence.of_request(wished_language()), **told}
    order = Order(Method.WEB, "person", "form /join", filled.topics, evidence=proof)
    orders.join(joining.runtime, asker.sender.number, filled.recipient, order, filled.language)
