"""Twilio for the tables: its answers, and the forms that it signs."""

import json

from werkzeug.datastructures import MultiDict

from bot import errors
from bot.providers import Answer
from bot.providers.twilio import Twilio
from bot.setting_types import ProviderName
from tests.cases import HANAKO, Case, Posted
from tests.conftest import ENVIRONMENT
from tests.people import OURS
from webhooks.signature import signature

MESSAGES, STATUS = "/webhooks/twilio/messages", "/webhooks/twilio/status"
TOKEN = ENVIRONMENT["TWILIO_AUTH_TOKEN"]
TEXT = {"AccountSid": "ACtests", "MessageSid": "SM1", "From": HANAKO, "To": OURS, "Body": "残高"}
TOLD = {"AccountSid": "ACtests", "MessageSid": "SM1", "MessageStatus": "sent"}


def refused(status: int, code: int) -> Answer:
    """A refusal in Twilio's form."""
    return Answer(status, json.dumps({"code": code, "message": "no", "status": status}).encode())


def posted(path: str, form: dict[str, str], token: str = TOKEN) -> Posted:
    """A form that Twilio signs for our address."""
    signed = signature(f"{ENVIRONMENT['PUBLIC_URL']}{path}", MultiDict(form), token)
    return Posted(path, {"data": form, "headers": {"X-Twilio-Signature": signed}})


def text(number: str, body: str, sid: str) -> Posted:
    """A text of a person."""
    return posted(MESSAGES, {**TEXT, "MessageSid": sid, "From": number, "Body": body})


def status(message: int, sid: str, status: str, code: int | None) -> Posted:
    """A status callback of one of our messages."""
    form = {**TOLD, "MessageSid": sid, "MessageStatus": status}
    failed = {"ErrorCode": str(code)} if code else {}
    return posted(f"{STATUS}?message={message}", {**form, **failed})


def changed() -> Posted:
    """A text whose words were exchanged after it was signed."""
    signed = posted(MESSAGES, TEXT)
    return Posted(MESSAGES, {**signed.how, "data": {**TEXT, "Body": "配信停止"}})


def without(form: dict[str, str], name: str) -> dict[str, str]:
    """A form that lacks a field."""
    return {key: value for key, value in form.items() if key != name}


CASE = Case(
    name=ProviderName.TWILIO,
    environment=ENVIRONMENT,
    make=Twilio,
    accepted=Answer(201, b'{"sid": "SM1"}'),
    sid="SM1",
    unreadable=(Answer(201, b'{"sid": "SM'), Answer(201, b"{}"), Answer(201, b'["sid"]')),
    refusals=(
        ("throttled", refused(429, 20429), errors.Throttled),
        ("bad number", refused(400, 21211), errors.BadNumber),
        ("opted out", refused(400, 21610), errors.OptedOut),
        ("wrong secret", refused(401, 20003), errors.Misconfigured),
        ("wrong sender", refused(400, 21606), errors.Misconfigured),
        ("never as it is", refused(400, 21617), errors.Refused),
        ("unknown code", refused(400, 99999), errors.Unexplained),
        ("error inside", refused(500, 20500), errors.Uncertain),
    ),
    text=text,
    status=status,
    opted_out=21610,
    forgeries={
        "another secret": lambda: posted(MESSAGES, TEXT, "another token"),
        "changed after it was signed": changed,
        "another account": lambda: posted(MESSAGES, {**TEXT, "AccountSid": "ACother"}),
        "no signature at all": lambda: Posted(
            MESSAGES,
            {"data": TEXT, "headers": {"X-Twilio-Signature": "ﾊﾝｶｸ".encode().decode("l1")}},
        ),
    },
    unsigned=403,
    malformed={
        "no sender": posted(MESSAGES, without(TEXT, "From")),
        "no id": posted(MESSAGES, without(TEXT, "MessageSid")),
        "an endless id": posted(MESSAGES, {**TEXT, "MessageSid": "S" * 129}),
        "nothing": posted(MESSAGES, {}),
    },
    malformed_statuses={
        "no status": posted(STATUS, without(TOLD, "MessageStatus")),
        "no id": posted(STATUS, without(TOLD, "MessageSid")),
        "nothing": posted(STATUS, {}),
    },
)
