"""The forms Twilio posts to its customers: a text that came in, and the status of one sent."""

import base64
import hashlib
import hmac
import sqlite3
import uuid
from collections.abc import Mapping
from urllib.parse import urlencode

from bot.text import phone
from handset import messages
from handset.errands import Errand
from handset.messages import Message, Status
from handset.posting import Post
from handset.settings import Settings

API_VERSION = "2010-04-01"
# Twilio's code for a message whose handset is switched off or out of reach.
UNREACHABLE_HANDSET = 30003


def signature(auth_token: str, url: str, form: Mapping[str, str]) -> str:
    """X-Twilio-Signature: base64 of HMAC-SHA1 over the URL and the parameters sorted by name."""
    signed = url + "".join(name + form[name] for name in sorted(form))
    digest = hmac.new(auth_token.encode(), signed.encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def inbound(db: sqlite3.Connection, settings: Settings, errand: Errand) -> Post | None:
    """The POST that brings a person's text to the bot; None when the text is gone."""
    message = messages.find(db, errand.subject)
    if message is None:
        return None
    return _signed(settings, settings.webhook_url, _inbound_form(message, settings), errand)


def callback(db: sqlite3.Connection, settings: Settings, errand: Errand) -> Post | None:
    """The POST that reports a status; None when the message asked for no reports."""
    message = messages.find(db, errand.subject)
    if message is None or message.callback is None:
        return None
    form = _status_form(message, Status(errand.detail), settings)
    return _signed(settings, message.callback, form, errand)


def _inbound_form(message: Message, settings: Settings) -> dict[str, str]:
    return {
        "ToCountry": phone.country(message.recipient) or "",
        "ToState": "",
        "ToCity": "",
        "ToZip": "",
        "FromCountry": phone.country(message.sender) or "",
        "FromState": "",
        "FromCity": "",
        "FromZip": "",
        "SmsMessageSid": message.sid,
        "SmsSid": message.sid,
        "MessageSid": message.sid,
        "AccountSid": settings.account_sid,
        "SmsStatus": "received",
        "From": message.sender,
        "To": message.recipient,
        "Body": message.body,
        "NumMedia": "0",
        "NumSegments": str(message.segments),
        "ApiVersion": API_VERSION,
    }


def _status_form(message: Message, status: Status, settings: Settings) -> dict[str, str]:
    form = {
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "MessageStatus": status.value,
        "SmsStatus": status.value,
        "AccountSid": settings.account_sid,
        "From": message.sender,
        "To": message.recipient,
        "ApiVersion": API_VERSION,
    }
    if message.service:
        form["MessagingServiceSid"] = message.service
    if status is Status.UNDELIVERED:
        form["ErrorCode"] = str(UNREACHABLE_HANDSET)
    return form


def _signed(settings: Settings, url: str, form: Mapping[str, str], errand: Errand) -> Post:
    # The same for every retry of one delivery, also after a restart; another for a repetition.
    token = uuid.uuid5(uuid.NAMESPACE_URL, f"{errand.subject}/{errand.id}")
    headers = {
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        "User-Agent": "TwilioProxy/1.1",
        "X-Twilio-Signature": signature(settings.auth_token, url, form),
        "I-Twilio-Idempotency-Token": str(token),
    }
    return Post(url, urlencode(form).encode(), headers)
