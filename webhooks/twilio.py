"""Twilio's two doors: inbound texts and status callbacks. Verify, convert, call, answer."""

from functools import partial
from typing import NoReturn
from urllib.parse import urlsplit, urlunsplit

from flask import Blueprint, Response, request
from twilio.twiml.messaging_response import MessagingResponse
from werkzeug.datastructures import MultiDict

from bot.dialogue.decision import Heard
from bot.messaging.inbox import Inbox
from bot.messaging.reports import delivery
from bot.messaging.reports.delivery import Report
from bot.providers.twilio_words import answered_by_twilio
from bot.runtime import Runtime
from bot.setting_types import OptOutMode, ProviderName
from bot.settings import Settings
from bot.text.storable import storable
from bot.text.whole import whole
from webhooks.fields import (
    LARGEST_CODE,
    LONGEST_SID,
    LONGEST_STATUS,
    refuse,
)
from webhooks.signature import is_signed

EMPTY_TWIML = str(MessagingResponse())
ONCE_ONLY = ("From", "To", "Body", "MessageSid")


def door(runtime: Runtime) -> Blueprint:
    """The blueprint of both webhooks."""
    blueprint = Blueprint("twilio", __name__, url_prefix="/webhooks/twilio")
    blueprint.before_request(partial(verify, runtime.settings))
    views = {
        "/messages": partial(messages, runtime.settings, Inbox(runtime)),
        "/status": partial(status, runtime),
    }
    for path, view in views.items():
        blueprint.add_url_rule(path, view.func.__name__, view, methods=["POST"])
    return blueprint


def verify(settings: Settings) -> None:
    """Refuse what Twilio did not sign, or signed for another account."""
    url = f"{settings.needed('PUBLIC_URL')}{_path_and_query()}"
    given = request.headers.get("X-Twilio-Signature", "")
    if not is_signed(url, request.form, given, settings.secret("TWILIO_AUTH_TOKEN")):
        _refuse(403, "the signature does not fit PUBLIC_URL and TWILIO_AUTH_TOKEN")
    if request.form.get("AccountSid", settings.TWILIO_ACCOUNT_SID) != settings.TWILIO_ACCOUNT_SID:
        _refuse(403, "another account")


def messages(settings: Settings, inbox: Inbox) -> Response:
    """An inbound text: kept before it is answered, answered before we say so."""
    heard = to_heard(request.form, settings.HENJI_OPTOUT_MODE)
    if heard is None:
        _refuse(400, "a sender or an id is missing, or something is said twice")
    inbox.hear(heard)
    return Response(EMPTY_TWIML, mimetype="text/xml")


def status(runtime: Runtime) -> Response:
    """A status callback for one of our messages."""
    report = to_report(request.form, request.args.get("message", ""))
    if report is None:
        _refuse(400, "an id or a status is missing")
    delivery.record(runtime, report)
    return Response(status=204)


def _refuse(status: int, why: str) -> NoReturn:
    refuse(status, why, request.form.get("From", ""), request.form.get("Body", ""))


def to_heard(form: MultiDict[str, str], mode: OptOutMode) -> Heard | None:
    """Read an inbound text; None where it lacks its sender or id, or says something twice."""
    if any(len(form.getlist(name)) > 1 for name in ONCE_ONLY):
        return None
    sid = storable(form.get("MessageSid", ""))
    sender = storable(form.get("From", ""))
    if not sid or not sender or len(sid) > LONGEST_SID:
        return None
    text = storable(form.get("Body", ""))
    return Heard(
        ProviderName.TWILIO,
        sid,
        sender,
        storable(form.get("To", "")),
        text,
        answered_by_twilio(form.get("OptOutType"), text, mode),
    )


def to_report(form: MultiDict[str, str], message: str) -> Report | None:
    """Read a status callback; None where it lacks its message id or status."""
    sid = storable(form.get("MessageSid", ""))[:LONGEST_SID]
    status = storable(form.get("MessageStatus", ""))[:LONGEST_STATUS]
    if not sid or not status:
        return None
    code = whole(form.get("ErrorCode", ""), LARGEST_CODE)
    ours = whole(message)
    return Report(ours, ProviderName.TWILIO, sid, status, code)


def _path_and_query() -> str:
    """Path and query exactly as they were called: the signature covers every byte."""
    raw = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI")
    parts = urlsplit(raw) if raw else urlsplit(request.full_path.rstrip("?"))
    return urlunsplit(("", "", parts.path, parts.query, ""))
