"""Vonage for the tables: a company that uses it, its answers, and the webhooks that it signs."""

import hashlib
import json
import time
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bot import errors
from bot.providers import Answer
from bot.providers.vonage import Vonage
from bot.setting_types import ProviderName
from tests.cases import HANAKO, Case, Posted
from tests.people import OURS

ACCOUNT = "abcd1234"
SIGNATURE_SECRET = "a signature secret of the tests only, as long as the longest hash asks"
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
WITHOUT_APPLICATION = {
    "SECRET_KEY": "a secret of the tests only",
    "PUBLIC_URL": "https://sms.example.com",
    "HENJI_PROVIDER": "vonage",
    "VONAGE_API_KEY": ACCOUNT,
    "VONAGE_API_SECRET": "an API secret of the tests only",
    "VONAGE_SIGNATURE_SECRET": SIGNATURE_SECRET,
    "HENJI_SENDER": OURS,
    "HENJI_BRAND": "例示商会",
    "HENJI_BRAND_EN": "Example Co.",
    "HENJI_SUPPORT_PHONE": "0120-000-000",
}
ENVIRONMENT = {
    **WITHOUT_APPLICATION,
    "VONAGE_API_SECRET": "",
    "VONAGE_APPLICATION_ID": "aaaaaaaa-bbbb-cccc-dddd-0123456789ab",
    "VONAGE_PRIVATE_KEY": PEM,
}


MESSAGES, STATUS = "/webhooks/vonage/messages", "/webhooks/vonage/status"
UUID = "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab"
TEXT = {
    "channel": "sms",
    "message_uuid": UUID,
    "to": OURS.removeprefix("+"),
    "from": HANAKO.removeprefix("+"),
    "timestamp": "2026-11-21T12:00:00Z",
    "text": "残高",
    "sms": {"num_messages": "1", "keyword": "残高"},
    "usage": {"currency": "EUR", "price": "0"},
}
TOLD = {
    "channel": "sms",
    "message_uuid": UUID,
    "to": HANAKO.removeprefix("+"),
    "from": OURS.removeprefix("+"),
    "timestamp": "2026-11-21T12:00:00Z",
    "status": "submitted",
    "client_ref": "henji-1",
    "sms": {"count_total": "1"},
}
WORDS = {"sent": "submitted", "undelivered": "rejected", "failed": "undeliverable"}


def problem(code: int) -> dict[str, str]:
    """An error as Vonage describes it in a status."""
    address = f"https://developer.vonage.com/api-errors/messages#{code}"
    return {"type": address, "title": str(code), "detail": "no", "instance": "bf0ca0bf927b"}


def refused(status: int, code: int | str, title: str = "no") -> Answer:
    """A refusal in Vonage's form; `code` closes the address of its type."""
    address = f"https://developer.vonage.com/api-errors/messages#{code}"
    content = {"type": address, "title": title, "detail": "no", "instance": "bf0ca0bf927b"}
    return Answer(status, json.dumps(content).encode())


