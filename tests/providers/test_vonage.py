"""Vonage's own: what a request says, how it signs in, and what its errors and references mean."""

import base64
import json
from dataclasses import replace
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bot import errors
from bot.providers import ListsSent, Outgoing, codes
from bot.providers.vonage import Application, Vonage, code_of, id_in, reference
from bot.settings import load
from tests.cases import HANAKO
from tests.cases.vonage import ENVIRONMENT, KEY, PEM, WITHOUT_APPLICATION, problem
from tests.people import OURS

MESSAGE = Outgoing(42, OURS, HANAKO, "残高のご案内", 3600)


def provider(**settings: str) -> Vonage:
    return Vonage(load(environment={**ENVIRONMENT, **settings}))


def content(message: Outgoing = MESSAGE) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(provider().request(message).body)
    return said


def test_a_message_is_sent_with_our_reference_and_where_to_tell_of_it() -> None:
    assert provider().request(MESSAGE).url == "https://api.nexmo.com/v1/messages"
    assert content() == {
        "channel": "sms",
        "message_type": "text",
        "to": "819000000001",
        "from": "815000000001",
        "text": "残高のご案内",
        "sms": {"encoding_type": "unicode"},
        "ttl": 3600,
        "client_ref": "henji-42",
        "webhook_url": "https://sms.example.com/webhooks/vonage/status",
        "webhook_version": "v1",
    }


def test_a_name_as_sender_stays_as_it_is() -> None:
    assert content(replace(MESSAGE, sender="REIJI"))["from"] == "REIJI"


@pytest.mark.parametrize(
    ("body", "encoding"), [("STOP {[€]}", "text"), ("ＳＴＯＰ", "unicode"), ("🙏", "unicode")]
)
def test_a_text_leaves_in_the_encoding_that_we_count_with(body: str, encoding: str) -> None:
    said = content(replace(MESSAGE, body=body))

    assert (said["text"], said["sms"]["encoding_type"]) == (body, encoding)


@pytest.mark.parametrize(
    ("useful", "ttl"), [(1, 20), (20, 20), (259_200, 259_200), (10**6, 604_800)]
)
def test_a_message_is_tried_for_as_long_as_it_is_of_use_and_vonage_takes(
    useful: int, ttl: int
) -> None:
    assert content(replace(MESSAGE, valid_for=useful))["ttl"] == ttl


def test_an_application_signs_in_with_a_token_that_serves_for_minutes() -> None:
    chosen = provider()
    first, second = (chosen.request(MESSAGE).headers["Authorization"] for _ in range(2))
    claims = jwt.decode(first.removeprefix("Bearer "), KEY.public_key(), algorithms=["RS256"])

    assert first == second
    assert claims["application_id"] == ENVIRONMENT["VONAGE_APPLICATION_ID"]
    assert 600 < claims["exp"] - claims["iat"] <= 1200
    assert claims["jti"]


def test_an_old_token_is_renewed() -> None:
    seconds = [0.0]
    application = Application("an application", KEY, lambda: seconds[0])
    first = application.authorization()
    seconds[0] = 299
    assert application.authorization() == first
    seconds[0] = 301

    assert application.authorization() != first


def test_the_line_ends_of_a_key_may_be_written() -> None:
    in_one_line = PEM.replace("\n", "\\n")

    assert provider(VONAGE_PRIVATE_KEY=in_one_line).request(MESSAGE).headers["Authorization"]


def test_without_an_application_the_secret_signs_in() -> None:
    request = Vonage(load(environment=WITHOUT_APPLICATION)).request(MESSAGE)

    named = base64.b64encode(b"abcd1234:an API secret of the tests only").decode()
    assert request.headers["Authorization"] == f"Basic {named}"


ELLIPTIC = ec.generate_private_key(ec.SECP256R1()).private_bytes(
    Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
)
UNUSABLE = [
    ("VONAGE_PRIVATE_KEY", "himitsu"),
    ("VONAGE_PRIVATE_KEY", PEM[:400]),
    ("VONAGE_PRIVATE_KEY", ELLIPTIC.decode()),
    ("HENJI_OPTOUT_MODE", "twilio_default"),
    ("HENJI_OPTOUT_MODE", "toll_free"),
]


@pytest.mark.parametrize(("name", "value"), UNUSABLE)
def test_what_it_cannot_use_stops_the_start_in_one_line(name: str, value: str) -> None:
    with pytest.raises(errors.SettingError, match=f"^{name} is wrong: .*must be ") as refusal:
        provider(**{name: value})

    assert "\n" not in str(refusal.value)
    assert "himitsu" not in str(refusal.value)


def test_it_has_no_list_to_look_messages_up_in() -> None:
    assert not isinstance(provider(), ListsSent)


PROBLEMS = [
    (problem(1240), 1240),
    ({"error": problem(1240)}, 1240),
    ({"type": "https://developer.vonage.com/api-errors/messages#1430", "title": "Invalid"}, 1430),
    ({"type": "https://developer.vonage.com/api-errors#low-balance", "title": "Low"}, None),
    ({"title": 1000}, 1000),
    ({"title": "１０００"}, None),
    ({"title": "9" * 30}, None),
    ({"title": None, "type": None}, None),
    ({}, None),
    (None, None),
    ("1000", None),
    ([problem(1000)], None),
]


@pytest.mark.parametrize(("described", "code"), PROBLEMS)
def test_the_number_of_an_error_is_found_in_its_title_or_type(
    described: object, code: int | None
) -> None:
    assert code_of(described) == code


@pytest.mark.parametrize("message", [1, 42, 2**63 - 1])
def test_our_reference_leads_back_to_the_message(message: int) -> None:
    assert id_in(reference(message)) == str(message)


@pytest.mark.parametrize("given_back", ["", "42", "order-42", "HENJI-42", "x henji-42"])
def test_a_reference_of_another_program_leads_nowhere(given_back: str) -> None:
    assert id_in(given_back) == ""


def test_every_rule_of_the_table_makes_an_error() -> None:
    table = codes.rules("vonage")

    assert len(table) > 50
    for code, rule in table.items():
        assert rule.means in str(codes.refusal("vonage", code))
