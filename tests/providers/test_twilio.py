"""Twilio's client against a table of answers, failures first; nothing is ever retried by itself."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import pytest
import requests
import responses
from responses import matchers
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError

from bot import errors
from bot.providers import ConsentOrder, Outgoing
from bot.providers.twilio import Twilio
from bot.settings import load
from tests.conftest import ENVIRONMENT

API = "https://api.twilio.com/2010-04-01/Accounts/ACtests/Messages.json"
MESSAGE = Outgoing(42, "+815000000001", "+819000000001", "残高のご案内", 3600)


def provider(**settings: str) -> Twilio:
    return Twilio.of(load(environment={**ENVIRONMENT, **settings}))


def refusal(status: int, code: int) -> dict[str, Any]:
    body = {"code": code, "message": "no", "more_info": "", "status": status}
    return {"status": status, "json": body}


def broken(error: Exception) -> dict[str, Any]:
    return {"body": error}


NEVER_CONNECTED = requests.ConnectionError(
    MaxRetryError(None, "/", NewConnectionError(None, "refused"))  # type: ignore[arg-type]
)
RESET = requests.ConnectionError(ProtocolError("reset", ConnectionResetError()))

FAILURES: list[tuple[str, dict[str, Any], type[errors.SendError]]] = [
    ("429", refusal(429, 20429), errors.Throttled),
    ("429 without a body", {"status": 429}, errors.Throttled),
    ("not reachable", broken(NEVER_CONNECTED), errors.Unreachable),
    ("connect time-out", broken(requests.ConnectTimeout()), errors.Unreachable),
    ("read time-out", broken(requests.ReadTimeout()), errors.Uncertain),
    ("reset", broken(RESET), errors.Uncertain),
    ("500", refusal(500, 20500), errors.Uncertain),
    ("502 with a page", {"status": 502, "body": "<html>bad gateway"}, errors.Uncertain),
    ("503", refusal(503, 20503), errors.Uncertain),
    ("half an answer", {"status": 201, "body": '{"sid": "SM'}, errors.Uncertain),
    ("201 without an id", {"status": 201, "json": {}}, errors.Uncertain),
    ("200 with a page", {"status": 200, "body": "<html>hello"}, errors.Uncertain),
    (
        "redirect",
        {"status": 302, "headers": {"Location": "https://else.example"}},
        errors.SendError,
    ),
    ("401", refusal(401, 20003), errors.Misconfigured),
    ("403 unknown code", refusal(403, 99999), errors.Misconfigured),
    ("bad number", refusal(400, 21211), errors.BadNumber),
    ("landline", refusal(400, 21614), errors.BadNumber),
    ("unsubscribed", refusal(400, 21610), errors.OptedOut),
    ("region", refusal(400, 21408), errors.Misconfigured),
    ("queue full", refusal(400, 21611), errors.Throttled),
    ("unknown code", refusal(400, 99999), errors.Refused),
    ("404", refusal(404, 20404), errors.Refused),
]


@pytest.mark.parametrize(("name", "answer", "error"), FAILURES, ids=[row[0] for row in FAILURES])
@responses.activate
def test_what_goes_wrong_has_one_name(
    name: str, answer: dict[str, Any], error: type[errors.SendError]
) -> None:
    responses.post(API, **answer)

    with pytest.raises(errors.SendError) as raised:
        provider().send(MESSAGE)

    assert type(raised.value) is error or issubclass(type(raised.value), error)
    assert len(responses.calls) == 1
    assert MESSAGE.recipient not in str(raised.value)
    assert MESSAGE.body not in str(raised.value)


@responses.activate
def test_a_wish_to_wait_is_passed_on() -> None:
    responses.post(API, status=429, headers={"Retry-After": "7"})

    with pytest.raises(errors.Throttled) as raised:
        provider().send(MESSAGE)
    assert raised.value.retry_after == 7


@responses.activate
def test_a_message_is_created_with_our_id_in_its_callback() -> None:
    responses.post(API, status=201, json={"sid": "SM1"})

    assert provider().send(MESSAGE) == "SM1"
    assert form(0) == {
        "To": "+819000000001",
        "From": "+815000000001",
        "Body": "残高のご案内",
        "StatusCallback": "https://sms.example.com/webhooks/twilio/status?message=42",
        "ValidityPeriod": "3600",
    }


@responses.activate
def test_a_messaging_service_is_named_where_one_is_set() -> None:
    responses.post(API, status=201, json={"sid": "SM1"})
    provider(TWILIO_MESSAGING_SERVICE_SID="MG1").send(MESSAGE)

    assert form(0)["MessagingServiceSid"] == "MG1"


@responses.activate
def test_another_address_may_stand_in_for_twilio() -> None:
    responses.post(API.replace("https://api.twilio.com", "http://127.0.0.1:9"), json={"sid": "SM1"})

    assert provider(TWILIO_API_BASE="http://127.0.0.1:9").send(MESSAGE) == "SM1"


def form(call: int) -> dict[str, str]:
    body = responses.calls[call].request.body
    return {name: values[0] for name, values in parse_qs(str(body)).items()}


def listed(sid: str, at: str, direction: str = "outbound-api") -> dict[str, str]:
    return {"sid": sid, "body": "残高", "date_created": at, "direction": direction}


def page(*messages: dict[str, str], following: str | None = None) -> dict[str, Any]:
    return {"messages": list(messages), "next_page_uri": following, "page": 0, "page_size": 100}


NEW = "Sat, 21 Nov 2026 12:00:00 +0000"
OLD = "Sat, 21 Nov 2026 10:00:00 +0000"
SINCE = datetime(2026, 11, 21, 11, tzinfo=UTC)
Answer = Callable[..., None]


@responses.activate
def test_the_list_is_read_down_to_a_moment_over_its_pages() -> None:
    following = "/2010-04-01/Accounts/ACtests/Messages.json?Page=1"
    first = [matchers.query_param_matcher({"To": "+819000000001", "PageSize": "100"})]
    second = [matchers.query_param_matcher({"Page": "1"})]
    inbound = listed("SM2", NEW, "inbound")
    responses.get(API, json=page(listed("SM3", NEW), inbound, following=following), match=first)
    responses.get(API, json=page(listed("SM1", NEW), listed("SM0", OLD)), match=second)

    assert [found.sid for found in provider().sent_to("+819000000001", SINCE)] == ["SM3", "SM1"]


@responses.activate
def test_a_list_that_fails_raises_and_is_never_taken_for_empty() -> None:
    responses.get(re.compile(API), status=500, json={})

    with pytest.raises(errors.SendError):
        provider().sent_to("+819000000001", SINCE)


LISTED_AT = "Sat, 21 Nov 2026 09:30:00 +0000"
CONSENTS = "https://accounts.twilio.com/v1/Consents/Bulk"
STOP_ORDER = ConsentOrder(
    "ab" * 16, "+815000000001", "+819000000001", True, datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
)


@responses.activate
def test_a_stop_is_told_by_the_bulk_consents_api() -> None:
    item = {"correlation_id": "ab" * 16, "error_code": 0, "error_messages": []}
    responses.post(CONSENTS, status=201, json={"items": [item]})

    assert provider().keep_consents([STOP_ORDER]) == {}
    sent = parse_qs(str(responses.calls[0].request.body))["Items"]
    assert [json.loads(one) for one in sent] == [
        {
            "contact_id": "+819000000001",
            "correlation_id": "ab" * 16,
            "sender_id": "+815000000001",
            "status": "opt-out",
            "source": "opt-out-message",
            "date_of_consent": "2026-11-21T09:30:00Z",
        }
    ]


@responses.activate
def test_a_consent_that_twilio_does_not_take_is_named() -> None:
    item = {"correlation_id": "ab" * 16, "error_code": 30646, "error_messages": ["bad sender"]}
    responses.post(CONSENTS, status=201, json={"items": [item]})

    assert "30646" in provider().keep_consents([STOP_ORDER])["ab" * 16]


@responses.activate
def test_a_stand_in_stands_in_for_the_accounts_api_too() -> None:
    responses.post("http://127.0.0.1:9/v1/Consents/Bulk", status=201, json={"items": []})

    assert provider(TWILIO_API_BASE="http://127.0.0.1:9").keep_consents([STOP_ORDER]) == {}


@responses.activate
def test_whom_twilio_refuses_is_listed() -> None:
    refused = {"to": "+819000000001", "error_code": 21610, "date_created": LISTED_AT}
    taken = {"to": "+819000000002", "error_code": None, "date_created": LISTED_AT}
    responses.get(API, json={"messages": [refused, taken], "next_page_uri": None})

    found = provider().refused_since(datetime(2026, 11, 1, tzinfo=UTC))
    assert [one.number for one in found] == ["+819000000001"]