def posted(path: str, content: object, secret: str = SIGNATURE_SECRET, **claims: object) -> Posted:
    """A body that Vonage signs, content or bytes; `claims` replace those of the signature."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    said: dict[str, Any] = {
        "iat": int(time.time()),
        "jti": "c5ba8f24-1a14-4c10-bfdf-3fbe8ce511b5",
        "iss": "Vonage",
        "payload_hash": hashlib.sha256(body).hexdigest(),
        "api_key": ACCOUNT,
        **claims,
    }
    told = {name: value for name, value in said.items() if value is not None}
    headers = {"Authorization": f"Bearer {jwt.encode(told, secret, 'HS256')}"}
    how = {"data": body, "headers": headers, "content_type": "application/json"}
    return Posted(path, how)


def text(number: str, body: str, sid: str) -> Posted:
    """A text of a person."""
    told = {"message_uuid": sid, "from": number.removeprefix("+"), "text": body}
    return posted(MESSAGES, {**TEXT, **told})


def status(message: int, sid: str, status: str, code: int | None) -> Posted:
    """The status of one of our messages."""
    told = {"message_uuid": sid, "status": WORDS.get(status, status)}
    failed = {"error": problem(code)} if code else {}
    return posted(STATUS, {**TOLD, "client_ref": f"henji-{message}", **told, **failed})


def changed() -> Posted:
    """A text whose words were exchanged after it was signed."""
    signed = posted(MESSAGES, TEXT)
    return Posted(MESSAGES, {**signed.how, "data": json.dumps({**TEXT, "text": "配信停止"})})


def without(content: dict[str, object], name: str) -> dict[str, object]:
    """A body that lacks a field."""
    return {key: value for key, value in content.items() if key != name}


CASE = Case(
    name=ProviderName.VONAGE,
    environment=ENVIRONMENT,
    make=Vonage,
    accepted=Answer(202, json.dumps({"message_uuid": UUID}).encode()),
    sid=UUID,
    unreadable=(
        Answer(202, b'{"message_uuid": "aaaa'),
        Answer(202, b"{}"),
        Answer(202, b'{"message_uuid": ""}'),
        Answer(202, b'{"message_uuid": 1}'),
        Answer(202, json.dumps({"message_uuid": "a" * 129}).encode()),
        Answer(202, b'["message_uuid"]'),
    ),
    refusals=(
        ("throttled", refused(429, 1000), errors.Throttled),
        ("bad number", refused(422, 1430), errors.BadNumber),
        ("opted out", refused(422, 1240), errors.OptedOut),
        ("wrong secret", refused(401, "unauthorized"), errors.Misconfigured),
        ("wrong sender", refused(422, 1420), errors.Misconfigured),
        ("no credit", refused(402, "low-balance"), errors.Misconfigured),
        ("never as it is", refused(422, 1090), errors.Refused),
        ("the code in the title", refused(422, "", title="1430"), errors.BadNumber),
        ("no such address", Answer(404, b"<html>"), errors.Refused),
        ("unknown code", refused(422, 9999), errors.Unexplained),
        ("error inside", refused(500, 1030), errors.Uncertain),
    ),
    text=text,
    status=status,
    opted_out=1240,
    forgeries={
        "another secret": lambda: posted(MESSAGES, TEXT, "another secret of nobody's whatever"),
        "changed after it was signed": changed,
        "another account": lambda: posted(MESSAGES, TEXT, api_key="zzzz9999"),
        "no account": lambda: posted(MESSAGES, TEXT, api_key=None),
        "no hash": lambda: posted(MESSAGES, TEXT, payload_hash=None),
        "no time": lambda: posted(MESSAGES, TEXT, iat=None),
        "of last week": lambda: posted(MESSAGES, TEXT, iat=int(time.time()) - 7 * 86_400),
        "of tomorrow": lambda: posted(MESSAGES, TEXT, iat=int(time.time()) + 86_400),
        "no signature at all": lambda: Posted(
            MESSAGES, {"json": TEXT, "headers": {"Authorization": "Bearer a.b.c"}}
        ),
    },
    unsigned=429,
    malformed={
        "no sender": posted(MESSAGES, without(TEXT, "from")),
        "no id": posted(MESSAGES, without(TEXT, "message_uuid")),
        "an endless id": posted(MESSAGES, {**TEXT, "message_uuid": "a" * 129}),
        "an id that is none": posted(MESSAGES, {**TEXT, "message_uuid": {"a": 1}}),
        "nothing": posted(MESSAGES, b""),
        "no JSON": posted(MESSAGES, b"\x00\xff{"),
        "a list": posted(MESSAGES, [TEXT]),
        "an abyss": posted(MESSAGES, b"[" * 100_000),
    },
    malformed_statuses={
        "no status": posted(STATUS, without(TOLD, "status")),
        "no id": posted(STATUS, without(TOLD, "message_uuid")),
        "nothing": posted(STATUS, b""),
    },
)
