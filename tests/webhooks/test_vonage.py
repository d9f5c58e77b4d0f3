"""Vonage's own: how it signs, how it writes numbers, and what it calls a status."""

import base64
import hashlib
import json
import time

import jwt
import pytest

from bot.dialogue.decision import Heard
from tests.cases import HANAKO
from tests.cases.vonage import ACCOUNT, SIGNATURE_SECRET, TEXT, TOLD, UUID, posted, problem
from tests.people import OURS
from webhooks.vonage import CALLS_AGAIN_FOR_S, to_heard, to_report, why_forged

NOW = time.time()
BODY = json.dumps(TEXT).encode()


def fault(token: str, body: bytes = BODY, now: float = NOW) -> str | None:
    return why_forged(token, body, ACCOUNT, SIGNATURE_SECRET, now)


def token(algorithm: str = "HS256", key: str = SIGNATURE_SECRET, **claims: object) -> str:
    said = {
        "iat": int(NOW),
        "payload_hash": hashlib.sha256(BODY).hexdigest(),
        "api_key": ACCOUNT,
        **claims,
    }
    return jwt.encode(said, key, algorithm)


def test_what_vonage_signs_is_accepted() -> None:
    assert fault(token()) is None
    assert fault(token(application_id="aaaaaaaa-bbbb-cccc-dddd-0123456789ab", aud="x")) is None
    fresh = posted("/", TEXT).how["headers"]["Authorization"].removeprefix("Bearer ")
    assert fault(fresh, now=time.time()) is None


@pytest.mark.parametrize("seconds", [-299, 0, 3600, CALLS_AGAIN_FOR_S - 60])
def test_a_call_that_comes_again_for_a_day_is_accepted(seconds: int) -> None:
    assert fault(token(iat=int(NOW) - seconds)) is None


@pytest.mark.parametrize("seconds", [-301, CALLS_AGAIN_FOR_S + 60, 10**9, -(10**9)])
def test_what_is_older_or_of_the_future_is_refused(seconds: int) -> None:
    assert fault(token(iat=int(NOW) - seconds))


FORGED = {
    "no algorithm": token("none", key=""),
    "another algorithm": token("HS512"),
    "a time that is none": token(iat="soon"),
    "an endless time": token(iat=float("inf")),
    "a hash that is none": token(payload_hash=None),
    "a hash in other letters": token(payload_hash="ｄ６ｃ０"),
    "another account": token(api_key=["abcd1234"]),
    "nothing": "",
    "an abyss": f"{base64.b64encode(b'[' * 99_999).decode()}.e30.x",
    "an abyss of claims": f"e30.{base64.b64encode(b'[' * 99_999).decode()}.x",
    "dots": "..",
    "no ASCII": "é.ÿ.x",
    "a surrogate": "\udc80",
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_what_is_forged_is_named_and_never_raises(forged: str) -> None:
    assert fault(forged)


def test_one_byte_more_is_another_body() -> None:
    assert fault(token(), BODY + b" ")


def test_a_text_is_heard_with_its_numbers_in_their_full_form() -> None:
    assert to_heard(TEXT) == Heard("vonage", UUID, HANAKO, OURS, "残高")


STRANGE = [
    ({"channel": "mms"}, HANAKO, "残高"),
    ({"channel": "whatsapp"}, "whatsapp:819000000001", "残高"),
    ({"channel": None}, ":819000000001", "残高"),
    ({"from": "12345"}, "12345", "残高"),
    ({"from": "REIJI"}, "REIJI", "残高"),
    ({"from": "+819000000001"}, "+819000000001", "残高"),
    ({"text": "残\x00\ud800高"}, HANAKO, "残高"),
    ({"text": None}, HANAKO, ""),
    ({"text": 7391}, HANAKO, ""),
    ({"text": {"a": 1}}, HANAKO, ""),
    ({"new": [1]}, HANAKO, "残高"),
]


@pytest.mark.parametrize(("changes", "sender", "text"), STRANGE)
def test_what_is_strange_is_heard_as_far_as_it_can_be(
    changes: dict[str, object], sender: str, text: str
) -> None:
    heard = to_heard({**TEXT, **changes})

    assert heard is not None
    assert (heard.sender, heard.text) == (sender, text)


STATUSES = [
    ({}, (1, "sent", None)),
    ({"status": "delivered"}, (1, "delivered", None)),
    ({"status": "rejected", "error": problem(1180)}, (1, "undelivered", 1180)),
    ({"status": "undeliverable", "error": {"error": problem(1260)}}, (1, "failed", 1260)),
    ({"status": "read"}, (1, "read", None)),
    ({"status": "teleported" * 9}, (1, ("teleported" * 9)[:32], None)),
    ({"client_ref": None}, (None, "sent", None)),
    ({"client_ref": "order-1"}, (None, "sent", None)),
    ({"client_ref": "henji-x"}, (None, "sent", None)),
    ({"client_ref": 1}, (None, "sent", None)),
    ({"error": "it failed"}, (1, "sent", None)),
    ({"error": {"title": "99999999999"}}, (1, "sent", None)),
]


@pytest.mark.parametrize(("changes", "understood"), STATUSES)
def test_a_status_is_read_in_our_words(
    changes: dict[str, object], understood: tuple[int | None, str, int | None]
) -> None:
    report = to_report({**TOLD, **changes})

    assert report is not None
    assert (report.outbound_id, report.status, report.error_code) == understood
    assert report.carrier is None


NETWORKS = [
    ({"destination": {"network_code": "44010"}}, "44010"),
    ({"destination": {"network_code": "310260"}}, "310260"),
    ({"destination": {"network_code": 44020}}, "44020"),
    ({"network_code": "44051"}, "44051"),
    ({"destination": {"network_code": ""}}, None),
    ({"destination": {"network_code": None}}, None),
    ({"destination": {"network_code": "docomo"}}, None),
    ({"destination": {"network_code": "４４０１０"}}, None),
    ({"destination": {"network_code": "4401"}}, None),
    ({"destination": {"network_code": {"a": 1}}}, None),
    ({"destination": "44010"}, None),
    ({"destination": []}, None),
]


@pytest.mark.parametrize(("told", "network"), NETWORKS)
def test_the_network_that_a_status_tells_is_the_carrier(
    told: dict[str, object], network: str | None
) -> None:
    report = to_report({**TOLD, **told})

    assert report is not None
    assert report.carrier == network
