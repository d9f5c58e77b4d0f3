"""The payment page behind a link: ask who is there, show what is due, lead to the gateway."""

from functools import partial

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from bot.payments import checkout, guesses, identity
from bot.payments.checkout import Refusal, Wish
from bot.payments.identity import Answer
from bot.payments.link import Seen, look
from bot.runtime import Runtime
from pages import asking, proof, protection
from pages.desk import Desk, wished_language
from pages.screens import tell_errors

LONGEST_AMOUNT = 18
# What is said above the question when an answer led nowhere.
PROBLEMS = {
    Answer.UNREADABLE: "answers_unreadable",
    Answer.WRONG: "answers_wrong",
    Answer.OTHER_ACCOUNT: "answers_other",
}
# What is said above the pay button when a tap on it led nowhere, and the status it is said with.
NOTES = {
    Refusal.REQUOTED: ("note_requoted", 409),
    Refusal.UNAVAILABLE: ("note_unavailable", 503),
}


def door(runtime: Runtime) -> Blueprint:
    """`/p/<token>`, the way to the gateway (`/pay`) and the way back (`/return`)."""
    pages = Blueprint(
        "payment",
        __name__,
        template_folder="templates",
        static_folder="static",
        static_url_path="/pages",
    )
    pages.before_request(partial(protection.check_origin, runtime.settings))
    pages.after_request(partial(protection.harden, runtime))
    desk = Desk.of(runtime)
    tell_errors(pages, lambda what, status: desk.tell(what, wished_language(), status), "refused")
    _add_views(pages, desk)
    return pages


def _add_views(pages: Blueprint, desk: Desk) -> None:
    for name, path, returning in (("page", "", False), ("back", "/return", True)):
        address = f"/p/<token>{path}"
        pages.add_url_rule(address, name, partial(show, desk, returning))
        asked = partial(answer, desk, returning)
        pages.add_url_rule(address, f"{name}_answer", asked, methods=["POST"])
    pages.add_url_rule("/p/<token>/pay", "pay", partial(pay, desk), methods=["POST"])
    pages.add_url_rule("/p/<token>/pay", "page_of_pay", _to_page)


def show(desk: Desk, returning: bool, token: str) -> ResponseReturnValue:
    """What the link leads to now.

    Previews and scanners come here too, also from the browser of somebody who proved who they are:
    nothing changes.
    """
    link = _find(desk, token, returning)
    if isinstance(link, Response):
        return link
    if not proof.holds(desk.settings, link):
        return desk.ask(link)
    return desk.proven(link, returning=returning)


def answer(desk: Desk, returning: bool, token: str) -> ResponseReturnValue:
    """The answer to who is there; the right one is remembered for ten minutes."""
    link = _find(desk, token, returning)
    if isinstance(link, Response):
        return link
    written = asking.written(link.questions)
    verdict = identity.verify(desk.runtime, link.id, written, protection.visitor())
    match verdict.answer:
        case Answer.RIGHT:
            response = redirect(f"{request.path}?lang={wished_language(link.language)}", 303)
            proof.give(response, desk.settings, token, link)
            return response
        case Answer.GONE:
            return desk.gone()
        case Answer.LOCKED:
            return desk.locked(link, status=429)
        case Answer.TOO_OFTEN:
            return desk.too_often()
    problem = PROBLEMS[verdict.answer]
    if verdict.answer is Answer.WRONG and len(link.questions) > 1:
        problem = "answers_wrong_several"
    return desk.ask(link, problem, verdict.unreadable, tries_left=verdict.tries_left)


def pay(desk: Desk, token: str) -> ResponseReturnValue:
    """On to the gateway's page, for those who proved who they are."""
    link = _find(desk, token)
    if isinstance(link, Response):
        return link
    if not proof.holds(desk.settings, link):
        return desk.ask(link, "answers_again")
    if link.alone:
        return _to_page(token)
    address = f"{desk.settings.link_url}/p/{token}"
    language, chosen = wished_language(link.language), request.form.get("gateway")
    wish = Wish(link.id, address, language, _amount_shown(), chosen)
    begun = checkout.begin(desk.runtime, wish)
    if isinstance(begun, str):
        return redirect(begun, 303)
    if begun in NOTES:
        note, status = NOTES[begun]
        return desk.proven(link, note=note, status=status)
    return _to_page(token)


def _find(desk: Desk, token: str, returning: bool = False) -> Seen | Response:
    """The link of a token, or what to say instead.

    From an address that tried too many tokens, those alone go on who proved who they are before;
    for everybody else a right token looks like a wrong one.
    """
    runtime, visitor = desk.runtime, protection.visitor()
    if not guesses.may_look(runtime, visitor):
        known = look(runtime, token, returning) if proof.is_carried(desk.settings) else None
        return known if known and proof.holds(desk.settings, known) else desk.too_often()
    link = look(runtime, token, returning)
    if link is None:
        guesses.note_unknown_link(runtime, visitor)
        return desk.gone()
    return link


def _to_page(token: str) -> ResponseReturnValue:
    """Back to the page, which tells how things stand."""
    return redirect(url_for("payment.page", token=token, lang=request.args.get("lang")), 303)


def _amount_shown() -> int | None:
    """The amount beside the button that was tapped, in minor units; None where unreadable."""
    given = request.form.get("amount", "")
    readable = given.isascii() and given.isdecimal() and len(given) <= LONGEST_AMOUNT
    return int(given) if readable else None
