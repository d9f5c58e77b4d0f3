"""The hosted payment page: what is to be paid, and buttons for everything that can happen."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from flask import Blueprint, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue

from bot.text.format import moment, money
from bot.text.language import Language
from handset import gateway, gateway_payments, gateway_sessions
from handset.gateway_sessions import Session, State
from handset.runtime import Runtime, current
from handset.words import words

pages = Blueprint("gateway_page", __name__, url_prefix="/gateway/pay")

# What the buttons say and what happens; "cancel" changes nothing.
_CHOICES: Mapping[str, Callable[[Runtime, str], None]] = {
    "card": lambda runtime, session: gateway.become(runtime, session, State.PAID),
    "konbini": lambda runtime, session: gateway.become(runtime, session, State.PENDING),
    "store": lambda runtime, session: gateway.become(runtime, session, State.PAID),
    "late": gateway.pay_late,
    "fail": lambda runtime, session: gateway.become(runtime, session, State.FAILED),
    "refund": lambda runtime, session: gateway.refund(runtime, session, parts=1),
    "refund_half": lambda runtime, session: gateway.refund(runtime, session, parts=2),
    "dispute": gateway.dispute,
}
# After these there is more to see on the page; the others lead back to the shop.
_STAYING = {"konbini", "refund", "refund_half", "dispute"}


@pages.get("/<session_id>")
def show(session_id: str) -> ResponseReturnValue:
    """The page of a session in its language."""
    session = _session(session_id)
    with current().store.transaction() as db:
        payment = gateway_payments.find(db, session_id)
    language = Language(session.request.language)
    return render_template(
        "pay.html",
        session=session,
        payment=payment,
        refunded=money(payment.refunded, session.request.currency, language),
        brand=current().settings.brand_in(language),
        amount=money(session.request.amount, session.request.currency, language),
        slip=session.slip,
        expires=moment(datetime.fromtimestamp(session.expires, UTC), language),
        language=language,
        words=words(language)["pay"],
    )


@pages.post("/<session_id>")
def choose(session_id: str) -> ResponseReturnValue:
    """Do what the button says, then go back to the shop; a second tap changes nothing."""
    session, choice = _session(session_id), request.form.get("choice", "")
    if choice == "cancel":
        return redirect(session.request.cancel_url, 303)
    if choice not in _CHOICES:
        abort(400)
    _CHOICES[choice](current(), session_id)
    if choice in _STAYING:
        return redirect(request.path, 303)
    return redirect(session.request.return_url, 303)


def _session(session_id: str) -> Session:
    with current().store.transaction() as db:
        return gateway_sessions.find(db, session_id) or abort(404)
