"""Twilio's two doors: inbound texts and status callbacks. Verify, convert, call, answer."""

from functools import partial
from typing import NoReturn
from urllib.parse import urlsplit, urlunsplit

import structlog
from flask import Blueprint, Response, abort, request
from twilio.twiml.messaging_response import MessagingResponse
from werkzeug.datastructures import MultiDict

from bot.dialogue.decision import Heard
from bot.messaging.inbox import Inbox
from bot.messaging.reports import delivery
from bot.messaging.reports.delivery import Report
from bot.providers.twilio_words import answered_by_twilio
from bot.runtime import Runtime
from bot.settings import OptOutMode, Settings
from bot.text import mask
from bot.text.storable import storable
from webhooks.signature import is_signed

PROVIDER = "twilio"
EMPTY_TWIML = str(MessagingResponse())
LONGEST_SID = 128
# What the columns hold.
LARGEST_ID = 2**63 - 1
LARGEST_CODE = 2**31 - 1
ONCE_ONLY = ("From", "To", "Body", "MessageSid")

log = structlog.get_logger(__name__)


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
    """Say in the log what was understood of a request, and refuse it."""
    sender, body = request.form.get("From", ""), request.form.get("Body", "")
    log.warning("webhook.refused", why=why, sender=mask.number(sender), body=mask.text(body))
    abort(status)


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
        PROVIDER,
        sid,
        sender,
        storable(form.get("To", "")),
        text,
        answered_by_twilio(form.get("OptOutType"), text, mode),
    )


def to_report(form: MultiDict[str, str], message: str) -> Report | None:
    """Read a status callback; None where it lacks its message id or status."""
    sid = storable(form.get("MessageSid", ""))[:LONGEST_SID]
    status = storable(form.get("MessageStatus", ""))[:32]
    if not sid or not status:
        return None
    return Report(
        _number(message, LARGEST_ID),
        PROVIDER,
        sid,
        status,
        _number(form.get("ErrorCode", ""), LARGEST_CODE),
    )


def _number(value: str, most: int) -> int | None:
    """A database id or an error code; None for anything else."""
    readable = value.isascii() and value.isdecimal() and len(value) <= len(str(most))
    return int(value) if readable and int(value) <= most else None


def _path_and_query() -> str:
    """Path and query exactly as they were called: the signature covers every byte."""
    raw = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI")
    parts = urlsplit(raw) if raw else urlsplit(request.full_path.rstrip("?"))
    return urlunsplit(("", "", parts.path, parts.query, ""))
