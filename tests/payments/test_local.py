"""The client of the demo's gateway: every way it can answer, and what is made of it."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import requests
import responses
from responses import matchers

from bot.errors import PaymentError, SettingError
from bot.payments.gateways import Checkout, Opened, Outcome
from bot.payments.gateways.local import Local
from bot.settings import load
from bot.text.format import Money
from bot.text.language import Language
from tests.gateway import ORIGIN, SECRET, notice, signed

SESSIONS = f"{ORIGIN}/gateway/v1/sessions"
PAGE = f"{ORIGIN}/gateway/pay/cs_1"
SESSION = {
    "id": "cs_1",
    "url": PAGE,
    "reference": "7-1-1",
    "amount": 12800,
    "currency": "JPY",
    "status": "open",
    "payment_id": None,
}
CHECKOUT = Checkout(
    reference="7-1-1",
    amount=Money(12800, "JPY"),
    description="例示商会",
    language=Language.JA,
    return_url="https://sms.example.com/p/t/return",
    cancel_url="https://sms.example.com/p/t",
    webhook_url="https://sms.example.com/webhooks/local",
    begun_at=datetime.now(UTC),
    expires_at=datetime.now(UTC) + timedelta(hours=24),
)
# What the gateway answers to a request for a page, and a word of the error it becomes.
REFUSALS = {
    "not authorized": ({"status": 401, "json": {"error": {}}}, "401"),
    "a bad request": ({"status": 400, "json": {"error": {}}}, "400"),
    "too many requests": ({"status": 429}, "429"),
    "an error of its own": ({"status": 500}, "500"),
    "a redirect": ({"status": 302, "headers": {"Location": PAGE}}, "302"),
    "no JSON": ({"status": 201, "body": "<html>"}, "read"),
    "a list": ({"status": 201, "json": []}, "read"),
    "no address": ({"status": 201, "json": {**SESSION, "url": None}}, "read"),
    "an amount as text": ({"status": 201, "json": {**SESSION, "amount": "1"}}, "read"),
    "another amount": ({"status": 201, "json": {**SESSION, "amount": 1}}, "not ask"),
    "another currency": ({"status": 201, "json": {**SESSION, "currency": "USD"}}, "not ask"),
    "another reference": ({"status": 201, "json": {**SESSION, "reference": "8-1-1"}}, "not ask"),
    "a page elsewhere": (
        {"status": 201, "json": {**SESSION, "url": "https://evil.example/pay"}},
        "LOCAL_GATEWAY_URL",
    ),
    "a page that begins alike": (
        {"status": 201, "json": {**SESSION, "url": f"{ORIGIN}.evil.example/pay"}},
        "LOCAL_GATEWAY_URL",
    ),
    "a page that is a script": (
        {"status": 201, "json": {**SESSION, "url": "javascript:alert(1)"}},
        "LOCAL_GATEWAY_URL",
    ),
    "no connection": ({"body": requests.ConnectionError("refused")}, "answer"),
    "no answer in time": ({"body": requests.ReadTimeout("slow")}, "answer"),
    "half an answer": ({"body": requests.exceptions.ChunkedEncodingError("cut")}, "answer"),
}


@pytest.fixture
def gateway() -> Local:
    return Local(ORIGIN, SECRET)


@pytest.mark.parametrize(("answer", "word"), REFUSALS.values(), ids=REFUSALS)
@responses.activate
def test_no_page_is_opened(gateway: Local, answer: dict[str, object], word: str) -> None:
    responses.post(SESSIONS, **answer)  # type: ignore[arg-type]

    with pytest.raises(PaymentError, match=word) as refusal:
        gateway.open(CHECKOUT)

    assert len(responses.calls) == 1
    assert SECRET not in str(refusal.value)


@responses.activate
def test_a_page_is_opened(gateway: Local) -> None:
    responses.post(
        SESSIONS,
        json=SESSION,
        status=201,
        match=[
            matchers.header_matcher(
                {"Authorization": f"Bearer {SECRET}", "Idempotency-Key": "7-1-1"}
            ),
            matchers.json_params_matcher(
                {"amount": 12800, "currency": "JPY", "language": "ja"}, strict_match=False
            ),
        ],
    )

    assert gateway.open(CHECKOUT) == Opened("cs_1", PAGE)
    asked = json.loads(responses.calls[0].request.body or "")
    # The moment was taken when the tests began, which may be an hour ago.
    assert 82_800 < asked["expires_in"] <= 86_400


@responses.activate
def test_a_page_opened_before_is_found_by_its_reference(gateway: Local) -> None:
    responses.post(SESSIONS, json={"error": {"code": "idempotency_key_reused"}}, status=409)
    responses.get(
        SESSIONS,
        json={"sessions": [SESSION]},
        match=[matchers.query_param_matcher({"reference": "7-1-1"})],
    )

    assert gateway.open(CHECKOUT) == Opened("cs_1", PAGE)


@responses.activate
def test_a_page_opened_before_that_cannot_be_found_is_an_error(gateway: Local) -> None:
    responses.post(SESSIONS, json={}, status=409)
    responses.get(SESSIONS, json={"sessions": []})

    with pytest.raises(PaymentError, match="read"):
        gateway.open(CHECKOUT)


@pytest.mark.parametrize("status", ["paid", "pending", "failed", "expired"])
def test_a_notice_is_read(gateway: Local, status: str) -> None:
    body = notice(status, "7-1-1", event="evt_7")

    event = gateway.read(body, signed(body))

    assert event is not None
    assert (event.gateway, event.id, event.outcome) == ("local", "evt_7", Outcome(status))
    assert (event.session, event.reference, event.payment) == ("cs_1", "7-1-1", "pay_1")
    assert event.amount == Money(12800, "JPY")


def test_the_settings_name_the_gateway() -> None:
    address = {"LOCAL_GATEWAY_URL": "http://127.0.0.1:8001/"}
    with pytest.raises(SettingError, match="LOCAL_GATEWAY_SECRET"):
        Local.of(load(environment=address))
    made = Local.of(load(environment={**address, "LOCAL_GATEWAY_SECRET": SECRET}))
    assert made.origins == ("http://127.0.0.1:8001",)
