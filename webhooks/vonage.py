"""Vonage's two doors, for its Messages API: inbound texts and message statuses.

A long text comes in one piece, for Vonage joins its parts: https://developer.vonage.com/en/api/messages
"""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from functools import partial
from typing import Any, NoReturn

import jwt
from flask import Blueprint, Response, request
from jwt.types import Options

from bot.dialogue.decision import Heard
from bot.messaging.inbox import Inbox
from bot.messaging.reports import delivery
from bot.messaging.reports.delivery import Report
from bot.providers import vonage
from bot.runtime import Runtime
from bot.setting_types import ProviderName
from bot.settings import Settings
from bot.text import phone
from bot.text.storable import storable
from bot.text.whole import whole
from webhooks.fields import LONGEST_SID, LONGEST_STATUS, refuse

TEXTED = frozenset({"sms", "mms"})
# What each status is called in this house; what is not here keeps its name.
STATUSES = {"submitted": "sent", "rejected": "undelivered", "undeliverable": "failed"}
# Vonage calls again for a day where it got 429 or 5xx. A replay within that time changes nothing: a
# text is kept once per id, and a status only climbs.
# https://api.support.vonage.com/hc/en-us/articles/360028543292
CALLS_AGAIN_FOR_S = 25 * 3600
CLOCKS_DIFFER_BY_S = 300
CLAIMS: Options = {
    "require": ["iat", "payload_hash"],
    # Its age is judged here; whom it is for, Vonage does not say.
    "verify_iat": False,
    "verify_aud": False,
}


def door(runtime: Runtime) -> Blueprint:
    """The blueprint of both webhooks."""
    blueprint = Blueprint("vonage", __name__, url_prefix="/webhooks/vonage")
    blueprint.before_request(partial(verify, runtime.settings))
    views = {"/messages": partial(messages, Inbox(runtime)), "/status": partial(status, runtime)}
    for path, view in views.items():
        blueprint.add_url_rule(path, view.func.__name__, view, methods=["POST"])
    return blueprint


def verify(settings: Settings) -> None:
    """Refuse what Vonage did not sign, or signed for another account or long ago.

    What is not signed at all is asked for again: in rare cases Vonage signs only its next try.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        _refuse(429, "not signed")
    account, secret = settings.needed("VONAGE_API_KEY"), settings.secret("VONAGE_SIGNATURE_SECRET")
    if why := why_forged(token, request.get_data(), account, secret, time.time()):
        _refuse(403, why)


def why_forged(token: str, body: bytes, account: str, secret: str, now: float) -> str | None:
    """What is wrong with a signature, made of a body and a Unix time; None: it is Vonage's.

    https://developer.vonage.com/en/getting-started/concepts/webhooks#signed-webhooks
    """
    try:
        claims = jwt.decode(token, secret, algorithms=["HS256"], options=CLAIMS)
        age = now - int(claims["iat"])
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError):
        return "the signature does not fit VONAGE_SIGNATURE_SECRET"
    if not -CLOCKS_DIFFER_BY_S <= age <= CALLS_AGAIN_FOR_S:
        return "signed too long ago, or in the future"
    signed = str(claims["payload_hash"]).encode("utf-8", "replace")
    if not hmac.compare_digest(hashlib.sha256(body).hexdigest().encode(), signed):
        return "the signature is for another body"
    return None if claims.get("api_key") == account else "another account"


def messages(inbox: Inbox) -> Response:
    """An inbound text: kept before it is answered, answered before we say so."""
    heard = to_heard(_said())
    if heard is None:
        _refuse(400, "a sender or an id is missing")
    inbox.hear(heard)
    return Response(status=200)


def status(runtime: Runtime) -> Response:
    """The status of one of our messages."""
    report = to_report(_said())
    if report is None:
        _refuse(400, "an id or a status is missing")
    delivery.record(runtime, report)
    return Response(status=200)


def to_heard(said: Mapping[str, Any]) -> Heard | None:
    """Read an inbound text; None where it lacks its sender or id."""
    sid, sender = _field(said, "message_uuid"), _field(said, "from")
    if not sid or not sender or len(sid) > LONGEST_SID:
        return None
    channel = _field(said, "channel")
    # A number of WhatsApp's, say, cannot be answered by SMS.
    sender = _number(sender) if channel in TEXTED else f"{channel}:{sender}"
    recipient = _number(_field(said, "to"))
    return Heard(ProviderName.VONAGE, sid, sender, recipient, _field(said, "text"))


def to_report(said: Mapping[str, Any]) -> Report | None:
    """Read a message status; None where it lacks its message id or status."""
    sid, status = _field(said, "message_uuid"), _field(said, "status")
    if not sid or not status:
        return None
    return Report(
        whole(vonage.id_in(_field(said, "client_ref"))),
        ProviderName.VONAGE,
        sid[:LONGEST_SID],
        STATUSES.get(status, status)[:LONGEST_STATUS],
        vonage.code_of(said.get("error")),
        vonage.network_of(said),
    )


def _said() -> Mapping[str, Any]:
    """The JSON object that was posted; an empty one where it is none."""
    try:
        said = json.loads(request.get_data())
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _field(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    return storable(value) if isinstance(value, str) else ""


def _number(digits: str) -> str:
    """The E.164 form, which Vonage writes without "+"; short codes and names as they are."""
    return f"+{digits}" if phone.is_e164(f"+{digits}") else digits


def _refuse(status: int, why: str) -> NoReturn:
    said = _said()
    refuse(status, why, _number(_field(said, "from")), _field(said, "text"))
